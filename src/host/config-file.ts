import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { decodeText } from './decode.js';
import { native } from './native.js';

export type ConfigFile =
  | { readonly kind: 'none' }
  /** `path`: absolute. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'problem'; readonly path: string; readonly why: string };

/** The text of a file that counts in place of the one on the disk, which an editor has and did not save. The path is absolute. */
export type OpenText = (path: string) => string | undefined;

const none: OpenText = () => undefined;

const names = ['gwlint.yaml', 'gwlint.yml', '.gwlint.yaml', '.gwlint.yml'];

/** Larger texts are no configuration. */
const largest = 1_000_000;
const tooLarge = 'larger than 1 MB';

/**
 * The configuration of a folder: in it, or in the nearest folder above. The search ends with the repository (the folder that holds `.git`); outside
 * of one, below the home directory and the root of the disk, whose files are nobody's project.
 *
 * @param root absolute, without links.
 * @param home the home directory, if there is one.
 * @param open texts over the disk; a file that is only there counts too.
 */
export function findConfigFile(root: string, home: string | undefined, open = none): ConfigFile {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = configIn(folder, open);
    if (found.kind !== 'none') return found;
    const above = dirname(folder);
    if (exists(join(folder, '.git')) || above === home || above === folder || dirname(above) === above) return found;
  }
}

/** True for a file that may be a configuration, by its name. */
export function isConfigName(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(sep)) + 1);
  return names.includes(name) || name === projectFile;
}

const projectFile = 'pyproject.toml';

function configIn(folder: string, open: OpenText): ConfigFile {
  const isThere = (path: string): boolean => open(path) !== undefined || exists(path);
  const [first, second] = names.map(name => join(folder, name)).filter(isThere);
  const project = join(folder, projectFile);
  const table = isThere(project) ? tableIn(project, open) : undefined;
  if (second !== undefined && first !== undefined)
    return { kind: 'problem', path: second, why: `${base(first)} beside it is a configuration as well; keep one` };
  if (first !== undefined && table !== undefined)
    return {
      kind: 'problem',
      path: project,
      why: `[tool.gwlint] and ${base(first)} beside it both configure gwlint; keep one`,
    };
  if (first !== undefined) return readConfigFile(first, folder, open);
  return table === undefined ? { kind: 'none' } : { kind: 'file', path: project, text: table };
}

/** The text of a `pyproject.toml` that has something for us; a look at the text spares the others a parser. */
function tableIn(path: string, open: OpenText): string | undefined {
  const read = readConfigFile(path, dirname(path), open);
  if (read.kind !== 'file') return undefined;
  return /^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*["']?gwlint["']?[ \t]*[.\]]|^[ \t]*tool\.gwlint\./m.test(read.text)
    ? read.text
    : undefined;
}

/**
 * Reads a configuration.
 *
 * @param within a folder that a link may not lead out of: a configuration that was found, not named, may be a stranger's.
 */
export function readConfigFile(path: string, within?: string, open = none): ConfigFile {
  const text = open(path);
  if (text !== undefined)
    return text.length > largest ? { kind: 'problem', path, why: tooLarge } : { kind: 'file', path, text };
  try {
    if (
      within !== undefined &&
      lstatSync(path).isSymbolicLink() &&
      !native.isInside(realpathSync(within), realpathSync(path))
    )
      return { kind: 'problem', path, why: 'a link out of its folder' };
    const stats = statSync(path);
    if (!stats.isFile())
      return { kind: 'problem', path, why: stats.isDirectory() ? 'a folder, not a file' : 'not a file' };
    if (stats.size > largest) return { kind: 'problem', path, why: tooLarge };
    return { kind: 'file', path, text: decodeText(readFileSync(path)).text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { kind: 'problem', path, why: missing ? 'no such file' : 'cannot be read' };
  }
}

/** Where nobody may look, there is nothing for us. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function base(path: string): string {
  return path.slice(path.lastIndexOf(sep) + 1);
}
