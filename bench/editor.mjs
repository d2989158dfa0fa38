// Milliseconds until a key is judged: a line of a long nginx.conf is edited in a project of 300 files, with the memory that the language
// server keeps and without one, in turn in one process.
//
//   npm run build && node bench/editor.mjs [edits]
import { analyze, memoryHost, newMemory, rules } from '../dist/index.js';
import { editorProject } from './project.mjs';

const edits = Number(process.argv[2] ?? 200);
const path = 'deploy/nginx.conf';
const files = editorProject();
const memory = newMemory();
const kept = [];
const fresh = [];
await analyze(memoryHost(files), { rules, memory });
for (let i = 0; i < edits; i++) {
  files[path] = edited(files[path], i);
  const host = memoryHost(files);
  kept.push(await milliseconds(() => analyze(host, { rules, memory })));
  // A whole run takes a hundred times as long; a few are enough.
  if (i % Math.ceil(edits / 10) === 0) fresh.push(await milliseconds(() => analyze(host, { rules })));
}
console.log(`project     ${Object.keys(files).length} files, ${files[path].split('\n').length} lines of nginx.conf`);
console.log(`a key       ${figures(kept)}`);
console.log(`a whole run ${figures(fresh)}`);

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

async function milliseconds(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = part => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1).padStart(7);
  return `p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  (${times.length} runs)`;
}
