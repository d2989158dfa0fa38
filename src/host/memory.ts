import type { EntryKind, Host, ReadResult } from './host.js';
import { byteOrder } from './order.js';

/**
 * Files from a map of path to text. With `below`, the map lies over another host: an editor's unsaved buffers, or fixed
 * texts that are not written yet, over the disk.
 */
export function memoryHost(texts: ReadonlyMap<string, string> | Readonly<Record<string, string>>, below?: Host): Host {
  const files = new Map(texts instanceof Map ? texts : Object.entries(texts));
  const folders = new Map<string, Set<string>>([['', new Set()]]);
  for (const path of files.keys()) enter(folders, path);

  function kind(path: string): EntryKind {
    if (files.has(path)) return 'file';
    const under = below?.kind(path) ?? 'missing';
    return under === 'missing' && folders.has(path) ? 'directory' : under;
  }

  function read(path: string): ReadResult {
    const text = files.get(path);
    if (text !== undefined) return { kind: 'file', file: { path, text } };
    const under = below?.read(path);
    if (!under) return { kind: folders.has(path) ? 'directory' : 'missing' };
    // A link below leads to a file whose text may lie in the map.
    const real = under.kind === 'file' ? files.get(under.file.path) : undefined;
    if (under.kind === 'file' && real !== undefined)
      return { kind: 'file', file: { path: under.file.path, text: real } };
    return under.kind === 'missing' && folders.has(path) ? { kind: 'directory' } : under;
  }

  return {
    files: () => merged(below?.files(), files.keys()),
    kind,
    read,
    list: path => merged(below?.list(path), folders.get(path) ?? []),
  };
}

function enter(folders: Map<string, Set<string>>, path: string): void {
  let rest = path;
  while (rest !== '') {
    const slash = rest.lastIndexOf('/');
    const folder = slash < 0 ? '' : rest.slice(0, slash);
    const names = folders.get(folder);
    if (names?.has(rest.slice(slash + 1))) return;
    if (names) names.add(rest.slice(slash + 1));
    else folders.set(folder, new Set([rest.slice(slash + 1)]));
    rest = folder;
  }
}

function merged(under: readonly string[] | undefined, own: Iterable<string>): readonly string[] {
  return [...new Set([...(under ?? []), ...own])].sort(byteOrder);
}
