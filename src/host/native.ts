import machinePaths, { type PlatformPath } from 'node:path';

/**
 * Between paths of a project (relative to its root, with forward slashes on every system) and those of the machine. The rules are those
 * of `paths`: Node's `posix`, or `win32` with its drives, shares (`\\server\share`) and two separators.
 */
export interface NativePaths {
  /**
   * The machine's absolute path of a path of the project, or of an absolute one; undefined where no file of the machine can have that name:
   * a backslash or a colon is a letter like others on the systems that configurations are written for, and not on Windows.
   */
  readonly absolute: (root: string, path: string) => string | undefined;
  /** Whether an absolute path is the root or below it. Windows takes `c:\SHOP` and `C:\shop` for the same. */
  readonly isInside: (root: string, path: string) => boolean;
  /** The path of the project for an absolute path of the machine; undefined for one that is not below the root. */
  readonly below: (root: string, path: string) => string | undefined;
  /** `name` in a folder. */
  readonly inFolder: (folder: string, name: string) => string;
  /** The folder that a path from `absolute` stands in, and its name there; undefined for the root of a file system. */
  readonly split: (path: string) => readonly [folder: string, name: string] | undefined;
  /** The names that a path consists of, the last first, without dots; `..` stays. */
  readonly names: (path: string) => string[];
}

export function nativePaths(paths: PlatformPath): NativePaths {
  const { sep } = paths;
  const isWindows = sep === '\\';
  const separators = isWindows ? /[\\/]/ : /\//;

  function absolute(root: string, path: string): string | undefined {
    if (path.includes('\0')) return undefined;
    if (isForeign(path)) return undefined;
    return paths.isAbsolute(path) ? paths.resolve(path) : paths.resolve(root, path);
  }

  /** `a\b`, `C:a`, `a:stream` in a path of the project; `C:\a` and `C:/a` are absolute, and so the machine's own. */
  function isForeign(path: string): boolean {
    if (!isWindows) return false;
    if (!paths.isAbsolute(path)) return /[\\:]/.test(path);
    return path.slice(paths.parse(path).root.length).includes(':');
  }

  function isInside(root: string, path: string): boolean {
    if (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)) return true;
    if (!isWindows) return false;
    const way = paths.relative(root, path);
    return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || paths.isAbsolute(way));
  }

  return {
    absolute,
    isInside,
    below: (root, path) => (isInside(root, path) ? paths.relative(root, path).split(sep).join('/') : undefined),
    inFolder: (folder, name) => (folder.endsWith(sep) ? folder + name : folder + sep + name),
    split(path) {
      const cut = path.lastIndexOf(sep);
      if (cut === path.length - 1) return undefined;
      const folder = isWindows ? paths.dirname(path) : path.slice(0, cut) || sep;
      return [folder, path.slice(cut + 1)];
    },
    names: path =>
      path
        .split(separators)
        .filter(name => name !== '' && name !== '.')
        .reverse(),
  };
}

/** Those of the machine that gwlint runs on. */
export const native = nativePaths(machinePaths);
