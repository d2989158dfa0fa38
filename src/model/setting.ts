import type { Span, Step } from '../text/source.js';

/** Where a value was set. Which origin wins differs per tool, so only `src/extract` ranks them. */
export type Origin = 'default' | 'config file' | 'command line' | 'environment' | 'image';

interface SettingFacts<T> {
  /** The user's own word for it: `--timeout`, `harakiri`, `proxy_read_timeout`. */
  readonly name: string;
  readonly origin: Origin;
  /** Covers the value alone; absent for a default. */
  readonly span?: Span;
  /** Weaker settings of the same thing that this one hides, strongest first. */
  readonly hides?: readonly Setting<T>[];
  /** Why the value is what it is, outermost first: the variable, the `include`, the script that led here. */
  readonly via?: readonly Step[];
}

/**
 * One value and where it came from. Not known: it is set, but cannot be told from the files to what; `why` completes the
 * sentence "not known, because ...". No rule may speak about an unknown value.
 */
export type Setting<T> = SettingFacts<T> &
  ({ readonly known: true; readonly value: T } | { readonly known: false; readonly why: string });

export type Known<T> = SettingFacts<T> & { readonly known: true; readonly value: T };

export function defaultSetting<T>(name: string, value: T): Known<T> {
  return { name, origin: 'default', known: true, value };
}

/** The value, or undefined where it is not known. */
export function valueOf<T>(setting: Setting<T> | undefined): T | undefined {
  return setting?.known ? setting.value : undefined;
}

/** The same origin, place and history with another value: after a conversion. */
export function withValue<T, U>(setting: Setting<T>, value: U): Known<U> {
  const { name, origin, span, via } = setting;
  // Written out: V8 gives each object that others are spread into a hidden class of its own, several times as large as the object.
  if (via) return span ? { name, origin, span, via, known: true, value } : { name, origin, via, known: true, value };
  return span ? { name, origin, span, known: true, value } : { name, origin, known: true, value };
}

export function unknownFrom<T>(setting: Setting<unknown>, why: string): Setting<T> {
  const { name, origin, span, via } = setting;
  if (via) return span ? { name, origin, span, via, known: false, why } : { name, origin, via, known: false, why };
  return span ? { name, origin, span, known: false, why } : { name, origin, known: false, why };
}
