/**
 * An object whose values are parsed when they are asked for. `text`: a line with its keys as a JSON array, then a line of JSON for each value, in
 * the same order.
 */
export function lazyRows(text: string): Readonly<Record<string, unknown>> {
  const [head = '[]', ...lines] = text.split('\n');
  const keys: readonly string[] = JSON.parse(head);
  const at = new Map(keys.map((key, i) => [key, i]));
  const made = new Map<string, unknown>();
  const value = (key: string | symbol): unknown => {
    const line = typeof key === 'string' ? lines[at.get(key) ?? -1] : undefined;
    if (line === undefined) return undefined;
    if (!made.has(key as string)) made.set(key as string, JSON.parse(line));
    return made.get(key as string);
  };
  return new Proxy<Record<string, unknown>>(Object.create(null), {
    get: (_, key) => value(key),
    has: (_, key) => typeof key === 'string' && at.has(key),
    ownKeys: () => [...keys],
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === 'string' && at.has(key)
        ? { value: value(key), enumerable: true, configurable: true, writable: true }
        : undefined,
  });
}
