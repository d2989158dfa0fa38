import type { Diagnostic } from '../lint/rule.js';
import type { Span } from '../text/source.js';
import type { FormatContext } from './format.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { fixableBy, summaryLine } from './summary.js';
import { visible } from './visible.js';

/** GitHub takes comments up to 65,536 characters, GitLab up to a million. */
const longest = 60_000;

/** A comment for a pull request: what was found in a table, the other end and the repair below each. */
export function markdownReport(report: Report, { link }: FormatContext): string {
  const locate = createLocate();
  const head = `### gwlint\n\n${prose(summaryLine(report))}\n`;
  const rows: string[] = [];
  let size = head.length;
  for (const one of report.diagnostics) {
    const block = findingBlock(one, link(one.rule), locate);
    size += block.length;
    if (size > longest) break;
    rows.push(block);
  }
  const left = report.diagnostics.length - rows.length;
  return `${head}${rows.join('')}${left > 0 ? `\nand ${left} more\n` : ''}`;
}

function findingBlock(one: Diagnostic, link: string | undefined, locate: Locate): string {
  const { rule, severity, confidence, message, span, related, fixes } = one;
  const id = link?.startsWith('https:') ? `[${code(rule)}](${link})` : code(rule);
  const likely = confidence === 'likely' ? ' (likely)' : '';
  const lines = [
    `#### ${severity}${likely} ${id} in ${code(place(span, locate))}`,
    '',
    prose(maskSecrets(message)),
    ...(related.length + fixes.length > 0 ? [''] : []),
    ...related.slice(0, 8).map(step => `- ${code(place(step.span, locate))}: ${prose(maskSecrets(step.message))}`),
    ...(related.length > 8 ? [`- and ${related.length - 8} more`] : []),
    ...fixes.map(
      fix => `- ${fixes.length > 1 ? 'either repair' : 'repair'}: ${prose(maskSecrets(fix.title))}${how(one)}`,
    ),
  ];
  return `\n${lines.join('\n')}\n`;
}

function how(one: Diagnostic): string {
  const command = fixableBy(one);
  return command === undefined ? '' : ` (${code(command)})`;
}

function place(span: Span, locate: Locate): string {
  return `${span.file.path}:${locate(span).start.line}`;
}

/**
 * Sentences as they are, whatever is in them: no character of them makes markup, a link, a mention of a person or the number of an
 * issue. Numbers of characters stand for the marks of Markdown; an empty comment breaks what would be made a link.
 */
export function prose(text: string): string {
  const start = /^(?:[-+=#>:]|\d+[.)])/.test(text) ? '&#8203;' : '';
  const marks = /[&<>"'`*_{}[\]()\\|~^$]|[@#!%](?=[\w.-])|:(?=\/\/)|\bwww(?=\.)/gi;
  const written = visible(text).replace(marks, found =>
    /^[@#!%:w]/i.test(found) ? `${found}<!-- -->` : `&#${found.charCodeAt(0)};`,
  );
  return start + written;
}

/** A span of code, with a fence that is longer than any in the text. */
export function code(text: string): string {
  const shown = visible(text);
  const fence = '`'.repeat(1 + Math.max(0, ...[...shown.matchAll(/`+/g)].map(found => found[0].length)));
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
