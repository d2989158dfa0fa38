import type { Diagnostic, Severity } from '../lint/rule.js';
import { type Identity, identityKey, identityOf } from './fingerprint.js';
import { printableJson } from './visible.js';

/** A finding that the user lives with, as it stands in the file. */
export interface BaselineEntry extends Identity {
  /** For the reader; never compared. */
  readonly severity?: Severity;
  /** How many findings are alike. */
  readonly count?: number;
}

/** The path of a file as it stands in the baseline. */
export type Shown = (path: string) => string;

/** The findings as a file for review: no line numbers, no secrets, no words that the next version puts differently, the same order whatever the order of the findings. */
export function baselineText(diagnostics: readonly Diagnostic[], shown: Shown): string {
  const entries = new Map<string, BaselineEntry>();
  for (const one of diagnostics) {
    const identity = identityOf(one, shown);
    const key = identityKey(identity);
    const { severity = one.severity, count = 0 } = entries.get(key) ?? {};
    entries.set(key, { ...identity, severity, count: count + 1 });
  }
  const findings = [...entries.values()]
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ file, rule, severity, code, with: other, count = 1 }) => ({
      file,
      rule,
      severity,
      code,
      ...(other !== undefined && { with: other }),
      ...(count > 1 && { count }),
    }));
  return printableJson({ version: 1, findings });
}

function order({ file, rule, code, with: other = '' }: BaselineEntry): string {
  return [file, rule, code, other].join('\0');
}

/** The entries of a baseline, or what is wrong with its text. */
export function readBaseline(text: string): readonly BaselineEntry[] | string {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return 'is not JSON';
  }
  if (!isRecord(document) || !Array.isArray(document['findings'])) return 'is no baseline of gwlint';
  if (document['version'] !== 1)
    return `is a baseline of version ${String(document['version'])}, which this gwlint cannot read`;
  const wrong = document['findings'].findIndex(one => !isEntry(one));
  if (wrong >= 0) return `has an entry without file, rule or code: the ${wrong + 1}. of its findings`;
  return document['findings'];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is BaselineEntry {
  if (!isRecord(value)) return false;
  const { file, rule, code, with: other, count } = value;
  const isText = [file, rule, code].every(one => typeof one === 'string');
  return (
    isText && (other === undefined || typeof other === 'string') && (count === undefined || Number.isInteger(count))
  );
}

export interface Baseline {
  /** Whether an entry is about such a finding. */
  has(diagnostic: Diagnostic, shown: Shown): boolean;
  /** Whether an entry is left for this finding; it is used up by that. */
  take(diagnostic: Diagnostic, shown: Shown): boolean;
  /** Entries that were not used up, each with how many are left. */
  left(): readonly BaselineEntry[];
}

export function createBaseline(entries: readonly BaselineEntry[]): Baseline {
  const open = new Map<string, { readonly entry: BaselineEntry; left: number }>();
  for (const entry of entries) {
    const key = identityKey(entry);
    const left = (open.get(key)?.left ?? 0) + (entry.count ?? 1);
    open.set(key, { entry, left });
  }
  return {
    has: (diagnostic, shown) => open.has(identityKey(identityOf(diagnostic, shown))),
    take: (diagnostic, shown) => {
      const found = open.get(identityKey(identityOf(diagnostic, shown)));
      if (!found || found.left === 0) return false;
      found.left--;
      return true;
    },
    left: () => [...open.values()].filter(({ left }) => left > 0).map(({ entry, left }) => ({ ...entry, count: left })),
  };
}
