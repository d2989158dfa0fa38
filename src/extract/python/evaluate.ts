import type { PyValue } from '../../model/entry.js';
import type { Place } from '../../model/place.js';
import { defaultSetting, type Setting } from '../../model/setting.js';
import type { PyModule } from '../../syntax/python/tree.js';
import { locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { getAttribute } from './attribute.js';
import { callValue } from './call.js';
import { evaluate } from './expression.js';
import { loadModule } from './load.js';
import { createMachine, type Evaluator, type PyEnvironment } from './machine.js';
import { createSearch } from './modules.js';
import { toSetting } from './settings.js';
import { runBlock } from './statement.js';
import { openSlot, reasonOf } from './values.js';

export type { PyEnvironment } from './machine.js';

export const evaluator: Evaluator = { expression: evaluate, block: runBlock, call: callValue, attribute: getAttribute };

export interface EvaluationContext {
  readonly reader: Reader;
  readonly environment: PyEnvironment;
  /** What `__name__` is (`__config__` for Gunicorn's file). */
  readonly name?: string;
  /** Where it runs: without a place nothing that it imports can be looked up. */
  readonly place?: Place;
  /** Folders inside the place in which its imports are looked for. */
  readonly searchPath?: Setting<readonly string[]>;
  /** Absolute path of the file inside the place: `__file__`. */
  readonly path?: string;
  /** Absolute, inside the place. */
  readonly workingDirectory?: string;
}

export interface ModuleValues {
  /** Every name that the module has at its end, in the order of first assignment; names with two underscores are left out. */
  readonly values: ReadonlyMap<string, Setting<PyValue>>;
  /** False when it may set names that are not listed, or the listed ones to something else; `why` then tells what does it. */
  readonly complete: boolean;
  readonly why?: string;
}

/**
 * Values of a module's names after its body has run, without running it. A value that depends on what no file states is
 * not known, with the reason; a module that does not parse has no values.
 */
export function evaluateModule(module: PyModule, context: EvaluationContext): ModuleValues {
  const { reader, place } = context;
  const folders = context.searchPath ?? {
    ...defaultSetting<readonly string[]>('', []),
    known: false as const,
    why: 'the module search path is not known',
  };
  const search = createSearch(
    reader,
    place && (inside => locate(reader, place, inside)),
    folders,
    context.workingDirectory,
  );
  const machine = createMachine(reader, search, context.environment, evaluator);
  const name = context.name ?? '__config__';
  const source = {
    name,
    file: module.file,
    ...(context.path !== undefined && { path: context.path }),
    isPackage: false,
    folders: [],
  };
  const loaded = loadModule(machine, name, { ...source, tree: module }, undefined);
  const values = new Map<string, Setting<PyValue>>();
  if (!loaded) return { values, complete: false, why: 'it cannot be read' };
  for (const [key, slot] of loaded.store.slots) {
    if (key !== openSlot && !/^__.*__$/.test(key)) values.set(key, toSetting(key, slot));
  }
  const open = loaded.store.slots.get(openSlot);
  return open ? { values, complete: false, why: reasonOf(open.value) } : { values, complete: true };
}
