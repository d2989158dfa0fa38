import { once } from './once.js';
import table from './python-stdlib.json' with { type: 'json' };

const names = once((): ReadonlySet<string> => new Set(table.names));

/** True for a top-level module of the standard library of any Python from 3.8 to 3.13. */
export function isStandardModule(name: string): boolean {
  return names().has(name);
}
