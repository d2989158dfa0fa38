import type { Host } from '../host/host.js';
import type { Diagnostic } from '../lint/rule.js';
import type { FileKind, Unresolved } from '../model/deployment.js';
import type { Edit, SourceFile, Span, Step } from '../text/source.js';

/** What the judgement of one root comes to, as plain data: spans name their file, and its text stays where it is. */
export interface Packed {
  readonly diagnostics: readonly PackedDiagnostic[];
  readonly unresolved: readonly (Omit<Unresolved, 'span'> & { readonly span: PackedSpan })[];
  /** What was read, in order. */
  readonly files: readonly { readonly path: string; readonly kind: FileKind }[];
  /** What could not be listed or read. */
  readonly notes: readonly { readonly path: string; readonly why: string }[];
}

type PackedSpan = readonly [path: string, start: number, end: number];
type PackedStep = Omit<Step, 'span'> & { readonly span: PackedSpan };
type PackedFix = Omit<Diagnostic['fixes'][number], 'edits'> & {
  readonly edits: readonly (Omit<Edit, 'span'> & { readonly span: PackedSpan })[];
};
type PackedDiagnostic = Omit<Diagnostic, 'span' | 'related' | 'fixes'> & {
  readonly span: PackedSpan;
  readonly related: readonly PackedStep[];
  readonly fixes: readonly PackedFix[];
};

export interface Unpacked {
  readonly diagnostics: readonly Diagnostic[];
  readonly unresolved: readonly Unresolved[];
  readonly files: readonly { readonly file: SourceFile; readonly kind: FileKind; readonly problems: readonly [] }[];
}

export function pack(judged: {
  readonly diagnostics: readonly Diagnostic[];
  readonly unresolved: readonly Unresolved[];
  readonly files: readonly { readonly file: SourceFile; readonly kind: FileKind }[];
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
    notes: judged.notes,
  };
}

/** Spans point into the whole files again, as the host reads them now; `outside`: files of which the host knows nothing (the configuration). */
export function unpack(
  { diagnostics, unresolved, files }: Packed,
  host: Host,
  outside: readonly SourceFile[] = [],
): Unpacked {
  const known = new Map(outside.map(file => [file.path, file]));
  const fileAt = (path: string): SourceFile => {
    let file = known.get(path);
    if (!file) {
      const result = host.read(path);
      file = result.kind === 'file' ? result.file : { path, text: '' };
      known.set(path, file);
    }
    return file;
  };
  const span = ([path, start, end]: PackedSpan): Span => ({ file: fileAt(path), start, end });
  return {
    diagnostics: diagnostics.map(one => ({
      ...one,
      span: span(one.span),
      related: one.related.map(step => ({ ...step, span: span(step.span) })),
      fixes: one.fixes.map(fix => ({ ...fix, edits: fix.edits.map(edit => ({ ...edit, span: span(edit.span) })) })),
    })),
    unresolved: unresolved.map(one => ({ ...one, span: span(one.span) })),
    files: files.map(({ path, kind }) => ({ file: fileAt(path), kind, problems: [] })),
  };
}

function packSpan({ file, start, end }: Span): PackedSpan {
  return [file.path, start, end];
}
