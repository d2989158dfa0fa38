import { createReader, type Reading } from '../../src/extract/reader.js';
import type { EntryKind, Host } from '../../src/host/host.js';
import type { LanguageName, Languages } from '../../src/syntax/languages.js';
import { loadLanguages } from '../../src/syntax/languages.js';

/** A host over a table of paths and texts. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  const paths = Object.keys(files).sort();
  const kind = (path: string): EntryKind => {
    if (path === '' || paths.some(known => known.startsWith(`${path}/`))) return 'directory';
    return Object.hasOwn(files, path) ? 'file' : 'missing';
  };
  return {
    files: () => paths,
    kind,
    read: path => {
      const text = files[path];
      const found = kind(path);
      if (text !== undefined && found === 'file') return { kind: 'file', file: { path, text } };
      return { kind: found === 'file' ? 'missing' : found };
    },
    list: path => {
      const prefix = path === '' ? '' : `${path}/`;
      const names = paths
        .filter(known => known.startsWith(prefix))
        .map(known => known.slice(prefix.length).split('/')[0] ?? '');
      return [...new Set(names)].sort();
    },
  };
}

/** A reader over files in memory with these languages loaded. */
export async function memoryReader(
  files: Readonly<Record<string, string>>,
  ...names: readonly LanguageName[]
): Promise<Reading> {
  const languages: Languages = names.length > 0 ? await loadLanguages(names) : {};
  return createReader(memoryHost(files), languages);
}
