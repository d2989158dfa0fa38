// Coverage-guided fuzzing of the whole pipeline, seeded from the fixtures: files are mutated, and what reaches code that nothing reached before
// is kept and mutated on.
//
//   npm run build && node fuzz/run.mjs [seconds] [seed]       default 60 seconds; the seed repeats a run as far as time allows
//
// What must hold: no exception, no run of more than 10 seconds, spans inside their files, edits that do not overlap, the same result twice.
// Ends with 1 and writes the input to fuzz/found/ where something does not.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = pathToFileURL(join(root, 'dist')).href;
const { analyze, memoryHost, rules } = await import(`${dist}/index.js`);
const seconds = Number(process.argv[2] ?? 60);
let state = Number(process.argv[3] ?? Date.now() % 2 ** 31) || 1;
console.log(`seed ${state}`);

/** Mulberry32. */
function random(below) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}
const pick = list => list[random(list.length)];

function filesBelow(folder) {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Each folder of fixtures is one input: texts by path. */
const corpus = [];
for (const group of readdirSync(join(root, 'fixtures/rules'))) {
  for (const rule of readdirSync(join(root, 'fixtures/rules', group))) {
    for (const name of readdirSync(join(root, 'fixtures/rules', group, rule))) {
      const folder = join(root, 'fixtures/rules', group, rule, name);
      if (!statSync(folder).isDirectory()) continue;
      const files = filesBelow(folder).filter(path => !path.endsWith('expected.txt'));
      if (files.length > 0)
        corpus.push(new Map(files.map(path => [relative(folder, path), readFileSync(path, 'utf8')])));
    }
  }
}
const seeds = corpus.length;
const words = [...new Set(corpus.flatMap(files => [...files.values()].flatMap(text => text.split(/[\s;]+/))))];
const marks = [
  '{',
  '}',
  '"',
  "'",
  '\\',
  '$',
  '${',
  '#',
  ';',
  '\n',
  '\r\n',
  '\0',
  '\ufeff',
  '(',
  '[',
  '%(',
  '{{',
  '}}',
  '<<EOF\n',
  ': ',
  '- ',
  '&a ',
  '*a',
  '\t',
  '\ud800',
  '9'.repeat(30),
  '../',
  '*',
];

function mutateText(text) {
  const at = random(text.length + 1);
  const to = Math.min(text.length, at + random(40));
  const lines = text.split('\n');
  switch (random(9)) {
    case 0:
      return text.slice(0, at) + pick(marks) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, at) + pick(words) + text.slice(to);
    case 3:
      return text.slice(0, at) + text.slice(at, to).repeat(1 + random(50)) + text.slice(to);
    case 4:
      lines.splice(random(lines.length), 1);
      return lines.join('\n');
    case 5:
      lines.splice(random(lines.length), 0, pick(lines));
      return lines.join('\n');
    case 6:
      lines.splice(random(lines.length), 0, ...pick([...pick(corpus).values()]).split('\n'));
      return lines.join('\n');
    case 7:
      return text.slice(0, at);
    default:
      return text.replaceAll('\n', '\r\n');
  }
}

function mutate(files) {
  const out = new Map(files);
  for (let i = 1 + random(4); i > 0; i--) {
    const path = pick([...out.keys()]);
    const text = out.get(path) ?? '';
    if (random(20) === 0) out.set(pick([...pick(corpus).keys()]), text);
    else if (random(30) === 0 && out.size > 1) out.delete(path);
    else out.set(path, mutateText(text).slice(0, 60_000));
  }
  return out;
}

async function judge(files) {
  const { diagnostics, deployment } = await analyze(memoryHost(files), { rules });
  const spans = diagnostics.flatMap(one => [
    one.span,
    ...one.related.map(step => step.span),
    ...one.fixes.flatMap(fix => fix.edits.map(edit => edit.span)),
  ]);
  for (const { file, start, end } of [...spans, ...deployment.unresolved.map(one => one.span)]) {
    if (!(start >= 0 && start <= end && end <= file.text.length))
      throw new Error(`a span ${start}-${end} outside ${file.path}`);
  }
  for (const { edits } of diagnostics.flatMap(one => one.fixes)) {
    for (const [i, a] of edits.entries()) {
      for (const b of edits.slice(i + 1)) {
        if (a.span.file.path === b.span.file.path && a.span.start < b.span.end && b.span.start < a.span.end)
          throw new Error('edits overlap');
      }
    }
  }
  return diagnostics.map(one => `${one.rule} ${one.span.file.path} ${one.span.start} ${one.message}`).join('\n');
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const reached = new Set();

/** How many pieces of our code ran that had never run before. */
async function newCode() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  let found = 0;
  for (const { url, functions } of result) {
    if (!url.startsWith(dist)) continue;
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        const key = `${url.length}:${startOffset}:${endOffset}`;
        if (count === 0 || reached.has(key)) continue;
        reached.add(key);
        found++;
      }
    }
  }
  return found;
}

let tried = 0;
let failures = 0;
let slowest = 0;
async function attempt(files) {
  tried++;
  const start = performance.now();
  try {
    const first = await judge(files);
    const took = performance.now() - start;
    slowest = Math.max(slowest, took);
    if (took > 10_000) throw new Error(`${took.toFixed(0)} ms`);
    if (tried % 20 === 0 && (await judge(files)) !== first) throw new Error('two runs differ');
  } catch (error) {
    failures++;
    mkdirSync(join(root, 'fuzz/found'), { recursive: true });
    const path = join(root, 'fuzz/found', `${state >>> 0}.json`);
    writeFileSync(path, JSON.stringify({ problem: String(error?.stack ?? error), files: [...files] }, undefined, 2));
    console.log(`FOUND ${path}: ${error?.message ?? error}`);
  }
}

const end = Date.now() + seconds * 1000;
for (const files of [...corpus]) {
  if (Date.now() > end) break;
  await attempt(files);
}
await newCode();
const begun = reached.size;
while (Date.now() < end && failures < 20) {
  const files = mutate(random(3) === 0 ? pick(corpus.slice(-200)) : pick(corpus));
  await attempt(files);
  if ((await newCode()) > 0) corpus.push(files);
}
console.log(
  `${tried} inputs, ${seeds} seeds, ${corpus.length - seeds} kept, ${reached.size - begun} pieces of code more than the seeds reach, slowest ${slowest.toFixed(0)} ms, ${failures} found`,
);
process.exitCode = failures > 0 ? 1 : 0;
