import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quickHash } from '../../src/cache/hash.js';
import { sha256 } from '../../src/cache/sha256.js';
import { textOf } from '../sources.js';

const text = textOf('examples/broken-shop/nginx.conf');

/** How often two of these texts have one hash. */
function shared(texts: Iterable<string>): number {
  const all = new Set(texts);
  return all.size - new Set([...all].map(quickHash.ofText)).size;
}

describe('the quick hash', () => {
  test('tells every slip in a file from every other', () => {
    const slips = [...text].flatMap((_, i) => [
      text.slice(0, i) + text.slice(i + 1),
      ...['0', '9', ' ', '\n', 'é', '\ud800'].map(unit => text.slice(0, i) + unit + text.slice(i + 1)),
      `${text.slice(0, i)} ${text.slice(i)}`,
    ]);
    expect(slips.length).toBeGreaterThan(2000);
    expect(shared(slips)).toBe(0);
  });

  test('tells numbers, paths and texts of one unit apart', () => {
    const numbers = Array.from({ length: 200_000 }, (_, i) => `${i}`);
    const units = Array.from({ length: 0x10000 }, (_, i) => String.fromCharCode(i));
    const zeros = Array.from({ length: 500 }, (_, i) => '\0'.repeat(i));
    expect(shared([...numbers, ...units, ...zeros, ...numbers.map(one => `app/${one}.py\0file`)])).toBe(0);
  });

  test('has every bit change with every unit', () => {
    const digits = (of: string) => BigInt(`0x${quickHash.ofText(of).replace(/^\d+-/, '')}`);
    const seen = new Map<number, number>();
    const tries = 4000;
    for (let i = 0; i < tries; i++) {
      const changed = digits(`bind = "127.0.0.1:${i}"`) ^ digits(`bind = "127.0.0.1:${i ^ 1}"`);
      for (let bit = 0; bit < 64; bit++) if ((changed >> BigInt(bit)) & 1n) seen.set(bit, (seen.get(bit) ?? 0) + 1);
    }
    for (let bit = 0; bit < 64; bit++) expect(Math.abs((seen.get(bit) ?? 0) / tries - 0.5)).toBeLessThan(0.06);
  });
});

describe('both hashes', () => {
  for (const hash of [quickHash, sha256])
    test('tell halves of characters, and give bytes and text alike the same every time', () => {
      expect(hash.ofText('\ud800')).not.toBe(hash.ofText('\ud801'));
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
          expect(hash.ofText(a) === hash.ofText(b)).toBe(a === b);
          expect(hash.ofBytes(Buffer.from(a)) === hash.ofBytes(Buffer.from(b))).toBe(
            Buffer.from(a).equals(Buffer.from(b)),
          );
          expect(hash.ofText(a)).toMatch(/^[\da-f]+(?:-[\da-f]{16})?$/);
        }),
      );
    });
});
