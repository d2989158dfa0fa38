import type { EntryKind, Host, ReadResult } from './host.js';

/**
 * A host without the files that the user excludes: they are not found by looking, but what names them (an `include`, an import) still reads
 * them, since half of a configuration proves nothing.
 */
export function withoutFiles<H extends Host>(host: H, excluded: (path: string) => boolean): H {
  let files: readonly string[] | undefined;
  return {
    ...host,
    files: () => {
      files ??= host.files().filter(path => !excluded(path));
      return files;
    },
  };
}

/** A name that a folder or file has where the stack runs, and the one that the repository has in its place. Both relative, without dots. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

/**
 * A host on which `nginx/sites-enabled/shop` is found as `nginx/sites-available/shop`, where the first is not there. What is read so
 * carries the path of the file itself.
 */
export function withNames<H extends Host>(host: H, renamed: readonly Renamed[]): H {
  const settled = (path: string): string => {
    if (host.kind(path) !== 'missing') return path;
    for (const one of renamed) {
      const other = replaced(path, one);
      if (other !== undefined && host.kind(other) !== 'missing') return other;
    }
    return path;
  };
  return {
    ...host,
    kind: (path: string): EntryKind => host.kind(settled(path)),
    read: (path: string): ReadResult => host.read(settled(path)),
    list: (path: string): readonly string[] => host.list(settled(path)),
  };
}

/** The path with the first run of whole names that is `from` replaced by `to`. */
function replaced(path: string, { from, to }: Renamed): string | undefined {
  const at = `/${path}/`.indexOf(`/${from}/`);
  return at < 0 ? undefined : `${path.slice(0, at)}${to}${path.slice(at + from.length)}`;
}
