import { fstatSync, statSync, writeSync } from 'node:fs';

type Write = (text: string | Uint8Array) => void;

/**
 * Writes to an output of the process at once. Node's own stream takes several milliseconds to load, so it is used only where it is needed: for
 * what cannot be written at once (a pipe that is full and does not wait, a reader that is gone), and for all that follows.
 */
export function writerTo(descriptor: 1 | 2, stream: () => NodeJS.WritableStream): Write {
  let through: NodeJS.WritableStream | undefined;
  return text => {
    if (through) return void through.write(text);
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(descriptor, bytes, at);
    } catch {
      through = stream();
      through.write(bytes.subarray(at));
    }
  };
}

/** False where the output is surely no terminal: no character device, or the null device. */
export function mayBeTerminal(descriptor: 1 | 2): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isCharacterDevice() && stats.rdev !== statSync('/dev/null').rdev;
  } catch {
    return true;
  }
}
