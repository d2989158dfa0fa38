import type { Host } from '../host/host.js';
import type { Diagnostic } from '../lint/rule.js';
import type { FileKind, Unresolved } from '../model/deployment.js';
import type { SourceFile, Span } from '../text/source.js';
import type { Packed, PackedSpan } from './pack.js';

export interface Unpacked {
  readonly diagnostics: readonly Diagnostic[];
  readonly unresolved: readonly Unresolved[];
  readonly files: readonly { readonly file: SourceFile; readonly kind: FileKind; readonly problems: readonly [] }[];
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
