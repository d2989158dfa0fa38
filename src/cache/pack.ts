import type { Diagnostic, Severity } from '../lint/rule.js';
import type { FileKind, Unresolved } from '../model/deployment.js';
import type { Edit, SourceFile, Span, Step } from '../text/source.js';

/** What the judgement of one root comes to, as plain data: spans name their file, and its text stays where it is. */
export interface Packed {
  readonly diagnostics: readonly PackedDiagnostic[];
  readonly unresolved: readonly (Omit<Unresolved, 'span'> & { readonly span: PackedSpan })[];
  /** What was read, in order. */
  readonly files: readonly { readonly path: string; readonly kind: FileKind }[];
  /** See `Project`. */
  readonly modules: readonly string[];
  /** What of the configuration matters to a report. */
  readonly settings: Settings;
  /** What could not be listed or read. */
  readonly notes: readonly { readonly path: string; readonly why: string }[];
}

export interface Settings {
  readonly level?: Severity | undefined;
  readonly failOn?: 'error' | 'warning' | 'never' | undefined;
}

export type PackedSpan = readonly [path: string, start: number, end: number];
type PackedStep = Omit<Step, 'span'> & { readonly span: PackedSpan };
type PackedFix = Omit<Diagnostic['fixes'][number], 'edits'> & {
  readonly edits: readonly (Omit<Edit, 'span'> & { readonly span: PackedSpan })[];
};
type PackedDiagnostic = Omit<Diagnostic, 'span' | 'related' | 'fixes'> & {
  readonly span: PackedSpan;
  readonly related: readonly PackedStep[];
  readonly fixes: readonly PackedFix[];
};

export function pack(judged: {
  readonly diagnostics: readonly Diagnostic[];
  readonly unresolved: readonly Unresolved[];
  readonly files: readonly { readonly file: SourceFile; readonly kind: FileKind }[];
  readonly modules: readonly string[];
  readonly settings: Settings;
  readonly notes: Packed['notes'];
}): Packed {
  return {
    diagnostics: judged.diagnostics.map(one => ({
      ...one,
      span: packSpan(one.span),
      related: one.related.map(step => ({ ...step, span: packSpan(step.span) })),
      fixes: one.fixes.map(fix => ({
        ...fix,
        edits: fix.edits.map(edit => ({ ...edit, span: packSpan(edit.span) })),
      })),
    })),
    unresolved: judged.unresolved.map(one => ({ ...one, span: packSpan(one.span) })),
    files: judged.files.map(({ file, kind }) => ({ path: file.path, kind })),
    modules: judged.modules,
    settings: judged.settings,
    notes: judged.notes,
  };
}

function packSpan({ file, start, end }: Span): PackedSpan {
  return [file.path, start, end];
}
