import type { Diagnostic } from '../lint/rule.js';
import { createLocate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { attributes } from './xml.js';

/** Checkstyle's XML, which many older tools read: https://checkstyle.org */
export function checkstyleReport({ diagnostics }: Report): string {
  const locate = createLocate();
  const files = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const own = files.get(one.span.file.path);
    if (own) own.push(one);
    else files.set(one.span.file.path, [one]);
  }
  const blocks = [...files].map(([path, own]) => {
    const errors = own.map(({ rule, severity, message, span }) => {
      const { line, column } = locate(span).start;
      return `    <error${attributes({ line, column, severity, message: maskSecrets(message), source: `gwlint.${rule}` })}/>\n`;
    });
    return `  <file${attributes({ name: path })}>\n${errors.join('')}  </file>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="10.0">\n${blocks.join('')}</checkstyle>\n`;
}
