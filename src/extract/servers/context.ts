import type { Fault, Repair } from '../../model/fault.js';
import type { Command, Launch } from '../../model/launch.js';
import { joinInside, type Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Edit, Span, Step } from '../../text/source.js';
import { spanText } from '../../text/source.js';
import { type Located, locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import type { Program } from './program.js';

/** What every server is read from. */
export interface ServerContext {
  readonly reader: Reader;
  readonly launch: Launch;
  readonly command: Command;
  readonly place: Place;
  readonly program: Program;
  /** Of the server, where it is known. */
  readonly version?: Setting<string>;
}

/** An environment variable as the server sees it. `absent`: known not to be set. */
export type Variable =
  | { readonly state: 'set'; readonly setting: Setting<string> }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly why: string };

/**
 * What the process sees as a variable that the server reads by itself. On a host, a script that is started by hand is taken to have
 * none of these unless it states them.
 */
export function variableOf(context: ServerContext, name: string): Variable {
  const found = namedVariable(context, name);
  const byHand = context.launch.kind === 'script' && context.place.kind === 'host';
  return found.state === 'unknown' && byHand ? { state: 'absent' } : found;
}

/**
 * What the process sees as a variable that the user's own files ask for. Where variables may come from outside, one that no file
 * states is unknown.
 */
export function namedVariable(context: ServerContext, name: string): Variable {
  const setting = context.command.environment.get(name);
  if (setting) return { state: 'set', setting };
  if (!context.command.environmentOpen) return { state: 'absent' };
  return { state: 'unknown', why: `${name} may come from the environment, which no file states` };
}

/** The folder that the process starts in, absolute inside its place. */
export function startFolder(context: ServerContext): Setting<string> {
  return context.command.workingDirectory;
}

/** A path that is relative to `folder`; unknown where the folder is and the path needs it. */
export function resolveIn(folder: Setting<string>, path: string): { readonly path: string } | { readonly why: string } {
  if (path.startsWith('/')) return { path: joinInside('/', path) };
  return folder.known ? { path: joinInside(folder.value, path) } : { why: folder.why };
}

/** What there is at a path that a server is told, as seen from `folder`. */
export function locateFrom(context: ServerContext, folder: Setting<string>, path: string): Located {
  const resolved = resolveIn(folder, path);
  if ('why' in resolved) return { kind: 'unknown', why: resolved.why };
  return locate(context.reader, context.place, resolved.path);
}

export function fault(
  kind: string,
  span: Span,
  message: string,
  more: {
    readonly related?: readonly Step[];
    readonly symptom?: Fault['symptom'];
    readonly repairs?: readonly Repair[];
    readonly severity?: Fault['severity'];
    readonly log?: string;
  } = {},
): Fault {
  const { related, repairs, severity, symptom, log } = more;
  return {
    kind,
    span,
    message,
    ...(related && related.length > 0 && { related }),
    ...(repairs && repairs.length > 0 && { repairs }),
    ...(severity && { severity }),
    ...(symptom && { symptom }),
    ...(log !== undefined && { log }),
  };
}

export function replacement(title: string, span: Span, text: string, safety: Repair['safety'] = 'safe'): Repair {
  const edit: Edit = { span, text };
  return { title, safety, edits: [edit] };
}

/** The span shows exactly this text, bare or in quotes of the language; then the place of the bare text. */
export function literalPlace(span: Span, text: string): Span | undefined {
  const raw = spanText(span);
  if (raw === text) return span;
  const quoted = raw.length === text.length + 2 && raw[0] === raw.at(-1) && (raw[0] === '"' || raw[0] === "'");
  return quoted && raw.slice(1, -1) === text ? { ...span, start: span.start + 1, end: span.end - 1 } : undefined;
}
