import type { Diagnostic, Fix, Rule, Severity } from '../lint/rule.js';
import type { Edit, Span } from '../text/source.js';
import { fingerprints } from './fingerprint.js';
import type { FormatContext } from './format.js';
import { createLocate, type Locate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { printableJson } from './visible.js';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code scanning and viewers. Paths are relative to
 * the folder of the sources, which the reader of the log knows.
 */
export function sarifReport(report: Report, { tool, page, link }: FormatContext, rules: readonly Rule[]): string {
  const locate = createLocate();
  const found = new Set(report.diagnostics.map(one => one.rule));
  const told = rules.filter(({ id }) => found.has(id));
  const index = new Map(told.map(({ id }, i) => [id, i]));
  const names = fingerprints(report.diagnostics);
  const results = report.diagnostics.map((one, i) =>
    resultObject(one, index.get(one.rule) ?? -1, names[i] ?? '', locate),
  );
  return printableJson({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            semanticVersion: tool.version,
            rules: told.map(rule => ruleObject(rule, page(rule.id) ?? rule.summary, link(rule.id))),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder that the paths are relative to.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.unresolved.map(({ span, why }) => ({
              level: 'note',
              message: { text: `Not checked: ${maskSecrets(why)}` },
              locations: [location(span, locate)],
            })),
          },
        ],
        results,
      },
    ],
  });
}

function ruleObject({ id, summary, severity, symptom }: Rule, page: string, link: string | undefined): unknown {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: `${summary}.` },
    help: { text: page, markdown: page },
    ...(link?.startsWith('https:') && { helpUri: link }),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: [id.slice(0, id.indexOf('/')), ...(symptom === 'security' ? ['security'] : [])], symptom },
  };
}

function resultObject(one: Diagnostic, ruleIndex: number, fingerprint: string, locate: Locate): unknown {
  const { rule, severity, confidence, symptom, message, span, related, fixes } = one;
  return {
    ruleId: rule,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: levels[severity],
    message: { text: maskSecrets(message) },
    locations: [location(span, locate)],
    ...(related.length > 0 && {
      relatedLocations: related.map((step, id) => ({
        id: id + 1,
        ...location(step.span, locate),
        message: { text: maskSecrets(step.message) },
      })),
    }),
    partialFingerprints: { 'gwlint/v1': fingerprint },
    ...(fixes.length > 0 && { fixes: fixes.map(fix => fixObject(fix, locate)) }),
    properties: { confidence, symptom },
  };
}

function fixObject({ title, safety, edits }: Fix, locate: Locate): unknown {
  const byFile = new Map<string, Edit[]>();
  for (const edit of edits) {
    const own = byFile.get(edit.span.file.path);
    if (own) own.push(edit);
    else byFile.set(edit.span.file.path, [edit]);
  }
  return {
    description: { text: maskSecrets(title) },
    artifactChanges: [...byFile].map(([path, own]) => ({
      artifactLocation: artifact(path),
      replacements: own.map(({ span, text }) => ({ deletedRegion: region(span, locate), insertedContent: { text } })),
    })),
    properties: { safety },
  };
}

function location(span: Span, locate: Locate) {
  return { physicalLocation: { artifactLocation: artifact(span.file.path), region: region(span, locate) } };
}

function region(span: Span, locate: Locate) {
  const { start, end } = locate(span);
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  };
}

function artifact(path: string) {
  return { uri: uriOf(path), uriBaseId: '%SRCROOT%' };
}

/** A relative path as a reference; a colon in its first part would be read as a scheme. */
function uriOf(path: string): string {
  // What UTF-8 cannot hold (half of a surrogate pair) is replaced, as Node.js does in names of files.
  return Buffer.from(path, 'utf8').toString('utf8').split('/').map(encodeURIComponent).join('/');
}
