/** Tells texts apart by something shorter. */
export interface Hash {
  readonly ofText: (text: string) => string;
  readonly ofBytes: (bytes: Uint8Array) => string;
}

/**
 * 64 bits, which no two texts share by chance, but somebody could make two that do: for a folder whose answers are all this user's own. Loading
 * `node:crypto` takes as long as all else on the way to an answer that is known.
 */
export const quickHash: Hash = {
  ofText,
  ofBytes: bytes => ofText(Buffer.from(bytes).toString('latin1')),
};

/** Two hashes of 32 bits in the manner of MurmurHash3 (Austin Appleby, public domain), each with factors of its own. */
function ofText(text: string): string {
  let a = 0x2f0b4a47;
  let b = 0x6d2e9c35;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = mixed(a, Math.imul(unit + 1, 0xcc9e2d51), 13);
    b = mixed(b, Math.imul(unit + 1, 0x9e3779b1), 17);
  }
  return `${text.length}-${hex(settled(a))}${hex(settled(b))}`;
}

function mixed(hash: number, unit: number, turn: number): number {
  const next = hash ^ Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
  return (Math.imul((next << turn) | (next >>> (32 - turn)), 5) + 0xe6546b64) | 0;
}

/** Each bit of the outcome rests on all. */
function settled(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
