import type { Diagnostic, Fix, Symptom } from '../lint/rule.js';
import type { Span, Step } from '../text/source.js';
import { frame } from './frame.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { createStyle, hyperlink, type Style } from './style.js';
import { counted, summaryLine } from './summary.js';
import { visible, withoutCommands, wrap } from './visible.js';

export interface PrettyOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly width?: number;
  /** Only the findings: nothing about what was not checked, no sum. */
  readonly bare?: boolean;
  /** Where the page of a rule stands, for terminals that show links. */
  readonly link?: (rule: string) => string | undefined;
  /** List what could not be followed, instead of only counting it. */
  readonly verbose?: boolean;
}

interface Printer {
  readonly style: Style;
  readonly width: number;
  readonly locate: Locate;
  readonly link: (rule: string) => string | undefined;
}

/** Related places shown with their line of code; the others are only named. */
const mostFrames = 5;

/** Width of the labels below a finding. */
const labelWidth = 12;

const symptoms: Readonly<Record<Symptom, string>> = {
  '400': '400 Bad Request',
  '403': '403 Forbidden',
  '404': '404 Not Found',
  '413': '413 Request Entity Too Large',
  '500': '500 Internal Server Error',
  '502': '502 Bad Gateway',
  '504': '504 Gateway Time-out',
  start: 'it does not start',
  'wrong reply': 'a wrong reply',
  logs: 'missing or misleading logs',
  security: 'an open door',
  downtime: 'requests lost at a restart or redeploy',
  hidden: 'nothing yet; the next mistake of this kind stays hidden',
};

/** The report for people: each finding with the code at both ends, what will be seen, and what can be done about it. */
export function prettyReport(report: Report, options: PrettyOptions = {}): string {
  const printer: Printer = {
    style: createStyle(options.colour === true),
    width: Math.min(120, Math.max(40, options.width ?? 80)),
    locate: createLocate(),
    link: options.link ?? (() => undefined),
  };
  const blocks = report.diagnostics.map(one => block(findingLines(one, printer)));
  if (options.bare) return blocks.join('\n');
  const end = [
    ...unresolvedLines(report, options.verbose === true, printer),
    ...wrap(summaryLine(report), printer.width),
  ];
  return [...blocks, block(end)].join('\n');
}

/** Put together at once: the lines of thousands of findings, in their parts, would take many times the room of the text. */
function block(lines: readonly string[]): string {
  return withoutCommands(`${lines.join('\n')}\n`);
}

function findingLines(diagnostic: Diagnostic, printer: Printer): readonly string[] {
  const { style, width } = printer;
  const { severity, rule, confidence, span, related } = diagnostic;
  const title = `${style.strong(style[severity](severity))} ${hyperlink(style.strong(rule), printer.link(rule))}${confidence === 'likely' ? ' (likely)' : ''}`;
  const shown = related.slice(0, mostFrames);
  const gutter = Math.max(...[span, ...shown.map(step => step.span)].map(one => lineNumberWidth(one, printer)));
  return [
    title,
    ...wrap(clean(diagnostic.message), width),
    '',
    ...placeLines(span, undefined, gutter, '^', style[severity], printer),
    ...shown.flatMap(step => placeLines(step.span, step.message, gutter, '-', style.info, printer)),
    ...restLines(related.slice(mostFrames), printer),
    '',
    ...factLines(diagnostic, printer),
  ];
}

function lineNumberWidth(span: Span, { locate }: Printer): number {
  return String(locate(span).start.line).length;
}

function placeLines(
  span: Span,
  message: string | undefined,
  gutter: number,
  mark: '^' | '-',
  paintMark: (text: string) => string,
  { style, width, locate }: Printer,
): readonly string[] {
  const range = locate(span);
  const indent = '  ';
  const place = `${visible(span.file.path)}:${range.start.line}:${range.start.column}`;
  const code = frame(span, range, {
    width: width - indent.length - gutter - 3,
    gutter,
    mark,
    paintMark,
    paintGutter: style.faint,
  });
  const label = message === undefined ? [] : wrap(clean(message), width - indent.length, '');
  const [only, ...more] = label;
  const head = only !== undefined && more.length === 0 && place.length + 2 + only.length <= width - indent.length;
  const lines = head ? [`${style.strong(place)}  ${only}`, ...code] : [style.strong(place), ...label, ...code];
  return lines.map(line => indent + line);
}

function restLines(steps: readonly Step[], { width, locate }: Printer): readonly string[] {
  if (steps.length === 0) return [];
  const named = steps.slice(0, 8).map(({ span }) => `${visible(span.file.path)}:${locate(span).start.line}`);
  const more = steps.length > named.length ? ` and ${counted(steps.length - named.length, 'other place')}` : '';
  return wrap(`also ${named.join(', ')}${more}`, width, '  ');
}

function factLines({ rule, symptom, log, fixes }: Diagnostic, printer: Printer): readonly string[] {
  return [
    ...fact('users see', symptoms[symptom], printer),
    ...(log === undefined ? [] : fact('the log says', clean(log), printer)),
    ...fixes.flatMap((fix, i) => fact(fixLabel(i, fixes.length), fixText(fix, fixes.length), printer)),
    ...fact('more', `gwlint explain ${rule}`, printer),
  ];
}

function fixLabel(index: number, count: number): string {
  if (count === 1) return 'repair';
  return index === 0 ? 'either' : 'or';
}

function fixText({ title, safety }: Fix, count: number): string {
  return count === 1
    ? `${clean(title)} (${safety === 'safe' ? 'gwlint --fix' : 'gwlint --unsafe-fixes'})`
    : clean(title);
}

function fact(label: string, text: string, { style, width }: Printer): readonly string[] {
  const indent = ' '.repeat(2 + labelWidth + 2);
  const [first = '', ...rest] = wrap(text, width, indent);
  return [`  ${style.faint(label.padEnd(labelWidth))}  ${first.trimStart()}`, ...rest];
}

function unresolvedLines({ unresolved }: Report, verbose: boolean, printer: Printer): readonly string[] {
  if (unresolved.length === 0) return [];
  const what = unresolved.length === 1 ? '1 thing that cannot' : `${unresolved.length} things that cannot`;
  if (!verbose)
    return wrap(`Not checked: ${what} be known from the files alone (gwlint -v lists them).`, printer.width);
  const lines = unresolved.map(({ span, why }) => {
    const { start } = printer.locate(span);
    return wrap(`${visible(span.file.path)}:${start.line}:${start.column}: ${clean(why)}`, printer.width, '  ');
  });
  return [`Not checked: ${what} be known from the files alone.`, ...lines.flat(), ''];
}

function clean(text: string): string {
  return visible(maskSecrets(text));
}
