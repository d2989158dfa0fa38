import type { Diagnostic } from '../lint/rule.js';
import type { Span } from '../text/source.js';
import { createLocate, docsPath, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { countDiagnostics } from './summary.js';
import { printableJson } from './visible.js';

/**
 * The report for programs. Its shape is a contract: `version` is raised when a field changes its meaning or goes. Lines and columns
 * begin at 1, columns and offsets count UTF-16 units. Values of secrets in sentences are masked; the texts of edits are as they are.
 */
export function jsonReport(report: Report, tool: { readonly name: string; readonly version: string }): string {
  const locate = createLocate();
  const { errors, warnings, infos, fixable } = countDiagnostics(report.diagnostics);
  return printableJson({
    version: 1,
    tool: { name: tool.name, version: tool.version },
    diagnostics: report.diagnostics.map(one => diagnosticObject(one, locate)),
    unresolved: report.unresolved.map(({ span, why }) => ({ ...place(span, locate), why: maskSecrets(why) })),
    summary: { files: report.files, errors, warnings, infos, fixable },
  });
}

function diagnosticObject(diagnostic: Diagnostic, locate: Locate): unknown {
  const { rule, severity, confidence, message, span, related, symptom, fixes } = diagnostic;
  return {
    rule,
    severity,
    confidence,
    message: maskSecrets(message),
    ...place(span, locate),
    related: related.map(step => ({ ...place(step.span, locate), message: maskSecrets(step.message) })),
    symptom,
    docs: docsPath(rule),
    fixes: fixes.map(({ title, safety, edits }) => ({
      title: maskSecrets(title),
      safety,
      edits: edits.map(edit => ({ ...place(edit.span, locate), newText: edit.text })),
    })),
  };
}

function place(span: Span, locate: Locate) {
  return { file: span.file.path, range: locate(span) };
}
