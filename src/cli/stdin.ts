import { createInterface } from 'node:readline';

export async function readAll(input: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of input) parts.push(part);
  return Buffer.concat(parts);
}

/** One question to the person at the terminal; undefined when the input has ended. */
export function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise(done => {
    lines.once('close', () => done(undefined));
    lines.question(question, answer => {
      done(answer);
      lines.close();
    });
  });
}
