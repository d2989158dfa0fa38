import type { Span, Step } from '../text/source.js';
import type { Setting } from './setting.js';

/** A part of a file that a script of the repository writes anew when it deploys: what stands there is not what will be read. */
export interface Rewrite {
  readonly start: number;
  readonly end: number;
  /** The command that does it. */
  readonly by: Step;
}

/** By path, each list in the order of the commands. */
export type Rewrites = ReadonlyMap<string, readonly Rewrite[]>;

/** The first rewrite that touches the range. */
export function rewriteAt(rewrites: Rewrites, { file, start, end }: Span): Rewrite | undefined {
  return rewrites.get(file.path)?.find(one => one.start < Math.max(end, start + 1) && start < one.end);
}

/** The setting, not known where its value is written anew. */
export function afterRewrites<T>(rewrites: Rewrites, setting: Setting<T>): Setting<T> {
  const found = setting.known && setting.span ? rewriteAt(rewrites, setting.span) : undefined;
  if (!found || !setting.known) return setting;
  const { value: _, ...facts } = setting;
  return { ...facts, known: false, why: found.by.message };
}
