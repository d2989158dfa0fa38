import type { Diagnostic } from '../lint/rule.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { attributes, xmlText } from './xml.js';

/**
 * JUnit's XML as Jenkins, GitLab, CircleCI and Azure read it: one suite, one case for each finding. Errors and warnings fail; advice passes
 * and tells itself in its output. Nothing found is one case that passes.
 */
export function junitReport({ diagnostics }: Report, { tool }: { readonly tool: { readonly name: string } }): string {
  const locate = createLocate();
  const failures = diagnostics.filter(({ severity }) => severity !== 'info').length;
  const cases =
    diagnostics.length === 0
      ? [`    <testcase${attributes({ name: 'no problems found', classname: tool.name, time: 0 })}/>\n`]
      : diagnostics.map(one => testCase(one, locate));
  const sums = { tests: cases.length, failures, errors: 0, time: 0 };
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites${attributes({ name: tool.name, ...sums })}>
  <testsuite${attributes({ name: tool.name, ...sums, skipped: 0 })}>
${cases.join('')}  </testsuite>
</testsuites>
`;
}

function testCase({ rule, severity, message, span, related }: Diagnostic, locate: Locate): string {
  const { line, column } = locate(span).start;
  const place = `${span.file.path}:${line}:${column}`;
  const lines = [
    `${place}: ${severity} ${rule}: ${maskSecrets(message)}`,
    ...related.map(step => `${step.span.file.path}:${locate(step.span).start.line}: ${maskSecrets(step.message)}`),
    `gwlint explain ${rule}`,
  ].map(xmlText);
  const body =
    severity === 'info'
      ? `<system-out>${lines.join('\n')}</system-out>`
      : `<failure${attributes({ type: severity, message: maskSecrets(message) })}>${lines.join('\n')}</failure>`;
  const named = attributes({
    name: `${rule} at ${place}`,
    classname: span.file.path,
    file: span.file.path,
    line,
    time: 0,
  });
  return `    <testcase${named}>\n      ${body}\n    </testcase>\n`;
}
