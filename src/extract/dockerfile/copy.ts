import { baseName, folderOf, joinInside, joinRepo, type Mount } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { DockerInstruction } from '../../syntax/dockerfile/tree.js';
import { maskOutside } from '../../text/mask.js';
import type { Span } from '../../text/source.js';
import { listInside, locate } from '../place/files.js';
import { dockerIgnores, globMatches } from '../place/patterns.js';
import type { Reader } from '../reader.js';
import { type StageState, stagePlace } from './image.js';

/** The build context: a folder of the repository, and what `.dockerignore` keeps out of it. */
export interface BuildContext {
  /** Undefined: it is not in the repository, or it cannot be told which folder it is. */
  readonly folder: string | undefined;
  /** The folder is a good guess only. */
  readonly uncertain: boolean;
  readonly excludes: readonly string[];
}

const mostMatches = 500;
const system =
  /^\/(?:|bin|etc|home|lib|media|mnt|opt|root|run|sbin|srv|tmp|usr|usr\/(?:bin|lib|local|local\/bin|local\/lib|sbin|share|src)|var|var\/(?:cache|lib|log|run|tmp))$/;

/** Whether a path is a folder in the image so far; undefined where that cannot be told. */
export function isFolderInside(reader: Reader, state: StageState, inside: string): boolean | undefined {
  if (state.folders.has(inside) || system.test(inside)) return true;
  const found = locate(reader, stagePlace(state), inside);
  if (found.kind === 'directory' || (found.kind === 'image' && found.folder)) return true;
  return found.kind === 'unknown' ? undefined : false;
}

/** Where a file called `name` lands: in the folder, or at the path itself. Both, where it cannot be told. */
function landings(
  reader: Reader,
  state: StageState,
  target: Target,
  name: string,
): readonly { readonly inside: string; readonly sure: boolean }[] {
  const folder = target.folder || isFolderInside(reader, state, target.inside);
  if (folder) return [{ inside: joinInside(target.inside, name), sure: true }];
  if (folder === false || baseName(target.inside) === name || baseName(target.inside).includes('.'))
    return [{ inside: target.inside, sure: true }];
  return [
    { inside: joinInside(target.inside, name), sure: false },
    { inside: target.inside, sure: false },
  ];
}

interface Target {
  readonly inside: string;
  /** It is a folder by the way it is written. */
  readonly folder: boolean;
}

/** The words of COPY or ADD with variables filled in: the sources and, last, the destination. */
export type CopyWord = Setting<string> & { readonly span: Span };

