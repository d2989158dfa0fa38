import { imageFacts } from '../../facts/images.js';
import type { Fault, Repair } from '../../model/fault.js';
import type { Command, Launch, LaunchKind } from '../../model/launch.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord, type Word } from '../../model/word.js';
import type { SourceFile, Span, Step } from '../../text/source.js';
import type { ShellOutcome } from '../launch/outcome.js';
import { followCommand, runText } from '../launch/shell.js';
import type { Reader } from '../reader.js';
import type { CommandSource } from './image.js';
import { generatedMounts, isTemplateFolderOf, renderedTemplates, rendersTemplates } from './render.js';

export interface StartRequest {
  readonly kind: LaunchKind;
  readonly name: string;
  readonly place: Place;
  readonly entrypoint: CommandSource | undefined;
  readonly cmd: CommandSource | undefined;
  /** Where it is said to be started; used where neither of the two says so. */
  readonly span: Span;
  readonly stopTimeout?: Setting<number>;
  readonly stopSignal?: Setting<string>;
  readonly unresolved?: readonly Step[];
  readonly faults?: readonly Fault[];
}

export interface ContainerStart {
  /** With the files that its start writes. */
  readonly place: Place;
  readonly launch: Launch | undefined;
}

/** What a container starts, by Docker's rules for ENTRYPOINT and CMD. No launch where the image does not tell. */
export function startContainer(reader: Reader, request: StartRequest): ContainerStart {
  const source = combined(request);
  if (!source) {
    const made = isTemplateFolderOf(request.place) ? renderedTemplates(reader, request.place) : [];
    return { place: withMounts(request.place, made), launch: nothingStarted(request) };
  }
  const words = source.kind === 'exec' ? source.words : [];
  const templates = rendersTemplates(request.place, words) ? renderedTemplates(reader, request.place) : [];
  const before = withMounts(request.place, templates);
  const outcome =
    source.kind === 'exec' ? runWords(reader, before, source) : runShell(reader, before, source.text, source.span);
  const place = withMounts(before, generatedMounts(outcome.generated));
  const faults = [...(request.faults ?? []), ...bracketFaults(source, request.kind), ...outcome.faults];
  const { user, group } = splitUser(place.user);
  const launch: Launch = {
    kind: request.kind,
    name: request.name,
    place,
    span: source.span,
    commands: outcome.commands,
    passedSockets: [],
    stopTimeout: request.stopTimeout ?? { name: 'stop_grace_period', origin: 'default', known: true, value: 10 },
    ...(request.stopSignal && { stopSignal: request.stopSignal }),
    ...(user && { user }),
    ...(group && { group }),
    ...(faults.length > 0 && { faults }),
    unresolved: [...(request.unresolved ?? []), ...outcome.unresolved],
  };
  return { place, launch };
}

/** A launch of nothing, where there is something to say about why. */
function nothingStarted(request: StartRequest): Launch | undefined {
  const { kind, name, place, span, unresolved = [], faults = [] } = request;
  if (unresolved.length === 0 && faults.length === 0) return undefined;
  return { kind, name, place, span, commands: [], passedSockets: [], unresolved, ...(faults.length > 0 && { faults }) };
}

/** `CMD ['a', 'b']`: no JSON, so the brackets and quotes go to a shell, which finds no such program. */
function bracketFaults(source: CommandSource, kind: LaunchKind): readonly Fault[] {
  if (source.kind !== 'shell' || kind !== 'dockerfile') return [];
  const text = source.text.text.trim();
  if (!/^\[\s*['"]/.test(text) || !text.endsWith(']') || text.includes('&&')) return [];
  const start = source.text.text.indexOf('[');
  const span = { file: source.span.file, start, end: source.text.text.lastIndexOf(']') + 1 };
  const written = span.file.text.slice(span.start, span.end);
  const repaired = written.replaceAll("'", '"').replace(/,\s*\]$/, ']');
  const repair: Repair = { title: 'Write a JSON array', safety: 'safe', edits: [{ span, text: repaired }] };
  return [
    {
      kind: 'process/cannot-start',
      span,
      message:
        'This is no JSON array of texts in double quotes, so Docker gives it to a shell as it stands, brackets and all: nothing starts.',
      ...(isTextArray(repaired) && { repairs: [repair] }),
    },
  ];
}

function isTextArray(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(item => typeof item === 'string');
  } catch {
    return false;
  }
}

function withMounts(place: Place, mounts: Place['mounts']): Place {
  return mounts.length === 0 ? place : { ...place, mounts: [...place.mounts, ...mounts] };
}

/** ENTRYPOINT with CMD as its arguments; in the shell form ENTRYPOINT takes none. */
function combined(request: StartRequest): CommandSource | undefined {
  const { cmd } = request;
  const entrypoint = handsOn(request.entrypoint, request.place) ? undefined : request.entrypoint;
  if (!entrypoint || (entrypoint.kind === 'exec' && entrypoint.words.length === 0)) {
    return cmd?.kind === 'exec' && cmd.words.length === 0 ? undefined : cmd;
  }
  if (entrypoint.kind === 'shell' || !cmd) return entrypoint;
  const span = entrypoint.span;
  if (cmd.kind === 'exec') return { kind: 'exec', words: [...entrypoint.words, ...cmd.words], span };
  const text = literalWord(cmd.text.text.trim(), cmd.span);
  return {
    kind: 'exec',
    words: [...entrypoint.words, literalWord('/bin/sh', cmd.span), literalWord('-c', cmd.span), text],
    span,
  };
}

/** The entry point that a well-known base image brings, written out: it only starts what it is given. */
function handsOn(entrypoint: CommandSource | undefined, place: Place): boolean {
  const facts = place.image?.known ? imageFacts(place.image.value) : undefined;
  if (!facts || entrypoint?.kind !== 'exec' || facts.entrypoint.length === 0) return false;
  return entrypoint.words.map(word => word.text).join('\n') === facts.entrypoint.join('\n');
}

function runWords(reader: Reader, place: Place, source: CommandSource & { readonly kind: 'exec' }): ShellOutcome {
  const command: Command = {
    words: source.words,
    environment: place.environment,
    environmentOpen: place.environmentOpen,
    workingDirectory: place.workingDirectory,
    span: wordsSpan(source.words, source.span),
    via: [],
    certain: true,
  };
  return followCommand(reader, command, place);
}

/** From the first to the last word, where they stand in one file and in order; else where the command is stated. */
function wordsSpan(words: readonly Word[], fallback: Span): Span {
  const first = words[0]?.span;
  const last = words[words.length - 1]?.span;
  if (!first || !last || first.file.path !== last.file.path || last.end < first.start) return fallback;
  return { file: first.file, start: first.start, end: last.end };
}

function runShell(reader: Reader, place: Place, text: SourceFile, span: Span): ShellOutcome {
  return runText(reader, text, {
    place,
    environment: place.environment,
    environmentOpen: place.environmentOpen,
    workingDirectory: place.workingDirectory,
    parameters: [],
    via: [{ span, message: 'a shell runs it: /bin/sh -c' }],
    certain: true,
  });
}

/** `USER name:group`. */
function splitUser(setting: Setting<string> | undefined): {
  readonly user?: Setting<string>;
  readonly group?: Setting<string>;
} {
  if (!setting?.known) return setting ? { user: setting } : {};
  const colon = setting.value.indexOf(':');
  if (colon < 0) return { user: setting };
  const user: Setting<string> = { ...setting, value: setting.value.slice(0, colon) };
  return { user, group: { ...setting, value: setting.value.slice(colon + 1) } };
}
