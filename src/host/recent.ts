/** What was asked for lately, by its key: what nobody asks for again goes after a while. */
export interface Recent<T> {
  readonly get: (key: string) => T | undefined;
  readonly set: (key: string, value: T) => void;
  readonly delete: (key: string) => void;
}

/** Keeps the last `most` that were told or asked for, and up to as many of those before. */
export function recent<T>(most: number): Recent<T> {
  let late = new Map<string, T>();
  let early = new Map<string, T>();

  function set(key: string, value: T): void {
    if (late.size >= most) {
      early = late;
      late = new Map();
    }
    late.set(key, value);
  }

  return {
    get(key) {
      const known = late.get(key);
      if (known !== undefined) return known;
      const before = early.get(key);
      if (before !== undefined) set(key, before);
      return before;
    },
    set,
    delete(key) {
      late.delete(key);
      early.delete(key);
    },
  };
}
