import { imageFacts } from '../../facts/images.js';
import { joinInside } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord, type Word, whyUnknown } from '../../model/word.js';
import type { DockerfileTree, DockerInstruction, DockerWord } from '../../syntax/dockerfile/tree.js';
import type { SourceFile } from '../../text/source.js';
import { type ExpansionStyle, expandedWord, expandVariables, type VariableLookup } from '../place/expand.js';
import { dockerignorePatterns } from '../place/patterns.js';
import type { Reader } from '../reader.js';
import { type BuildContext, type CopyWord, copyInto, isFolderInside } from './copy.js';
import { shellEffects } from './effects.js';
import {
  type BuiltImage,
  type CommandSource,
  finishedImage,
  freshStage,
  imageReference,
  inheritStage,
  type StageState,
} from './image.js';

export interface BuildRequest {
  readonly file: SourceFile;
  /** Folder of the repository; undefined where the context is elsewhere or cannot be told. */
  readonly context: string | undefined;
  readonly contextUncertain?: boolean;
  /** Stage to stop at; the last one where absent. */
  readonly target?: string;
  /** Build arguments that are stated beside the build. */
  readonly args?: ReadonlyMap<string, Setting<string>>;
  /** It stands in another file, which is noted as what it is there. */
  readonly embedded?: boolean;
  /** An image of this name that the repository builds itself. */
  readonly imageNamed?: (reference: string) => BuiltImage | undefined;
}

/** A Dockerfile with more steps than this is not written by hand; what follows is not followed. */
const mostMounts = 3000;

/**
 * What a Dockerfile builds, without building it. Undefined where it has no stage (or not the wanted one), or where the
 * parser is not loaded yet.
 */
export function buildImage(reader: Reader, request: BuildRequest): BuiltImage | undefined {
  const tree = reader.dockerfile(request.file);
  if (!tree) return undefined;
  if (!request.embedded) reader.note(request.file, 'dockerfile', tree.problems);
  const context = contextOf(reader, request);
  const globals = globalArgs(tree, request);
  const stages: { readonly alias: string | undefined; readonly state: StageState }[] = [];
  const find = (name: string) =>
    (
      stages.find(stage => stage.alias === name.toLowerCase()) ??
      (/^\d+$/.test(name) ? stages[Number(name)] : undefined)
    )?.state;
  for (const stage of tree.stages) {
    const base = imageReference(expand(stage.base, globals, tree, false), 'FROM', 'image');
    const earlier = base.known ? find(base.value) : undefined;
    const own = base.known ? request.imageNamed?.(base.value) : undefined;
    const from = earlier ?? own;
    const state = from ? inheritStage(request.file, from) : freshStage(request.file, base);
    const step: StepContext = { reader, tree, request, context, globals, state, stages: find };
    for (const instruction of stage.instructions) {
      if (state.mounts.length > mostMounts) break;
      applyInstruction(step, instruction);
    }
    if (state.mounts.length > mostMounts) state.mounts.push({ kind: 'run', inside: '/', effect: 'replaces' });
    stages.push({ alias: stage.alias, state });
    if (request.target !== undefined && stage.alias === request.target.toLowerCase()) break;
  }
  const wanted = request.target === undefined ? stages[stages.length - 1]?.state : find(request.target);
  return wanted && finishedImage(wanted);
}

/** `Dockerfile.dockerignore` beside the Dockerfile wins over `.dockerignore` in the context. */
function contextOf(reader: Reader, request: BuildRequest): BuildContext {
  const { context: folder, file } = request;
  const own = reader.file(`${file.path}.dockerignore`);
  const ignore =
    own ??
    (folder === undefined ? undefined : reader.file(folder === '' ? '.dockerignore' : `${folder}/.dockerignore`));
  return {
    folder,
    uncertain: request.contextUncertain === true,
    excludes: ignore ? dockerignorePatterns(ignore.text) : [],
  };
}

function expand(word: DockerWord, lookup: VariableLookup, tree: DockerfileTree, open: boolean): Word {
  const style: ExpansionStyle = {
    escape: tree.escape,
    unset: open ? name => `${name} may come from the base image` : 'empty',
  };
  return expandedWord(expandVariables(word.raw, style, lookup), word.span);
}

function wordSetting(word: Word, name: string): Setting<string> {
  const { span, via } = word;
  const facts = { name, origin: 'image' as const, span, ...(via && { via }) };
  return word.known ? { ...facts, known: true, value: word.text } : { ...facts, known: false, why: whyUnknown(word) };
}

/** ARG before the first FROM: what compose states, else the default. */
function globalArgs(tree: DockerfileTree, request: BuildRequest): VariableLookup {
  const values = new Map<string, Setting<string>>();
  for (const instruction of tree.globals) {
    for (const { name, value } of instruction.assignments) {
      const given = request.args?.get(name);
      if (given) values.set(name, given);
      else if (value)
        values.set(
          name,
          wordSetting(
            expand(value, found => values.get(found), tree, false),
            name,
          ),
        );
    }
  }
  return name => values.get(name) ?? request.args?.get(name) ?? unknownArgument(name);
}

