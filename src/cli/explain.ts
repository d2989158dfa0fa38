import type { Rule } from '../lint/rule.js';
import { unknownSelector } from '../lint/select.js';
import { docsPath } from '../report/report.js';
import { printableJson, wrap } from '../report/visible.js';
import type { Options } from './args.js';
import { cannotRun, type Io } from './output.js';
import { pageText } from './tool.js';

/** Prints the pages of rules. Returns the exit code. */
export function explainCommand({ paths }: Options, rules: readonly Rule[], io: Io): number {
  if (paths.length === 0) return cannotRun('explain needs a rule; gwlint rules lists them', io);
  const pages: string[] = [];
  for (const name of paths) {
    const rule = rules.find(one => one.id === name) ?? onlyRuleNamed(name, rules);
    if (!rule) return cannotRun(unknownRule(name, rules), io);
    pages.push(pageOf(rule));
  }
  io.stdout(pages.join('\n'));
  return 0;
}

/** The rule whose name without its group this is. */
function onlyRuleNamed(name: string, rules: readonly Rule[]): Rule | undefined {
  const named = rules.filter(({ id }) => id.slice(id.indexOf('/') + 1) === name);
  return named.length === 1 ? named[0] : undefined;
}

function pageOf({ id, summary }: Rule): string {
  return pageText(id) ?? `# ${id}\n\n${summary}\n`;
}

/** Says that there is no such rule or group, and which one may be meant. */
export function unknownRule(name: string, rules: readonly Rule[]): string {
  return unknownSelector(
    name,
    rules.map(({ id }) => id),
  );
}

/** Lists all rules. Returns the exit code. */
export function rulesCommand({ outputs }: Options, rules: readonly Rule[], io: Io): number {
  if (outputs[0]?.format === 'json') {
    const list = rules.map(({ id, severity, symptom, fix, summary }) => ({
      id,
      severity,
      symptom,
      fix,
      summary,
      docs: docsPath(id),
    }));
    io.stdout(printableJson({ version: 1, rules: list }));
    return 0;
  }
  const width = Math.min(120, Math.max(60, io.columns ?? 80));
  const blocks = rules.map(
    ({ id, severity, summary }) => `${id}  (${severity})\n${wrap(summary, width, '  ').join('\n')}\n`,
  );
  io.stdout(blocks.join(''));
  return 0;
}
