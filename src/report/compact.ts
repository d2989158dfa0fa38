import { createLocate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { visible, withoutCommands } from './visible.js';

/** One line for each finding, `file:line:column: severity rule: message`, for editors, `grep` and logs. */
export function compactReport({ diagnostics }: Report): string {
  const locate = createLocate();
  const lines = diagnostics.map(({ span, severity, rule, message }) => {
    const { line, column } = locate(span).start;
    return `${visible(span.file.path)}:${line}:${column}: ${severity} ${rule}: ${visible(maskSecrets(message))}\n`;
  });
  return withoutCommands(lines.join(''));
}
