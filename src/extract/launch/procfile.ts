import type { Launch } from '../../model/launch.js';
import { folderOf, joinInside, type Place, repositoryRoot } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { platformOf } from './platform.js';
import { runRange } from './shell.js';

export interface ProcfileEntry {
  readonly name: string;
  /** The command. */
  readonly start: number;
  readonly end: number;
}

const mostEntries = 100;

/** Process types of a Procfile in order; lines that are none are left out. */
export function procfileEntries(file: SourceFile): readonly ProcfileEntry[] {
  const found: ProcfileEntry[] = [];
  const { text } = file;
  for (let at = 0; at < text.length && found.length < mostEntries; ) {
    const feed = text.indexOf('\n', at);
    const lineEnd = feed < 0 ? text.length : feed;
    const head = /^\uFEFF?([A-Za-z0-9_-]{1,100})[ \t]*:[ \t]*/.exec(text.slice(at, Math.min(lineEnd, at + 300)));
    let end = lineEnd;
    while (end > at && /\s/.test(text[end - 1] ?? '')) end--;
    const start = at + (head?.[0].length ?? 0);
    if (head && start < end) found.push({ name: head[1] ?? '', start, end });
    at = lineEnd + 1;
  }
  return found;
}

/** Where the repository's files are on a host whose paths nobody wrote down. */
export function insideRepository(folder: string): string {
  return joinInside(repositoryRoot, folder);
}

/** One launch per process type. A shell runs each in the folder of the Procfile; the platform may set variables. */
export function procfileLaunches(reader: Reader, file: SourceFile, place: Place): readonly Launch[] {
  reader.note(file, 'procfile', []);
  const platform = platformOf(reader, file);
  return procfileEntries(file).map(entry => {
    const span = { file, start: entry.start, end: entry.end };
    const outcome = runRange(reader, file, entry.start, entry.end, {
      place,
      environment: place.environment,
      environmentOpen: true,
      workingDirectory: {
        name: 'folder of the Procfile',
        origin: 'default',
        known: true,
        value: insideRepository(folderOf(file.path)),
      },
      parameters: [],
      via: [],
      certain: true,
    });
    return {
      kind: 'procfile',
      name: entry.name,
      place,
      span,
      commands: outcome.commands,
      passedSockets: [],
      unresolved: outcome.unresolved,
      faults: outcome.faults,
      ...(platform && entry.name === 'web' && { platform }),
    };
  });
}
