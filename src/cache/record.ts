import type { Host, ReadResult } from '../host/host.js';
import type { Hash } from './hash.js';

/**
 * Everything that a run asked of its host, and what it was told. A run that is told the same comes to the same result, whatever else
 * has changed; texts and lists are kept as hashes.
 */
export interface Asked {
  files?: string;
  readonly kinds: Record<string, string>;
  readonly lists: Record<string, string>;
  readonly reads: Record<string, string>;
}

export interface Recorder<H extends Host> {
  readonly host: H;
  readonly asked: Asked;
}

/** The host, and a list of what it is asked from now on. */
export function recorder<H extends Host>(host: H, hash: Hash): Recorder<H> {
  const asked: Asked = { kinds: emptyTable(), lists: emptyTable(), reads: emptyTable() };
  return {
    asked,
    host: {
      ...host,
      files() {
        const files = host.files();
        asked.files ??= hash.ofText(files.join('\0'));
        return files;
      },
      kind(path) {
        const kind = host.kind(path);
        asked.kinds[path] = kind;
        return kind;
      },
      list(path) {
        const names = host.list(path);
        asked.lists[path] = hash.ofText(names.join('\0'));
        return names;
      },
      read(path) {
        const result = host.read(path);
        asked.reads[path] = answerOf(result, hash);
        return result;
      },
    },
  };
}

/** True when the host would answer all of it in the same way now. */
export function stillHolds({ files, kinds, lists, reads }: Asked, host: Host, hash: Hash): boolean {
  if (files !== undefined && hash.ofText(host.files().join('\0')) !== files) return false;
  for (const [path, kind] of Object.entries(kinds)) if (host.kind(path) !== kind) return false;
  for (const [path, names] of Object.entries(lists))
    if (hash.ofText(host.list(path).join('\0')) !== names) return false;
  for (const [path, answer] of Object.entries(reads)) if (answerOf(host.read(path), hash) !== answer) return false;
  return true;
}

function answerOf(result: ReadResult, hash: Hash): string {
  if (result.kind === 'file') return `file ${hash.ofText(`${result.file.path}\0${result.file.text}`)}`;
  return result.kind === 'unreadable' ? `unreadable ${result.why}` : result.kind;
}

/** Without inherited names: a file may be called `__proto__`. */
function emptyTable(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}
