// Coverage-guided fuzzing of every parser and of the whole pipeline, seeded from the fixtures: texts are mutated, and what reaches code that
// nothing reached before is kept and mutated on.
//
//   node fuzz/run.mjs [seconds] [seed] [target ...]     default 60 seconds over all targets; the seed repeats a run as far as time allows
//
// What must hold: no exception, no endless run, time that grows in a line with the length, places inside their files, trees that leave no text
// out, edits that do not overlap, the same result twice. Ends with 1 and writes the input to fuzz/found/ where something does not.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTargets } from './bundle.mjs';
import { projects, singleFiles } from './corpus.mjs';
import { createDice, createMutator } from './mutate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [wanted = '60', from, ...names] = process.argv.slice(2);
const seed = Number(from ?? Date.now() % 2 ** 31) || 1;
const { targets, code, remove } = await loadTargets(root);
process.on('exit', remove);
const unknown = names.find(name => !targets.some(target => target.name === name));
if (unknown !== undefined || !(Number(wanted) > 0)) {
  console.error(
    `fuzz/run.mjs [seconds] [seed] [target ...]; targets: ${targets.map(target => target.name).join(', ')}`,
  );
  process.exit(2);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Puts the pieces of our code that have run since the last call into `reached`, and tells how many of them are new there. */
async function newCode(reached) {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  let found = 0;
  for (const { url, functions } of result) {
    if (!url.startsWith(code)) continue;
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        const key = `${url}:${startOffset}:${endOffset}`;
        if (count === 0 || reached.has(key)) continue;
        reached.add(key);
        found++;
      }
    }
  }
  return found;
}

/** An input is to be done in this time, whatever stands in it. */
const longestRun = 10_000;

/** A text eight times as long may take this much longer: a line gives 8, a square 64. */
const mostGrowth = 40;

/** Time that this process has worked, in milliseconds: on a busy machine the clock says more about the others. */
async function timeOf(work, files) {
  const start = process.cpuUsage();
  const result = await work(files);
  const { user, system } = process.cpuUsage(start);
  return { took: (user + system) / 1000, result };
}

/** Throws where a text repeated takes far more time than its length explains; a busy machine gets more tries. */
async function checkGrowth({ work }, files) {
  const longer = new Map([...files].map(([path, text]) => [path, text.repeat(8)]));
  const small = await timeOf(work, files);
  const large = await timeOf(work, longer);
  if (large.took < 500 || large.took < small.took * mostGrowth) return;
  const smalls = [small.took, (await timeOf(work, files)).took, (await timeOf(work, files)).took];
  const larges = [large.took, (await timeOf(work, longer)).took, (await timeOf(work, longer)).took];
  const growth = Math.min(...larges) / Math.max(1, Math.max(...smalls));
  if (growth >= mostGrowth) throw new Error(`eight times the text takes ${growth.toFixed(0)} times as long`);
}

async function fuzz(target, until, dice) {
  const corpus = target.name === 'whole' ? projects(root) : singleFiles(root, target.takes);
  for (const text of target.samples ?? []) corpus.push(new Map([[target.name, text]]));
  const seeds = corpus.length;
  if (seeds === 0) throw new Error(`${target.name}: no file of the fixtures to begin with`);
  const mutate = createMutator(dice, corpus);
  const reached = new Set();
  const sums = { tried: 0, failures: 0, slowest: 0 };

  async function attempt(files) {
    sums.tried++;
    try {
      const { took, result } = await timeOf(target.work, files);
      sums.slowest = Math.max(sums.slowest, took);
      if (took > longestRun) throw new Error(`${took.toFixed(0)} ms`);
      if (sums.tried % 20 === 0 && (await target.work(files)) !== result) throw new Error('two runs differ');
      if (sums.tried % 50 === 0) await checkGrowth(target, files);
    } catch (error) {
      sums.failures++;
      report(target, files, error);
    }
  }

  // In a short run not every seed has its turn: a part of the time is for what is new.
  const untilSeeds = (2 * Date.now() + until) / 3;
  for (const files of shuffled(corpus, dice)) {
    if (Date.now() > untilSeeds) break;
    await attempt(files);
  }
  await newCode(reached);
  const begun = reached.size;
  while (Date.now() < until && sums.failures < 20) {
    const files = mutate(dice.below(3) === 0 ? dice.pick(corpus.slice(-200)) : dice.pick(corpus));
    await attempt(files);
    if ((await newCode(reached)) > 0) corpus.push(files);
  }
  console.log(
    `${target.name}: ${sums.tried} inputs, ${seeds} seeds, ${corpus.length - seeds} kept, ` +
      `${reached.size - begun} pieces of code more than the seeds reach, slowest ${sums.slowest.toFixed(0)} ms, ${sums.failures} found`,
  );
  return sums.failures;
}

function shuffled(list, dice) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const other = dice.below(i + 1);
    [out[i], out[other]] = [out[other], out[i]];
  }
  return out;
}

let reports = 0;
function report(target, files, error) {
  const folder = join(root, 'fuzz/found');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${target.name}-${seed}-${++reports}.json`);
  writeFileSync(path, JSON.stringify({ problem: String(error?.stack ?? error), files: [...files] }, undefined, 2));
  console.log(`FOUND ${path}: ${error?.message ?? error}`);
}

console.log(`seed ${seed}`);
const chosen = names.length > 0 ? targets.filter(({ name }) => names.includes(name)) : targets;
// The whole pipeline holds all parsers, and takes as much time as they do together.
const shares = chosen.map(({ name }) => (name === 'whole' && chosen.length > 1 ? chosen.length - 1 : 1));
const all = shares.reduce((sum, share) => sum + share, 0);
let failures = 0;
for (const [i, target] of chosen.entries()) {
  const until = Date.now() + (Number(wanted) * 1000 * shares[i]) / all;
  failures += await fuzz(target, until, createDice(seed + i));
}
process.exitCode = failures > 0 ? 1 : 0;