function unknownArgument(name: string): Setting<string> {
  return { name, origin: 'image', known: false, why: `${name} is given when the image is built` };
}

interface StepContext {
  readonly reader: Reader;
  readonly tree: DockerfileTree;
  readonly request: BuildRequest;
  readonly context: BuildContext;
  readonly globals: VariableLookup;
  readonly state: StageState;
  readonly stages: (name: string) => StageState | undefined;
}

function lookupIn(step: StepContext): VariableLookup {
  const { state } = step;
  return name => state.environment.get(name) ?? state.args.get(name);
}

function filled(step: StepContext, word: DockerWord): Word {
  return expand(word, lookupIn(step), step.tree, step.state.environmentOpen);
}

function setting(step: StepContext, word: DockerWord, name: string): Setting<string> {
  return wordSetting(filled(step, word), name);
}

function applyInstruction(step: StepContext, instruction: DockerInstruction): void {
  const { state } = step;
  const [first] = instruction.words;
  switch (instruction.name) {
    case 'ARG':
      declareArgs(step, instruction);
      return;
    case 'ENV':
      for (const { name, value } of instruction.assignments)
        if (value) state.environment.set(name, setting(step, value, name));
      return;
    case 'WORKDIR':
      if (first) changeFolder(step, first);
      return;
    case 'USER':
      if (first) state.user = setting(step, first, 'USER');
      return;
    case 'STOPSIGNAL':
      if (first) state.stopSignal = setting(step, first, 'STOPSIGNAL');
      return;
    case 'COPY':
    case 'ADD':
      state.mounts.push(
        ...copyInto(step.reader, state, instruction, copyWords(step, instruction), step.context, step.stages),
      );
      return;
    case 'RUN':
      runStep(step, instruction);
      return;
    case 'EXPOSE':
      expose(step, instruction);
      return;
    case 'VOLUME':
      volumes(step, instruction);
      return;
    case 'SHELL':
      state.shell = instruction.words.map(word => word.text);
      return;
    case 'ENTRYPOINT':
      state.entrypoint = commandSource(step, instruction);
      // An ENTRYPOINT takes back the CMD of the image it starts from, not one that this Dockerfile states.
      if (!state.ownCmd) state.cmd = undefined;
      return;
    case 'CMD':
      state.cmd = commandSource(step, instruction);
      state.ownCmd = true;
      return;
    case 'HEALTHCHECK':
      healthcheck(step, instruction);
      return;
    default:
  }
}

function declareArgs(step: StepContext, instruction: DockerInstruction): void {
  for (const { name, value } of instruction.assignments) {
    const given = step.request.args?.get(name);
    const global = value ? undefined : step.globals(name);
    step.state.args.set(name, given ?? (value ? setting(step, value, name) : (global ?? unknownArgument(name))));
  }
}

function changeFolder(step: StepContext, word: DockerWord): void {
  const { state } = step;
  const to = filled(step, word);
  const { span, via } = to;
  const facts = { name: 'WORKDIR', origin: 'image' as const, span, ...(via && { via }) };
  const from = state.workingDirectory;
  if (!to.known) state.workingDirectory = { ...facts, known: false, why: whyUnknown(to) };
  else if (to.text.startsWith('/') || from.known) {
    const value = joinInside(from.known ? from.value : '/', to.text);
    state.workingDirectory = { ...facts, known: true, value };
    state.folders.add(value);
  } else state.workingDirectory = { ...facts, known: false, why: from.why };
}

function copyWords(step: StepContext, instruction: DockerInstruction): readonly CopyWord[] {
  return instruction.words.map(word => {
    if (word.raw.startsWith('<<'))
      return { name: 'COPY', origin: 'image', span: word.span, known: true, value: word.raw };
    // Elements of the JSON form have no quotes of their own any more.
    const text = instruction.json ? { ...word, raw: word.text } : word;
    return { ...setting(step, text, instruction.name), span: word.span };
  });
}

function runStep(step: StepContext, instruction: DockerInstruction): void {
  const { state, reader } = step;
  const usual = state.shell === undefined || /(?:^|\/)(?:ba|da|a|z)?sh$/.test(state.shell[0] ?? '');
  const text = usual ? runText(instruction) : undefined;
  if (text === undefined) {
    const inside = state.workingDirectory.known ? state.workingDirectory.value : '/';
    state.mounts.push({ kind: 'run', inside, effect: 'adds', span: instruction.span });
    return;
  }
  const effects = shellEffects(text, {
    workingDirectory: state.workingDirectory.known ? state.workingDirectory.value : undefined,
    lookup: lookupIn(step),
    isFolder: inside => isFolderInside(reader, state, inside),
    span: instruction.span,
    unknownWrites: true,
  });
  state.mounts.push(...effects.mounts);
  for (const folder of effects.folders) state.folders.add(folder);
  for (const name of effects.packages) state.packages.add(name);
}

