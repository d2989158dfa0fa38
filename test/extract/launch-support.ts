import type { Command } from '../../src/model/launch.js';
import { type Place, repositoryRoot } from '../../src/model/place.js';

/** A host on which the repository lies at `path`. */
export function hostAt(path: string): Place {
  return {
    id: 'host',
    kind: 'host',
    title: 'the host',
    names: [],
    networks: [],
    ports: [],
    environment: new Map(),
    environmentOpen: true,
    mounts: [
      { kind: 'assumed', inside: repositoryRoot, repo: '' },
      { kind: 'assumed', inside: path, repo: '' },
    ],
    workingDirectory: { name: 'cwd', origin: 'default', known: true, value: path },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}

/** A command as one line: the working directory in brackets, then the words; unknown ones in angle brackets. */
export function shown(command: Command): string {
  const folder = command.workingDirectory.known ? command.workingDirectory.value : '?';
  const words = command.words.map(word => (word.known ? word.text : `<${word.text}>`));
  return `[${folder}] ${words.join(' ')}${command.certain ? '' : ' (perhaps)'}`;
}
