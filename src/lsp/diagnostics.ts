import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagnosticSeverity, type Location, type Diagnostic as LspDiagnostic, type Range } from 'vscode-languageserver';
import { packageRoot } from '../cli/tool.js';
import type { Diagnostic, Severity } from '../lint/rule.js';
import { docsPath } from '../report/report.js';
import { maskSecrets } from '../report/secrets.js';
import type { Span } from '../text/source.js';
import type { Judged } from './project.js';
import { rangeOf } from './view.js';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** Findings by the path of the file in which they are shown. */
export function diagnosticsByPath(judged: Judged): ReadonlyMap<string, readonly LspDiagnostic[]> {
  const found = new Map<string, LspDiagnostic[]>();
  for (const one of judged.diagnostics) {
    const { path } = one.span.file;
    const known = found.get(path);
    const shown = lspDiagnostic(one, judged);
    if (known) known.push(shown);
    else found.set(path, [shown]);
  }
  for (const { path, line = 1, column = 1, message } of judged.configProblems) {
    const own = judged.project.pathOf(pathToFileURL(path).href) ?? path;
    const start = { line: line - 1, character: column - 1 };
    const shown = { range: { start, end: start }, severity: DiagnosticSeverity.Error, source: 'gwlint', message };
    found.set(own, [...(found.get(own) ?? []), shown]);
  }
  return found;
}

export function lspDiagnostic(diagnostic: Diagnostic, judged: Judged): LspDiagnostic {
  const { rule, severity, message, span, related } = diagnostic;
  const page = pageOf(rule);
  return {
    range: rangeIn(judged, span),
    severity: severities[severity],
    code: rule,
    ...(page !== undefined && { codeDescription: { href: page } }),
    source: 'gwlint',
    message: maskSecrets(message),
    ...(related.length > 0 && {
      relatedInformation: related.map(step => ({
        location: locationOf(judged, step.span),
        message: maskSecrets(step.message),
      })),
    }),
  };
}

export function rangeIn(judged: Judged, { file, start, end }: Span): Range {
  const view = judged.view(file.path);
  return view ? rangeOf(view, start, end) : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
}

export function locationOf(judged: Judged, span: Span): Location {
  return { uri: judged.project.uriOf(span.file.path), range: rangeIn(judged, span) };
}

/** Address of the page about a rule, where the package brings it. */
export function pageOf(rule: string): string | undefined {
  const root = packageRoot();
  const page = root === undefined ? undefined : join(root, docsPath(rule));
  return page !== undefined && existsSync(page) ? pathToFileURL(page).href : undefined;
}
