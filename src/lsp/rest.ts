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

/** V8's collection of young objects, some milliseconds at most. The flags are afterwards as they were: kept code depends on them. */
export function youngCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: ((options: { readonly type: 'minor' }) => void) | undefined = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return () => gc?.({ type: 'minor' });
}
