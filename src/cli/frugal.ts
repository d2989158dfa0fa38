import { setFlagsFromString } from 'node:v8';

/** What V8 is to be thrifty with. */
export type Thrift = 'none' | 'garbage' | 'garbage and code';

/** V8's flags, each as it is by default and as it spares memory. */
const flags = {
  // Young objects in one megabyte instead of sixteen, and old ones looked through when they are a tenth more.
  garbage: [
    ['--semi-space-growth-factor=2', '--semi-space-growth-factor=1'],
    ['--heap-growing-percent=0', '--heap-growing-percent=10'],
    ['--no-optimize-for-size', '--optimize-for-size'],
  ],
  // Functions are not copied into those that call them: the compiler holds much less at once, and takes less time as well. Without better code at
  // all a cluster of 5,000 objects would take ten megabytes less and half as long again.
  code: [['--turbo-inlining', '--no-turbo-inlining']],
} as const;

/** Releases of V8 that are known to have these flags: others would print that they do not. */
const [oldest, newest] = [11, 13];

/** Has V8 spare memory from now on. When the process ends its flags are as they were: kept code depends on them. */
export function beFrugal(thrift: Thrift): void {
  const release = Number.parseInt(process.versions.v8, 10);
  // Electron may end a process that changes flags.
  if (release < oldest || release > newest || process.versions['electron'] !== undefined) return;
  set(thrift);
  process.prependOnceListener('exit', () => set('none'));
}

function set(thrift: Thrift): void {
  for (const [usual, frugal] of flags.garbage) setFlagsFromString(thrift === 'none' ? usual : frugal);
  for (const [usual, frugal] of flags.code) setFlagsFromString(thrift === 'garbage and code' ? frugal : usual);
}
