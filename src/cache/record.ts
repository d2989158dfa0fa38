import { hash } from 'node:crypto';
import type { Host, ReadResult } from '../host/host.js';

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
export function recorder<H extends Host>(host: H): Recorder<H> {
  const asked: Asked = { kinds: emptyTable(), lists: emptyTable(), reads: emptyTable() };
  return {
    asked,
    host: {
      ...host,
      files() {
        const files = host.files();
        asked.files ??= hashOf(files.join('\0'));
        return files;
      },
      kind(path) {
        const kind = host.kind(path);
        asked.kinds[path] = kind;
        return kind;
      },
      list(path) {
        const names = host.list(path);
        asked.lists[path] = hashOf(names.join('\0'));
        return names;
      },
      read(path) {
        const result = host.read(path);
        asked.reads[path] = answerOf(result);
        return result;
      },
    },
  };
}

/** True when the host would answer all of it in the same way now. */
export function stillHolds({ files, kinds, lists, reads }: Asked, host: Host): boolean {
  if (files !== undefined && hashOf(host.files().join('\0')) !== files) return false;
  for (const [path, kind] of Object.entries(kinds)) if (host.kind(path) !== kind) return false;
  for (const [path, names] of Object.entries(lists)) if (hashOf(host.list(path).join('\0')) !== names) return false;
  for (const [path, answer] of Object.entries(reads)) if (answerOf(host.read(path)) !== answer) return false;
  return true;
}

/** Hexadecimal SHA-256 of a text, in UTF-16 so that halves of characters count too. */
export function hashOf(text: string): string {
  return hashOfBytes(Buffer.from(text, 'utf16le'));
}

/** Hexadecimal SHA-256. In one go: what Node.js makes for one in parts is given back late, after thousands of files. */
export function hashOfBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

function answerOf(result: ReadResult): string {
  if (result.kind === 'file') return `file ${hashOf(`${result.file.path}\0${result.file.text}`)}`;
  return result.kind === 'unreadable' ? `unreadable ${result.why}` : result.kind;
}

/** Without inherited names: a file may be called `__proto__`. */
function emptyTable(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}
