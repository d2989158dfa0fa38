// Milliseconds until a key is judged: a line of a long nginx.conf is edited in a project of 300 files, with the memory that the language
// server keeps, and then, in the same process, without one: a whole run leaves so much to be collected that the keys behind it would pay for it.
// Between two keys young garbage is collected, as in the server (src/lsp/rest.ts).
//
//   npm run build && node bench/editor.mjs [edits]
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { analyze, memoryHost, newMemory, rules } from '../dist/index.mjs';
import { editorProject } from './project.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const edits = Number(process.argv[2] ?? 200);
const path = 'deploy/nginx.conf';
const files = editorProject();
const memory = newMemory();
const kept = [];
const fresh = [];
// The first keys are slower, until V8 has compiled what they need.
const first = 40;
for (let i = 0; i < first + edits; i++) {
  files[path] = edited(files[path], i);
  const host = memoryHost(files);
  const taken = await measured(() => analyze(host, { rules, memory }));
  if (i >= first) kept.push(taken);
  rest();
}
// A whole run takes fifty times as long; a few are enough.
for (let i = 0; i < 10; i++) {
  files[path] = edited(files[path], i);
  const host = memoryHost(files);
  fresh.push(await measured(() => analyze(host, { rules })));
}
console.log(`project     ${Object.keys(files).length} files, ${files[path].split('\n').length} lines of nginx.conf`);
console.log(`a key       ${figures(kept)}`);
console.log(`a whole run ${figures(fresh)}`);

function rest() {
  gc({ type: 'minor' });
}

/** What is typed: digits of a timeout, a comment, a line more, a line less, a character that breaks the file and its removal. */
function edited(text, i) {
  const at = text.indexOf('proxy_read_timeout', (i * 7919) % text.length);
  const line = at < 0 ? text.indexOf('proxy_read_timeout') : at;
  const end = text.indexOf('\n', line);
  if (i % 6 === 0) return text.slice(0, line) + text.slice(line).replace(/\d+s;/, `${30 + (i % 40)}s;`);
  if (i % 6 === 1) return `${text.slice(0, end)} # ${i}${text.slice(end)}`;
  if (i % 6 === 2) return `${text.slice(0, end)}\n            proxy_redirect off;${text.slice(end)}`;
  if (i % 6 === 3) return text.replace('\n            proxy_redirect off;', '');
  if (i % 6 === 4) return text.replace('sendfile on;', 'sendfile on');
  return text.replace(/sendfile on$/m, 'sendfile on;');
}

async function measured(work) {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  await work();
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** Wall time is what the user waits; where others use the machine too, the processor's time tells more. */
function figures(taken) {
  const line = ['wall', 'cpu'].map(kind => {
    const sorted = taken.map(one => one[kind]).sort((a, b) => a - b);
    const at = part => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
    return `${kind} p50 ${at(0.5)} p95 ${at(0.95)} ms`;
  });
  return `${line.join(', ')}  (${taken.length} runs)`;
}
