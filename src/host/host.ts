import type { SourceFile } from '../text/source.js';

/** What there is at a path. `outside`: the path, or a link in it, leads out of the root and is not followed. */
export type EntryKind = 'file' | 'directory' | 'missing' | 'outside';

export type ReadResult =
  | { readonly kind: 'file'; readonly file: SourceFile }
  | { readonly kind: 'missing' | 'outside' | 'directory' }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Where files come from: the disk, memory (tests), or editor buffers over the disk. Paths are relative to the root, with
 * forward slashes, without `.` or `..` parts; the root itself is the empty text. Nothing here throws on bad input.
 */
export interface Host {
  /** Paths of all files under the root that are not ignored (`.gitignore`, vendored trees), sorted by byte order. */
  files(): readonly string[];
  kind(path: string): EntryKind;
  /** Text of a file. Bytes that are not UTF-8 are read as Latin-1, so that every byte can be written back as it was. */
  read(path: string): ReadResult;
  /** Names in a directory (ignored ones too), sorted by byte order; empty where there is no such directory. */
  list(path: string): readonly string[];
}
