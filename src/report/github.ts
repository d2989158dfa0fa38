import type { Diagnostic, Severity } from '../lint/rule.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { visible } from './visible.js';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/**
 * Workflow commands that GitHub Actions shows as annotations beside the changed lines:
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function githubReport({ diagnostics }: Report): string {
  const locate = createLocate();
  return diagnostics.map(one => `${annotation(one, locate)}\n`).join('');
}

function annotation({ rule, severity, message, span, related }: Diagnostic, locate: Locate): string {
  const { start, end } = locate(span);
  const oneLine = start.line === end.line;
  const properties = {
    title: rule,
    file: visible(span.file.path),
    line: start.line,
    // Columns are only shown for a place within one line.
    ...(oneLine
      ? { endLine: end.line, col: start.column, endColumn: Math.max(end.column, start.column) }
      : { endLine: end.line }),
  };
  const lines = [
    message,
    ...related.slice(0, 5).map(step => `${step.span.file.path}:${locate(step.span).start.line}: ${step.message}`),
    `gwlint explain ${rule}`,
  ];
  const named = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${commands[severity]} ${named.join(',')}::${lines.map(line => escapeData(visible(maskSecrets(line)))).join('%0A')}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
