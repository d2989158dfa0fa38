import { hash } from 'node:crypto';
import type { Hash } from './hash.js';

/** Hexadecimal SHA-256: for a folder that others may use too. Texts in UTF-16, so that halves of characters count. */
export const sha256: Hash = { ofText: text => ofBytes(Buffer.from(text, 'utf16le')), ofBytes };

/** In one go: what Node.js makes for a hash in parts is given back late, after thousands of files. */
function ofBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
