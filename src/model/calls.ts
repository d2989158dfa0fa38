import type { EntryPoint, PyCall, PyValue } from './entry.js';
import { oncePer } from './once.js';
import type { Setting } from './setting.js';

/** The calls of this name that run when requests are handled, in the order of the handlers. */
export function handlerCalls(entry: EntryPoint, name: string): readonly PyCall[] {
  return callsByName(entry).get(name) ?? [];
}

/** True where the call is made at import or when a request is handled, for certain or not. */
export function makesCall(entry: EntryPoint, name: string): boolean {
  return callsByName(entry).has(name) || entry.importCalls.some(call => call.name === name);
}

const callsByName = oncePer(({ handlers }: EntryPoint): ReadonlyMap<string, readonly PyCall[]> => {
  const found = new Map<string, PyCall[]>();
  for (const { calls } of handlers) {
    for (const call of calls) {
      const same = found.get(call.name);
      if (same) same.push(call);
      else found.set(call.name, [call]);
    }
  }
  return found;
});

/** The number that a call passes under a keyword or at a position; null for None, undefined where it passes nothing. */
export function numberPassed(call: PyCall, key: string | number): number | null | undefined | 'unknown' {
  const setting = typeof key === 'number' ? call.positional[key] : call.keywords.get(key);
  if (!setting) return call.open ? 'unknown' : undefined;
  return largest(setting);
}

/** A tuple of limits (`timeout=(3, 60)` of requests) lasts as long as its largest part. */
function largest(setting: Setting<PyValue>): number | null | 'unknown' {
  if (!setting.known) return 'unknown';
  const { value } = setting;
  if (value.kind === 'constant') {
    return typeof value.value === 'number' || value.value === null ? value.value : 'unknown';
  }
  if (value.kind !== 'list') return 'unknown';
  const parts = value.items.map(item => (item.known && item.value.kind === 'constant' ? item.value.value : undefined));
  return parts.every(part => typeof part === 'number') && parts.length > 0 ? Math.max(...parts) : 'unknown';
}
