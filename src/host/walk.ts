import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText } from './decode.js';
import { type IgnoreRules, ignoreRules } from './gitignore.js';
import { byteOrder } from './order.js';
import { isProduct, isSkippedName } from './skip.js';

interface WalkHost {
  readonly note: (path: string, why: string) => void;
  /** Path of the file that a link leads to; undefined where it leads to no file inside the root. */
  readonly target: (path: string) => string | undefined;
}

/** One `.gitignore` and the folder it stands in; paths are matched relative to that folder. */
interface IgnoreFile {
  readonly folder: string;
  readonly rules: IgnoreRules;
}

interface Folder {
  readonly path: string;
  readonly ignores: readonly IgnoreFile[];
  readonly besides: ReadonlySet<string>;
}

/**
 * Paths of all files below `root` that no `.gitignore` excludes and that are in no skipped folder, in byte order. Linked
 * folders are not entered; a linked file is listed only when the file it leads to is not listed itself.
 */
export function walk(root: string, host: WalkHost): readonly string[] {
  const files = new Set<string>();
  const links: string[] = [];
  const pending: Folder[] = [{ path: '', ignores: [], besides: new Set() }];
  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    const entries = entriesOf(root, folder.path, host);
    const names = entries.map(entry => entry.name);
    if (folder.path !== '' && isProduct(folder.path.slice(folder.path.lastIndexOf('/') + 1), names, folder.besides))
      continue;
    const ignores = names.includes('.gitignore') ? withIgnoreFile(root, folder) : folder.ignores;
    const besides = new Set(names);
    for (const entry of entries) {
      // Joined to one text: a text that is added to another holds on to both.
      const path = folder.path === '' ? entry.name : [folder.path, entry.name].join('/');
      if (entry.isDirectory()) {
        if (!isSkippedName(entry.name) && !isIgnored(ignores, path, true)) pending.push({ path, ignores, besides });
      } else if (!isIgnored(ignores, path, false)) {
        if (entry.isSymbolicLink()) links.push(path);
        else if (entry.isFile()) files.add(path);
      }
    }
  }
  for (const link of links) {
    const target = host.target(link);
    if (target !== undefined && !files.has(target)) files.add(link);
  }
  return [...files].sort(byteOrder);
}

function entriesOf(root: string, path: string, host: WalkHost): readonly Dirent[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true });
  } catch {
    host.note(path === '' ? '.' : path, 'the folder cannot be listed');
    return [];
  }
}

function withIgnoreFile(root: string, { path, ignores }: Folder): readonly IgnoreFile[] {
  try {
    const { text } = decodeText(readFileSync(join(root, path, '.gitignore')));
    return [...ignores, { folder: path === '' ? '' : `${path}/`, rules: ignoreRules(text) }];
  } catch {
    return ignores;
  }
}

/** The innermost `.gitignore` with an opinion decides, as in git. */
function isIgnored(ignores: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  for (let i = ignores.length - 1; i >= 0; i--) {
    const one = ignores[i];
    const said = one?.rules(path.slice(one.folder.length), isFolder);
    if (said !== undefined) return said;
  }
  return false;
}
