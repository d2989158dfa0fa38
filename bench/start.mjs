// Wall time of gwlint on one small stack beside that of `node -e 0`, in turn, so that whatever else runs on the machine slows all alike. The first
// run of an installation finds no compiled code and leaves some; the runs after it take it. They judge the stack anew, or find that nothing has changed.
//
//   npm run build && node bench/start.mjs [folder] [runs]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = 'examples/broken-shop', runs = '30'] = process.argv.slice(2);
const bare = [];
const first = [];
const anew = [];
const again = [];
for (let i = 0; i < Number(runs); i++) {
  bare.push(milliseconds(['-e', '0']));
  rmSync(join(root, 'dist/.code'), { recursive: true, force: true });
  first.push(milliseconds(['dist/cli.js', '--no-cache', folder]));
  // Once for the code that telling an answer again takes.
  for (let run = 0; run < 2; run++) milliseconds(['dist/cli.js', folder]);
  anew.push(milliseconds(['dist/cli.js', '--no-cache', folder]));
  again.push(milliseconds(['dist/cli.js', folder]));
}
const floor = median(bare);
console.log(`${folder}, median of ${runs}, Node.js ${process.version}`);
for (const [name, values] of [
  ['node -e 0', bare],
  ['gwlint, first run', first],
  ['gwlint, anew', anew],
  ['gwlint, again', again],
]) {
  const whole = median(values);
  console.log(`${name.padEnd(18)} ${whole.toFixed(0).padStart(4)} ms  ${(whole / floor).toFixed(2)} times node`);
}

function milliseconds(argv) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: 'ignore' });
  if (status === null || status > 1) throw new Error(`${argv.join(' ')} ended with ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
