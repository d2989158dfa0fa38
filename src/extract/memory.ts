import type { EntryKind, ReadResult } from '../host/host.js';
import type { Answers } from '../host/steady.js';
import { type Assumptions, noAssumptions } from '../model/assumptions.js';
import type { FileKind } from '../model/deployment.js';
import type { Languages } from '../syntax/languages.js';
import type { Problem, SourceFile, Span } from '../text/source.js';

/**
 * What one run leaves to the next: the work that was done, with all that was looked at for it. A run with a memory comes to the same
 * result as one without; it only does less.
 */
export interface Memory {
  /** Loaded parsers stay loaded. */
  languages: Languages;
  /** Versions that the last run was asked to reckon with, as text. */
  targets: string;
  /** What the user told in the last run. */
  assumptions: Assumptions;
  /** What the host answered in the last run. */
  answers: Answers | undefined;
  /** Work by its key; several where one key was asked for with several inputs. */
  records: Map<string, WorkRecord[]>;
  readonly derived: Derived;
}

/** What is worked out of one text alone, by the name of the work. */
export type Derived = Map<string, WeakMap<SourceFile, { readonly value: unknown }>>;

export function newMemory(): Memory {
  return {
    languages: {},
    targets: '[]',
    assumptions: noAssumptions,
    answers: undefined,
    records: new Map(),
    derived: new Map(),
  };
}

/** What work said to the run beside its result, in order; said again when the result is used again. */
export type Effect =
  | { readonly kind: 'note'; readonly file: SourceFile; readonly as: FileKind; readonly problems: readonly Problem[] }
  | { readonly kind: 'unresolved'; readonly span: Span; readonly why: string }
  | { readonly kind: 'work'; readonly record: WorkRecord };

/** One piece of work: its result, and everything that the result rests on. */
export interface WorkRecord {
  readonly key: string;
  /** Done once in a run, whoever asks. */
  readonly once: boolean;
  readonly inputs: readonly unknown[];
  value: unknown;
  readonly results: Map<string, ReadResult>;
  readonly kinds: Map<string, EntryKind>;
  readonly lists: Map<string, readonly string[]>;
  files: readonly string[] | undefined;
  readonly effects: Effect[];
  /** What it asked of who wanted it, and was told: it is the same for all who tell the same. */
  asked: Map<string, unknown> | undefined;
  /** The last run in which it was found to hold, or not to. */
  checked: { readonly run: object; readonly holds: boolean } | undefined;
}

export function newRecord(key: string, once: boolean, inputs: readonly unknown[]): WorkRecord {
  return {
    key,
    once,
    inputs,
    value: undefined,
    results: new Map(),
    kinds: new Map(),
    lists: new Map(),
    files: undefined,
    effects: [],
    asked: undefined,
    checked: undefined,
  };
}

/** What a record is compared with: the answers of this run, the same objects where nothing changed. */
export interface World {
  readonly read: (path: string) => ReadResult;
  readonly kind: (path: string) => EntryKind;
  readonly list: (path: string) => readonly string[];
  readonly files: () => readonly string[];
}

/** True when all that the work looked at is as it was. `run`: what tells one run from another. */
export function holds(record: WorkRecord, world: World, run: object): boolean {
  if (record.checked?.run === run) return record.checked.holds;
  const found = sameWorld(record, world) && partsHold(record, world, run);
  record.checked = { run, holds: found };
  return found;
}

function partsHold(record: WorkRecord, world: World, run: object): boolean {
  return record.effects.every(effect => effect.kind !== 'work' || holds(effect.record, world, run));
}

function sameWorld({ results, kinds, lists, files }: WorkRecord, world: World): boolean {
  if (files && files !== world.files()) return false;
  // By key: thousands of answers are looked at after every key, and a pair for each of them would be made and thrown away.
  for (const path of results.keys()) if (world.read(path) !== results.get(path)) return false;
  for (const path of kinds.keys()) if (world.kind(path) !== kinds.get(path)) return false;
  for (const path of lists.keys()) if (world.list(path) !== lists.get(path)) return false;
  return true;
}
