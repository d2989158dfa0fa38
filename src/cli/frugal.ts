import { setFlagsFromString } from 'node:v8';

/** What V8 is to be thrifty with. */
export type Thrift = 'none' | 'garbage' | 'garbage and code';

const release = Number.parseInt(process.versions.v8, 10);

/** How busy a function must be before it is worth better code, each release in its own unit: Node.js 20, and from 22. */
const lateCode: readonly (readonly [usual: string, frugal: string])[] =
  release < 12
    ? [['--interrupt-budget=67584', '--interrupt-budget=5000000']]
    : [['--invocation-count-for-turbofan=3000', '--invocation-count-for-turbofan=100000']];

/** V8's flags, each as it is by default and as it spares memory. */
const flags = {
  // Young objects in one megabyte instead of sixteen, and old ones looked through when they are a tenth more.
  garbage: [
    ['--semi-space-growth-factor=2', '--semi-space-growth-factor=1'],
    ['--heap-growing-percent=0', '--heap-growing-percent=10'],
    ['--no-optimize-for-size', '--optimize-for-size'],
  ],
  // Better code for fewer functions, none of them long, and none copied into those that call them: what the compiler holds at once, and of its own
  // code, is much less, and mostly it takes no more time. Without better code at all a cluster of 5,000 objects would take ten megabytes less and half
  // as long again.
  code: [
    ['--turbo-inlining', '--no-turbo-inlining'],
    ['--max-optimized-bytecode-size=61440', '--max-optimized-bytecode-size=2000'],
    ...lateCode,
  ],
} as const;

/** Releases of V8 that are known to have these flags: others would print that they do not. */
const [oldest, newest] = [11, 13];

/** Has V8 spare memory from now on. A process that does keeps no code for the next ones (src/chunks/load.ts). */
export function beFrugal(thrift: Thrift): void {
  // Electron may end a process that changes flags.
  if (release < oldest || release > newest || process.versions['electron'] !== undefined) return;
  for (const [usual, frugal] of flags.garbage) setFlagsFromString(thrift === 'none' ? usual : frugal);
  for (const [usual, frugal] of flags.code) setFlagsFromString(thrift === 'garbage and code' ? frugal : usual);
}
