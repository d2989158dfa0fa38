import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds behind an answer: the next key may come at once, and then does not wait. */
const before = 20;

/** The time between two keys, in which nobody waits. */
export interface Rest {
  /** An answer was given: what it left over is collected in a moment, unless there is more to do. */
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * Collects what one key left over before the next one. Left to itself, V8 does so in the middle of every second judgement, which then takes half
 * as long again.
 */
export function createRest(): Rest {
  const collect = youngCollector();
  let waiting: NodeJS.Timeout | undefined;
  return {
    begin() {
      clearTimeout(waiting);
      waiting = setTimeout(collect, before);
      waiting.unref();
    },
    end: () => clearTimeout(waiting),
  };
}

/**
 * V8's collection of young objects, some milliseconds at most: where the process was started with `--expose-gc`, or where its flags may be changed,
 * which Electron may punish with an end. They are afterwards as they were, since kept code depends on them. Elsewhere nothing is collected.
 */
export function youngCollector(): () => void {
  const gc: ((options: { readonly type: 'minor' }) => unknown) | undefined = globalThis.gc ?? hiddenCollector();
  return () => void gc?.({ type: 'minor' });
}

function hiddenCollector() {
  if (process.versions['electron'] !== undefined) return undefined;
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return gc;
}
