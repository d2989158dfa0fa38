import type { Fault } from '../../model/fault.js';
import { baseName, folderOf, joinInside, joinRepo } from '../../model/place.js';
import type { DockerfileTree, DockerStage, DockerWord } from '../../syntax/dockerfile/tree.js';
import type { SourceFile } from '../../text/source.js';
import { isExampleOf } from '../place/examples.js';
import { mayExist } from '../place/files.js';
import type { Reader } from '../reader.js';

/** Files that people write by hand; what else an image copies (a build, a lock file) may be made on the spot. */
const written = /\.(?:conf|ini|sh|template|tmpl)$|(?:^|\/)gunicorn[^/]*\.py$/i;

/**
 * Configuration files and scripts that COPY or ADD names and that none of the folders the image may be built in has. `sure`: the folder is stated;
 * else the image may be built in one that nobody thought of.
 */
export function missingCopies(
  reader: Reader,
  file: SourceFile,
  contexts: readonly string[],
  options: { readonly sure: boolean; readonly target?: string },
): readonly Fault[] {
  const tree = reader.dockerfile(file);
  if (!tree) return [];
  const words = builtStages(tree, options.target).flatMap(sourcesOf);
  if (!options.sure && isBuiltElsewhere(reader, words, contexts)) return [];
  return words.flatMap((word): readonly Fault[] => {
    const source = joinInside('/', word.text).slice(1);
    if (!written.test(source) || contexts.some(folder => mayBeThere(reader, folder, source))) return [];
    if (isMentioned(reader, baseName(source))) return [];
    const [context = ''] = contexts;
    const where = options.sure ? (context === '' ? 'the root of the repository' : `${context}/`) : 'the repository';
    return [
      {
        kind: 'process/missing-file',
        span: word.span,
        message: `${word.text} is copied into the image, but it is not in ${where}, so the image cannot be built.`,
        ...(!options.sure && { severity: 'warning' as const }),
        log: `COPY failed: file not found in build context: ${word.text}`,
      },
    ];
  });
}

/** None of several files is there: the folder the image is built in belongs to another project, which takes this one in. */
function isBuiltElsewhere(reader: Reader, words: readonly DockerWord[], contexts: readonly string[]): boolean {
  const sources = new Set(words.map(({ text }) => joinInside('/', text).slice(1)).filter(source => source !== ''));
  const isMissing = (source: string) =>
    contexts.every(folder => reader.kind(joinRepo(folder, source) ?? '') === 'missing');
  return sources.size > 1 && [...sources].every(isMissing);
}

/** The wanted stage and those that it starts from or copies from; only they are built. */
function builtStages({ stages }: DockerfileTree, target: string | undefined): readonly DockerStage[] {
  const find = (name: string) =>
    stages.find(stage => stage.alias === name.toLowerCase()) ??
    (/^\d{1,4}$/.test(name) ? stages[Number(name)] : undefined);
  const first = target === undefined ? stages.at(-1) : find(target);
  const found = new Set<DockerStage>();
  const pending = first ? [first] : [];
  for (let stage = pending.pop(); stage; stage = pending.pop()) {
    if (found.has(stage)) continue;
    found.add(stage);
    const names = [stage.base.text, ...stage.instructions.map(one => one.flags.get('from')?.text)];
    for (const name of names) {
      const next = name === undefined ? undefined : find(name);
      if (next) pending.push(next);
    }
  }
  return [...found];
}

/** Sources that are written out. */
function sourcesOf(stage: DockerStage): readonly DockerWord[] {
  return stage.instructions
    .filter(({ name, flags }) => (name === 'COPY' || name === 'ADD') && !flags.has('from'))
    .flatMap(({ words }) => words.slice(0, -1))
    .filter(({ text }) => !/[*?[\]$<>:{}'"\\]/.test(text));
}

/** A folder that is not there at all is not looked into: what lies in it may be brought from elsewhere. */
function mayBeThere(reader: Reader, folder: string, source: string): boolean {
  const path = joinRepo(folder, source);
  if (path === undefined || reader.kind(path) !== 'missing' || mayExist(reader, path)) return true;
  const names = reader.list(folderOf(path));
  return names.length === 0 ? folderOf(source) !== '' : names.some(name => isExampleOf(name, baseName(path)));
}

/** Files in which people write down how an image is built. */
const builds =
  /(?:^|\/)(?:makefile|justfile|taskfile\.ya?ml|package\.json|\.gitlab-ci\.yml|jenkinsfile)$|\.(?:sh|mk|bash)$|(?:^|\/)\.(?:github\/workflows|circleci)\//i;

/** Scripts and pipelines that may write the file before the image is built. */
function isMentioned(reader: Reader, name: string): boolean {
  return reader.once(`who writes ${name}`, () =>
    reader.files().some(path => {
      if (!builds.test(path)) return false;
      const text = reader.file(path)?.text ?? '';
      return text.length < 300_000 && text.includes(name);
    }),
  );
}
