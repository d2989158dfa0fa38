// Wall time of gwlint on one small stack, as a ratio to that of `node -e 0` in the same run: a machine's speed falls out of it.
//
//   npm run build && node bench/start.mjs [folder] [runs]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = 'examples/broken-shop', runs = '30'] = process.argv.slice(2);
const bare = [];
const lint = [];
for (let i = 0; i < Number(runs); i++) {
  // In turn, so that whatever else runs on the machine slows both.
  bare.push(milliseconds(['-e', '0']));
  lint.push(milliseconds(['dist/cli.js', folder]));
}
const [floor, whole] = [median(bare), median(lint)];
console.log(`node -e 0     ${floor.toFixed(0)} ms`);
console.log(`gwlint        ${whole.toFixed(0)} ms  (${folder}, median of ${runs})`);
console.log(`ratio         ${(whole / floor).toFixed(2)}`);

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
