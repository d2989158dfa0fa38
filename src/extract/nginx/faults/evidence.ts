import type { Fault } from '../../../model/fault.js';
import type { NginxDirective, NginxScope, UpstreamGroup, VirtualServer } from '../../../model/gateway.js';
import type { Setting } from '../../../model/setting.js';
import type { Span } from '../../../text/source.js';
import type { Loaded, LoadedFile } from '../load.js';
import type { PassReading } from '../pass.js';
import type { Expanded, NginxRoot } from '../scopes.js';
import type { Variables } from '../variables.js';
import type { Line } from './alike.js';

/** What the checks of one nginx look at. */
export interface Evidence extends Expanded {
  readonly loaded: Loaded;
  readonly roots: readonly NginxRoot[];
  readonly groups: ReadonlyMap<string, UpstreamGroup>;
  readonly servers: ReadonlyMap<NginxScope, VirtualServer>;
  readonly passes: readonly PassReading[];
  readonly variables: Variables;
  /** The directives of all scopes, those together of which one tells what is wrong with the others. */
  readonly alike: readonly (readonly Line[])[];
  readonly whole: boolean;
  readonly options: {
    readonly verbatim?: boolean;
    readonly unfilled?: (name: string) => boolean;
    readonly version?: Setting<string>;
  };
}

export type Report = (fault: Fault) => void;

/**
 * How much may be said about the text of a file. `structure`: everything. `values`: only about single values, because template
 * blocks add and drop directives, or because a syntax error makes the rest doubtful. `nothing`: the text is not the user's.
 */
export type Trust = 'structure' | 'values' | 'nothing';

export function trustOf(directive: NginxDirective, evidence: Evidence): Trust {
  return directive.stock ? 'nothing' : trustAt(directive.nameSpan, evidence);
}

/** nginx reads from the top and stops at the first mistake: what stands before it is read as it is meant. */
export function trustAt({ file, start }: Span, { loaded }: Evidence): Trust {
  const info = loaded.files.get(file);
  if (!info || info.stock || info.tree.nested) return 'nothing';
  const [first] = info.tree.problems;
  return info.controlled || (first !== undefined && first.span.start <= start) ? 'values' : 'structure';
}

function isClean({ tree, controlled, stock }: LoadedFile): boolean {
  return stock || (!controlled && !tree.nested && tree.problems.length === 0);
}

/** True when every file is read and understood to its end: only then can anything be said to be defined nowhere. */
export function allRead(evidence: Evidence): boolean {
  if (!evidence.whole || evidence.unread.size > 0) return false;
  return [...evidence.loaded.files.values()].every(isClean);
}

/** The index of the root file that a directive came by; -1 where it cannot be told. */
export function rootOf(directive: NginxDirective, { roots }: Evidence): number {
  const file = directive.via?.[0]?.span.file ?? directive.nameSpan.file;
  return roots.findIndex(root => root.file === file);
}