/** The shell text of a RUN; undefined where another program reads it. */
function runText(instruction: DockerInstruction): string | undefined {
  const [first] = instruction.words;
  if (!first) return '';
  if (instruction.json) {
    const words = instruction.words.map(word => word.text);
    const shell = /(?:^|\/)(?:ba|da|a|z)?sh$/.test(words[0] ?? '');
    const script = words[words.findIndex(word => /^-[a-z]*c$/.test(word)) + 1];
    if (shell && script !== undefined) return script;
    return words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  }
  if (instruction.heredocs.length === 0) return first.text;
  const interpreter = first.text.replace(/<<-?\S+/g, '').trim();
  if (interpreter !== '' && !/^(?:\/bin\/)?(?:ba|da|a|z)?sh(?:\s+-[a-z]+)*$/.test(interpreter)) return undefined;
  const bodies = instruction.heredocs.map(one => one.body.file.text.slice(one.body.start, one.body.end));
  return bodies.some(body => /^#!(?!.*\b(?:ba|da|a|z)?sh\b)/.test(body)) ? undefined : bodies.join('\n');
}

function expose(step: StepContext, instruction: DockerInstruction): void {
  for (const word of instruction.words) {
    const value = setting(step, word, 'EXPOSE');
    if (value.known && /\/udp$/i.test(value.value)) continue;
    const port = value.known ? Number(value.value.replace(/\/tcp$/i, '')) : 0;
    const { name, origin, span } = value;
    const facts = { name, origin, ...(span && { span }) };
    if (!value.known)
      step.state.claims.push({ kind: 'expose', port: { ...facts, known: false, why: value.why }, span: word.span });
    else if (Number.isInteger(port) && port > 0 && port < 65536) {
      step.state.claims.push({ kind: 'expose', port: { ...facts, known: true, value: port }, span: word.span });
    }
  }
}

/** Whoever runs the image may mount something over a VOLUME, so more than the image's own files may be there. */
function volumes(step: StepContext, instruction: DockerInstruction): void {
  for (const word of instruction.words) {
    const path = setting(step, word, 'VOLUME');
    const inside = path.known && path.value.startsWith('/') ? joinInside('/', path.value) : '/';
    step.state.mounts.push({ kind: 'run', inside, effect: 'adds', span: word.span });
  }
}

function healthcheck(step: StepContext, instruction: DockerInstruction): void {
  step.state.claims = step.state.claims.filter(claim => claim.kind !== 'healthcheck');
  if (instruction.words[0]?.text.toUpperCase() !== 'CMD') return;
  for (const word of instruction.words.slice(1)) {
    const port = localPort(word.text);
    if (port === undefined) continue;
    const known: Setting<number> = { name: 'HEALTHCHECK', origin: 'image', span: word.span, known: true, value: port };
    step.state.claims.push({ kind: 'healthcheck', port: known, span: word.span });
  }
}

/** The port of the one address of this container that a command names; undefined where there is none, or more than one. */
export function localPort(text: string): number | undefined {
  const found = new Set<number>();
  for (const match of text.matchAll(
    /\b(https?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}))?(?=[/\s"'?]|$)/g,
  )) {
    found.add(match[2] ? Number(match[2]) : match[1] === 'https' ? 443 : 80);
  }
  const [port] = found;
  return found.size === 1 ? port : undefined;
}

function commandSource(step: StepContext, instruction: DockerInstruction): CommandSource | undefined {
  if (instruction.words.length === 0) return undefined;
  const { span } = instruction;
  if (instruction.json)
    return { kind: 'exec', span, words: instruction.words.map(word => literalWord(word.text, word.span)) };
  const { shell } = step.state;
  if (shell && !/(?:^|\/)(?:ba|da|a|z)?sh$/.test(shell[0] ?? '')) {
    const text = instruction.words[0]?.text ?? '';
    return { kind: 'exec', span, words: [...shell, text].map(word => literalWord(word, instruction.rest)) };
  }
  return { kind: 'shell', span, text: joinedText(instruction) };
}

/** The file with all but the command blank. Line ends inside the command are blank too, as Docker joins its lines. */
function joinedText(instruction: DockerInstruction): SourceFile {
  const { file, start, end } = instruction.rest;
  let inner = '';
  let at = start;
  for (const piece of instruction.pieces) {
    inner += ' '.repeat(Math.max(0, piece.start - at)) + file.text.slice(piece.start, piece.end);
    at = piece.end;
  }
  inner += ' '.repeat(Math.max(0, end - at));
  const blank = (text: string) => text.replace(/[^\r\n]/g, ' ');
  return { path: file.path, text: blank(file.text.slice(0, start)) + inner + blank(file.text.slice(end)) };
}

/** True for a base image whose own entry point only hands on to the command it is given. */
export function knownBase(image: BuiltImage): boolean {
  return image.base.known && imageFacts(image.base.value) !== undefined;
}
