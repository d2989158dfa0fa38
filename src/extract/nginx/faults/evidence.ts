import type { Fault } from '../../../model/fault.js';
import type { NginxDirective, NginxScope, UpstreamGroup, VirtualServer } from '../../../model/gateway.js';
import type { Setting } from '../../../model/setting.js';
import type { SourceFile } from '../../../text/source.js';
import type { Loaded } from '../load.js';
import type { PassReading } from '../pass.js';
import { type Expanded, fillsStructure, type NginxRoot } from '../scopes.js';

/** What the checks of one nginx look at. */
export interface Evidence extends Expanded {
  readonly loaded: Loaded;
  readonly roots: readonly NginxRoot[];
  readonly groups: ReadonlyMap<string, UpstreamGroup>;
  readonly servers: ReadonlyMap<NginxScope, VirtualServer>;
  readonly passes: readonly PassReading[];
  readonly whole: boolean;
  readonly options: { readonly verbatim?: boolean; readonly version?: Setting<string> };
}

export type Report = (fault: Fault) => void;

/**
 * How much may be said about the text of a file. `structure`: everything. `values`: only about single values, because template
 * blocks add and drop directives, or because a syntax error makes the rest doubtful. `nothing`: the text is not the user's.
 */
export type Trust = 'structure' | 'values' | 'nothing';

export function trustOf(directive: NginxDirective, evidence: Evidence): Trust {
  return directive.stock ? 'nothing' : trustOfFile(directive.nameSpan.file, evidence);
}

export function trustOfFile(file: SourceFile, { loaded }: Evidence): Trust {
  const info = loaded.files.get(file);
  if (!info || info.stock) return 'nothing';
  return fillsStructure(info.tree.template) || info.tree.problems.length > 0 ? 'values' : 'structure';
}

/** True when every file is read and understood to its end: only then can anything be said to be defined nowhere. */
export function allRead(evidence: Evidence): boolean {
  if (!evidence.whole || evidence.unread.size > 0) return false;
  for (const info of evidence.loaded.files.values())
    if (!info.stock && trustOfFile(info.file, evidence) !== 'structure') return false;
  return true;
}

/** The index of the root file that a directive came by; -1 where it cannot be told. */
export function rootOf(directive: NginxDirective, { roots }: Evidence): number {
  const file = directive.via?.[0]?.span.file ?? directive.nameSpan.file;
  return roots.findIndex(root => root.file === file);
}

/** Where a directive stands, for messages within one sentence. */
export function argumentText(directive: NginxDirective): string {
  return [directive.name, ...directive.args.map(word => word.text)].join(' ');
}
