import type { Reader } from '../../src/extract/reader.js';
import { shlexSplit } from '../../src/extract/servers/words.js';
import type { Command, Launch, LaunchKind } from '../../src/model/launch.js';
import type { Mount, Place } from '../../src/model/place.js';
import { defaultSetting, type Setting } from '../../src/model/setting.js';
import { literalWord, type Word } from '../../src/model/word.js';
import type { SourceFile } from '../../src/text/source.js';
import { span } from '../../src/text/source.js';

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables that are set to something nobody can tell. */
  readonly unknown?: readonly string[];
  readonly open?: boolean;
  readonly folder?: string;
  readonly kind?: LaunchKind;
  readonly place?: Partial<Place>;
  readonly mounts?: readonly Mount[];
  readonly launch?: Partial<Launch>;
}

/** A machine on which the repository lies at /srv. */
export function hostAt(inside: string, mounts?: readonly Mount[]): Place {
  return {
    id: 'host',
    kind: 'host',
    title: 'the host',
    names: [],
    networks: [],
    ports: [],
    environment: new Map(),
    environmentOpen: false,
    mounts: mounts ?? [{ kind: 'assumed', inside, repo: '' }],
    workingDirectory: defaultSetting('working directory', inside),
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}

/** Words of a command as a shell without variables would split it; `$NAME` alone becomes a word that is not known. */
export function wordsOf(file: SourceFile, text: string): readonly Word[] {
  const start = file.text.indexOf(text);
  if (start < 0) throw new Error(`${file.path} does not hold ${text}`);
  return (shlexSplit(text) ?? []).map(piece => {
    const at = span(file, start + piece.start, start + piece.end);
    const dollar = piece.text.indexOf('$');
    if (dollar < 0) return literalWord(piece.text, at);
    const name = /^\$\{?(\w+)\}?/.exec(piece.text.slice(dollar));
    const raw = name?.[0] ?? piece.text.slice(dollar);
    const why = `${name?.[1] ?? raw} comes from the environment, which no file states`;
    const rest = piece.text.slice(dollar + raw.length);
    const parts = [
      ...(dollar > 0 ? [{ known: true as const, text: piece.text.slice(0, dollar) }] : []),
      { known: false as const, text: raw, why },
      ...(rest !== '' ? [{ known: true as const, text: rest }] : []),
    ];
    return { text: piece.text, known: false, parts, span: at };
  });
}

/** A launch with one command, which stands in a file of the reader. */
export function startOf(
  reader: Reader,
  path: string,
  text: string,
  options: StartOptions = {},
): { readonly launch: Launch; readonly command: Command } {
  const file = reader.file(path);
  if (!file) throw new Error(`no file ${path}`);
  const folder = options.folder ?? '/srv';
  const environment = new Map<string, Setting<string>>();
  for (const [name, value] of Object.entries(options.environment ?? {})) {
    const at = file.text.indexOf(value);
    const place = at >= 0 ? { span: span(file, at, at + value.length) } : {};
    environment.set(name, { name, origin: 'environment', ...place, known: true, value });
  }
  for (const name of options.unknown ?? []) {
    environment.set(name, { name, origin: 'environment', known: false, why: 'it is filled in elsewhere' });
  }
  const words = wordsOf(file, text);
  const start = file.text.indexOf(text);
  const command: Command = {
    words,
    environment,
    environmentOpen: options.open ?? false,
    workingDirectory: defaultSetting('working directory', folder),
    span: span(file, start, start + text.length),
    via: [],
    certain: true,
  };
  const launch: Launch = {
    kind: options.kind ?? 'systemd',
    name: 'web',
    place: { ...hostAt('/srv', options.mounts), ...options.place },
    span: command.span,
    commands: [command],
    passedSockets: [],
    unresolved: [],
    ...options.launch,
  };
  return { launch, command };
}
