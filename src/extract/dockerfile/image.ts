import { imageFacts } from '../../facts/images.js';
import type { Mount, Place, PortClaim } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type Word, whyUnknown } from '../../model/word.js';
import type { SourceFile, Span, Step } from '../../text/source.js';

/** What ENTRYPOINT or CMD states: a ready argument list, or a text for a shell. */
export type CommandSource =
  | { readonly kind: 'exec'; readonly words: readonly Word[]; readonly span: Span }
  /** `text` is the file with everything but the command blank, continued lines joined. */
  | { readonly kind: 'shell'; readonly text: SourceFile; readonly span: Span };

/** An image as a Dockerfile builds it, as far as it can be told without building it. */
export interface BuiltImage {
  readonly file: SourceFile;
  readonly mounts: readonly Mount[];
  readonly environment: ReadonlyMap<string, Setting<string>>;
  /** The base image may bring variables that nobody knows. */
  readonly environmentOpen: boolean;
  readonly workingDirectory: Setting<string>;
  readonly user?: Setting<string>;
  /** The image outside the repository that it starts from. */
  readonly base: Setting<string>;
  readonly packages: readonly string[];
  readonly entrypoint?: CommandSource;
  readonly cmd?: CommandSource;
  readonly stopSignal?: Setting<string>;
  readonly claims: readonly PortClaim[];
  /** Dockerfiles that it is made of. */
  readonly files: readonly SourceFile[];
  readonly unresolved: readonly Step[];
}

/**
 * The reference that a word gives. Where only the tag is not known (`nginx:${VERSION}`), the name with an empty tag: which program
 * it holds is known all the same.
 */
export function imageReference(word: Word, name: string, origin: 'image' | 'config file'): Setting<string> {
  const facts = { name, origin, span: word.span, ...(word.via && { via: word.via }) };
  if (word.known) return { ...facts, known: true, value: word.text };
  const [first] = word.parts;
  const colon = first?.known ? first.text.lastIndexOf(':') : -1;
  if (first && colon > first.text.lastIndexOf('/'))
    return { ...facts, known: true, value: first.text.slice(0, colon + 1) };
  return { ...facts, known: false, why: whyUnknown(word) };
}

/** The image while its Dockerfile is read. */
export interface StageState {
  readonly file: SourceFile;
  mounts: Mount[];
  environment: Map<string, Setting<string>>;
  readonly args: Map<string, Setting<string>>;
  environmentOpen: boolean;
  workingDirectory: Setting<string>;
  user: Setting<string> | undefined;
  base: Setting<string>;
  folders: Set<string>;
  packages: Set<string>;
  entrypoint: CommandSource | undefined;
  cmd: CommandSource | undefined;
  /** CMD stands in this stage, not in the image that it starts from. */
  ownCmd: boolean;
  stopSignal: Setting<string> | undefined;
  claims: PortClaim[];
  files: SourceFile[];
  unresolved: Step[];
  /** The shell of shell forms is not the usual one. */
  shell: readonly string[] | undefined;
}

/** Variables that every container has and whose values depend on the image or the machine. */
const containerVariables = ['HOME', 'HOSTNAME', 'PATH'];

export function freshStage(file: SourceFile, base: Setting<string>): StageState {
  const facts = base.known ? imageFacts(base.value) : undefined;
  const environment = new Map<string, Setting<string>>();
  for (const name of containerVariables) {
    environment.set(name, { name, origin: 'image', known: false, why: 'the image and the machine decide it' });
  }
  const span = base.span;
  const stated = (words: readonly string[]): CommandSource | undefined =>
    span && words.length > 0
      ? { kind: 'exec', span, words: words.map(text => ({ text, known: true, parts: [{ known: true, text }], span })) }
      : undefined;
  return {
    file,
    mounts: [],
    environment,
    args: new Map(),
    environmentOpen: facts === undefined,
    workingDirectory: facts
      ? { name: 'WORKDIR', origin: 'default', known: true, value: '/' }
      : { name: 'WORKDIR', origin: 'image', known: false, why: 'the base image may set it' },
    user: undefined,
    base,
    folders: new Set(),
    packages: new Set(),
    entrypoint: undefined,
    cmd: facts && stated(facts.cmd),
    ownCmd: false,
    stopSignal: facts?.stopSignal
      ? { name: 'STOPSIGNAL', origin: 'image', known: true, value: facts.stopSignal, ...(span && { span }) }
      : undefined,
    claims: [],
    files: [file],
    unresolved: [],
    shell: undefined,
  };
}

/** A stage that starts from another one: everything but its ARGs carries over. */
export function inheritStage(file: SourceFile, from: StageState | BuiltImage): StageState {
  return {
    file,
    mounts: [...from.mounts],
    environment: new Map(from.environment),
    args: new Map(),
    environmentOpen: from.environmentOpen,
    workingDirectory: from.workingDirectory,
    user: from.user,
    base: from.base,
    folders: 'folders' in from ? new Set(from.folders) : new Set(),
    packages: new Set(from.packages),
    entrypoint: from.entrypoint,
    cmd: from.cmd,
    ownCmd: false,
    stopSignal: from.stopSignal,
    claims: [...from.claims],
    files: from.files.some(one => one.path === file.path) ? [...from.files] : [...from.files, file],
    unresolved: [...from.unresolved],
    shell: 'shell' in from ? from.shell : undefined,
  };
}

export function finishedImage(state: StageState): BuiltImage {
  const { file, mounts, environment, environmentOpen, workingDirectory, base, claims, files, unresolved } = state;
  return {
    file,
    mounts,
    environment,
    environmentOpen,
    workingDirectory,
    base,
    claims,
    files,
    unresolved,
    packages: [...state.packages],
    ...(state.user && { user: state.user }),
    ...(state.entrypoint && { entrypoint: state.entrypoint }),
    ...(state.cmd && { cmd: state.cmd }),
    ...(state.stopSignal && { stopSignal: state.stopSignal }),
  };
}

/** The file system of an image as a place, to look things up in while it is built. */
export function stagePlace(state: StageState | BuiltImage): Place {
  return {
    id: state.file.path,
    kind: 'image',
    title: `the image of ${state.file.path}`,
    names: [],
    networks: [],
    ports: [],
    environment: state.environment,
    environmentOpen: state.environmentOpen,
    mounts: state.mounts,
    workingDirectory: state.workingDirectory,
    image: state.base,
    packages: [...state.packages],
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}
