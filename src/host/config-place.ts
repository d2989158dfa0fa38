import { dirname, relative, resolve, sep } from 'node:path';
import type { SourceFile } from '../text/source.js';
import { findConfigFile, type OpenText, readConfigFile } from './config-file.js';
import { realFolder } from './disk.js';

/** Where a configuration may stand. */
export interface ConfigSearch {
  /** The folder that is linted. */
  readonly root: string;
  /** A configuration file that the user names; without one, the nearest in `root` or above counts. */
  readonly file?: string;
  /** What paths in a named file are relative to; without one, the file's folder. */
  readonly base?: string;
  /** The home directory, where the search ends. */
  readonly home: string;
  /** Texts that count in place of those on the disk. */
  readonly open?: OpenText | undefined;
}

/** The configuration of a folder as text, and what it is seen from. */
export type PlacedConfig =
  | { readonly kind: 'none' }
  /** `path`: absolute. */
  | { readonly kind: 'problem'; readonly path: string; readonly why: string }
  | {
      readonly kind: 'file';
      /** Absolute. */
      readonly path: string;
      /** Its path is relative to the root. */
      readonly file: SourceFile;
      /** The folder that is linted, and the one that paths in the file are relative to: both without links, with slashes. */
      readonly root: string;
      readonly folder: string;
    };

/** Finds and reads the configuration that holds for a folder. */
export function placeConfig({ root: linted, file, base, home, open }: ConfigSearch): PlacedConfig {
  const root = realFolder(linted);
  const found = file === undefined ? findConfigFile(root, home, open) : readConfigFile(resolve(file), undefined, open);
  if (found.kind !== 'file') return found;
  return {
    kind: 'file',
    path: found.path,
    file: { path: slashed(relative(root, found.path)), text: found.text },
    root: slashed(root),
    folder: slashed(realFolder(base ?? dirname(found.path))),
  };
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
