import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { type KeptCode, keepCode, keptCode, type NewCode } from './kept.js';
import { lazyRows } from './rows.js';

// This file is bundled alone, as a CommonJS module beside the chunks of the build.

type Exports = Record<string, unknown>;

/** What the build wraps each chunk in. Code that is compiled as a script has no `import()` of its own. */
type Chunk = (
  exports: Exports,
  require: (name: string) => unknown,
  module: { exports: Exports },
  filename: string,
  dirname: string,
  importModule: (name: string) => Promise<unknown>,
  table: (file: string) => unknown,
  rows: (file: string) => Readonly<Record<string, unknown>>,
) => void;

interface Loaded {
  readonly module: { exports: Exports };
  readonly script: Script;
  /** What the processes asked for whose code was taken; absent where it was compiled here. The code itself is several megabytes, and is let go. */
  readonly taken: KeptCode['asked'] | undefined;
  readonly isLarge: boolean;
}

/** Fewer characters are compiled sooner than what was kept of them is read. */
const large = 8000;

/** Milliseconds after which a process that goes on, an editor's, has run what it mostly runs. Later V8 drops code that it has not used for a while. */
const settled = 2000;

/**
 * Microseconds of CPU time. What a longer process leaves says which functions were busy, and V8 then works on these at once: a loss for a short
 * one, which is what all this is for.
 */
const long = 1_500_000;

/**
 * The chunk of a process with much to read, which sets flags of V8. What it leaves would be refused for these, and says of many functions that they
 * were busy: short processes would start half as long again with it.
 */
const busy = /^frugal-/;

const chunks = new Map<string, Loaded>();
/** Chunks and tables. What a process asks for tells, well enough, which code it runs. */
const asked = new Set<string>();

/** The exports of a chunk, a file of the build. */
export function load(file: string): Exports {
  const known = chunks.get(file);
  if (known) return known.module.exports;
  asked.add(file);
  const filename = join(__dirname, file);
  // The build leaves nothing beyond ASCII in a chunk.
  const source = readFileSync(filename, 'latin1');
  const isLarge = source.length >= large;
  const kept = isLarge ? keptCode(__dirname, file) : undefined;
  const script = new Script(source, { filename, ...(kept && { cachedData: kept.code }) });
  const module = { exports: {} };
  chunks.set(file, { module, script, isLarge, taken: script.cachedDataRejected ? undefined : kept?.asked });
  const run: Chunk = script.runInThisContext();
  run(module.exports, requireOf, module, filename, __dirname, name => import(name), tableOf, rowsOf);
  return module.exports;
}

function requireOf(name: string): unknown {
  return name.startsWith('./') ? load(name.slice(2)) : require(name);
}

function tableOf(file: string): unknown {
  return JSON.parse(textOf(file));
}

function rowsOf(file: string): Readonly<Record<string, unknown>> {
  return lazyRows(textOf(file));
}

function textOf(file: string): string {
  asked.add(file);
  return readFileSync(join(__dirname, file), 'latin1');
}

/**
 * Keeps what was compiled for the next process, when this one ends or has settled: at first, and when it asked for something that none did
 * before, so that the code comes to be that of all kinds of runs. What was kept and is not needed now stays in it.
 */
export function keepCodeInTheEnd(): void {
  let done = false;
  const keep = () => {
    const codes = done ? [] : grown();
    done = true;
    // Asking for the time takes a good part of a millisecond, and mostly nothing is new.
    if (codes.length > 0 && process.cpuUsage().user < long) keepCode(__dirname, codes);
  };
  process.once('exit', keep);
  setTimeout(keep, settled).unref();
}

function grown(): readonly NewCode[] {
  if ([...asked].some(one => busy.test(one))) return [];
  return [...chunks]
    .filter(([, { isLarge, taken }]) => isLarge && ![...asked].every(one => taken?.includes(one)))
    .map(([chunk, { script, taken }]) => ({
      chunk,
      make: () => script.createCachedData(),
      asked: [...new Set([...(taken ?? []), ...asked])].sort(),
    }));
}