/** What COPY or ADD puts into the image. */
export function copyInto(
  reader: Reader,
  state: StageState,
  instruction: DockerInstruction,
  words: readonly CopyWord[],
  context: BuildContext,
  stages: (name: string) => StageState | undefined,
): readonly Mount[] {
  const destination = words[words.length - 1];
  if (!destination || words.length < 2) return [];
  const target = targetOf(state, destination, words.length > 2);
  const { span } = instruction;
  if (!target) return [{ kind: 'run', inside: '/', effect: 'adds', span }];
  const from = instruction.flags.get('from');
  if (from) return fromStage(reader, state, words.slice(0, -1), target, stages(from.text), span);
  const documents = new Map(instruction.heredocs.map(one => [one.name, one]));
  const parents = instruction.flags.has('parents');
  const found: Mount[] = [];
  for (const word of words.slice(0, -1)) {
    const name = /^<<-?["']?([^"']+)/.exec(word.known ? word.value : '')?.[1];
    const document = name === undefined ? undefined : documents.get(name);
    if (document) found.push(...heredoc(reader, state, document, target, span));
    else
      found.push(
        ...fromContext(reader, state, word, target, context, { adds: instruction.name === 'ADD', parents, span }),
      );
  }
  return found;
}

function targetOf(state: StageState, word: CopyWord, several: boolean): Target | undefined {
  if (!word.known) return undefined;
  const cwd = state.workingDirectory.known ? state.workingDirectory.value : undefined;
  if (!word.value.startsWith('/') && cwd === undefined) return undefined;
  const folder = several || /(?:^|\/)\.{0,2}$/.test(word.value);
  return { inside: joinInside(cwd ?? '/', word.value), folder };
}

function heredoc(
  reader: Reader,
  state: StageState,
  document: DockerInstruction['heredocs'][number],
  target: Target,
  span: Span,
): readonly Mount[] {
  const { body } = document;
  const text = body.file.text.slice(body.start, body.end);
  return landings(reader, state, target, document.name).map(({ inside, sure }) => {
    if (!document.literal && text.includes('$')) return { kind: 'run', inside, effect: 'replaces', span };
    return { kind: 'copy', inside, content: maskOutside(body.file, [body]), span, ...(!sure && { uncertain: true }) };
  });
}

interface CopyOptions {
  readonly adds: boolean;
  readonly parents: boolean;
  readonly span: Span;
}

function fromContext(
  reader: Reader,
  state: StageState,
  word: CopyWord,
  target: Target,
  context: BuildContext,
  options: CopyOptions,
): readonly Mount[] {
  const { span } = options;
  if (!word.known || word.value === '' || context.folder === undefined) {
    return [{ kind: 'copy', inside: target.inside, uncertain: true, span }];
  }
  if (options.adds && /^(?:[a-z]+:\/\/|git@)/.test(word.value)) {
    return [{ kind: 'run', inside: target.inside, effect: 'adds', span }];
  }
  const source = joinInside('/', word.value).slice(1);
  const sources = /[*?[]/.test(source) ? matches(reader, context, source) : [source];
  const shared = {
    ...(context.excludes.length > 0 && { excludes: context.excludes, context: context.folder }),
    ...(context.uncertain && { uncertain: true }),
    span,
  };
  return sources.flatMap((path): readonly Mount[] => {
    const repo = joinRepo(context.folder ?? '', path);
    if (repo === undefined) return [];
    const name = baseName(path);
    if (options.adds && /\.(?:tar|tgz|tar\.(?:gz|bz2|xz))$/.test(name))
      return [{ kind: 'run', inside: target.inside, effect: 'adds', span }];
    const parent = options.parents ? { inside: joinInside(target.inside, folderOf(path)), folder: true } : target;
    const kind = reader.kind(repo);
    if (kind === 'directory') {
      return [
        { kind: 'copy', inside: options.parents ? joinInside(target.inside, path) : target.inside, repo, ...shared },
      ];
    }
    // A folder that is not kept in the repository: what lies in it cannot be told.
    if (kind === 'missing' && (word.value.endsWith('/') || !name.includes('.')))
      return [{ kind: 'copy', inside: target.inside, uncertain: true, span }];
    return landings(reader, state, parent, name).map(({ inside, sure }) => ({
      kind: 'copy',
      inside,
      repo,
      ...shared,
      ...(!sure && { uncertain: true }),
    }));
  });
}

/** Paths in the context that a pattern of COPY matches, part by part as Go's filepath.Match does. */
function matches(reader: Reader, context: BuildContext, pattern: string): readonly string[] {
  let found = [''];
  for (const part of pattern.split('/')) {
    found = found.flatMap(folder => {
      if (!/[*?[]/.test(part)) return [joinRepo(folder, part) ?? ''];
      const names = reader.list(joinRepo(context.folder ?? '', folder) ?? '');
      return names.filter(name => globMatches(part, name)).map(name => joinRepo(folder, name) ?? '');
    });
    found = found.slice(0, mostMatches);
  }
  return found.filter(
    path =>
      !dockerIgnores(context.excludes, path) && reader.kind(joinRepo(context.folder ?? '', path) ?? '') !== 'missing',
  );
}

/** COPY --from: the part of another stage's file system that lies at or below the source. */
function fromStage(
  reader: Reader,
  state: StageState,
  words: readonly CopyWord[],
  target: Target,
  stage: StageState | undefined,
  span: Span,
): readonly Mount[] {
  const unknown: Mount = { kind: 'run', inside: target.inside, effect: 'adds', span };
  if (!stage) return [unknown];
  return words.flatMap((word): readonly Mount[] => {
    if (!word.known) return [unknown];
    const source = joinInside('/', word.value);
    if (/[*?[]/.test(source)) {
      const sources = matchesInside(reader, stage, source);
      return [unknown, ...sources.flatMap(one => fromPath(reader, state, target, stage, one, span))];
    }
    return fromPath(reader, state, target, stage, source, span);
  });
}

/** Files of a stage that are seen to match a pattern in the last part of a path; there may be more that nobody sees. */
function matchesInside(reader: Reader, stage: StageState, pattern: string): readonly string[] {
  const folder = folderOf(pattern);
  if (/[*?[]/.test(folder)) return [];
  const place = stagePlace(stage);
  const { names } = listInside(reader, place, folder);
  return names
    .filter(name => globMatches(baseName(pattern), name))
    .map(name => joinInside(folder, name))
    .filter(path => locate(reader, place, path).kind === 'file')
    .slice(0, mostMatches);
}

function fromPath(
  reader: Reader,
  state: StageState,
  target: Target,
  stage: StageState,
  source: string,
  span: Span,
): readonly Mount[] {
  const what = locate(reader, stagePlace(stage), source);
  if (what.kind === 'file' || (what.kind === 'unknown' && baseName(source).includes('.'))) {
    return landings(reader, state, target, baseName(source)).flatMap(({ inside }) =>
      rebase(stage, source, inside, span),
    );
  }
  return rebase(stage, source, target.inside, span);
}

function rebase(stage: StageState, source: string, inside: string, span: Span): readonly Mount[] {
  const found: Mount[] = [{ kind: 'run', inside, effect: 'adds', span }];
  const within = (path: string) => path === source || path.startsWith(source === '/' ? '/' : `${source}/`);
  const moved = (path: string) => joinInside(inside, `./${path.slice(source === '/' ? 0 : source.length)}`);
  for (const mount of stage.mounts) {
    if (within(mount.inside)) {
      const linked =
        mount.target === undefined
          ? {}
          : within(mount.target)
            ? { target: moved(mount.target) }
            : { effect: 'replaces' as const };
      found.push({ ...mount, inside: moved(mount.inside), ...linked });
    } else if (source.startsWith(mount.inside === '/' ? '/' : `${mount.inside}/`)) {
      const rest = source.slice(mount.inside === '/' ? 0 : mount.inside.length);
      if (mount.effect === 'link') found.push({ kind: 'run', inside, effect: 'replaces', span });
      else if (mount.repo === undefined || mount.kind === 'run') found.push({ ...mount, inside });
      else found.push({ ...mount, inside, repo: joinRepo(mount.repo, rest) ?? mount.repo });
    }
  }
  return found;
}
