import type { Diagnostic, Severity } from '../lint/rule.js';
import { lineAt } from '../text/lines.js';
import type { Span } from '../text/source.js';
import type { FormatContext } from './format.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { printableJson } from './visible.js';

const severities: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

/** The diagnostic format of reviewdog. Its columns count bytes of UTF-8: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf */
export function rdjsonReport({ diagnostics }: Report, { tool, link }: FormatContext): string {
  const locate = createLocate();
  return printableJson({
    source: { name: tool.name },
    diagnostics: diagnostics.map(one => diagnosticObject(one, link(one.rule), locate)),
  });
}

function diagnosticObject(one: Diagnostic, link: string | undefined, locate: Locate): unknown {
  const { rule, severity, message, span, related } = one;
  // Related places are part of the message: the format has no field for them that every reader knows.
  const lines = [
    message,
    ...related.map(step => `${step.span.file.path}:${locate(step.span).start.line}: ${step.message}`),
  ];
  return {
    message: lines.map(maskSecrets).join('\n'),
    location: location(span, locate),
    severity: severities[severity],
    code: { value: rule, ...(link?.startsWith('https:') && { url: link }) },
    ...suggestions(one, locate),
  };
}

/** A suggestion has no path: only repairs within the file of the finding can be told. Two of them would be two buttons. */
function suggestions({ span, fixes }: Diagnostic, locate: Locate) {
  const [fix, ...more] = fixes;
  if (!fix || more.length > 0 || fix.edits.some(edit => edit.span.file.path !== span.file.path)) return {};
  return { suggestions: fix.edits.map(edit => ({ range: range(edit.span, locate), text: edit.text })) };
}

function location(span: Span, locate: Locate) {
  return { path: span.file.path, range: range(span, locate) };
}

function range(span: Span, locate: Locate) {
  const { start, end } = locate(span);
  return {
    start: { line: start.line, column: byteColumn(span.file.text, start.offset) },
    end: { line: end.line, column: byteColumn(span.file.text, end.offset) },
  };
}

function byteColumn(text: string, offset: number): number {
  return Buffer.byteLength(text.slice(lineAt(text, offset).start, offset), 'utf8') + 1;
}
