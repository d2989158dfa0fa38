import type { Fix, KnownRules, Rule } from '../../src/lint/rule.js';
import { matchesSelector } from '../../src/lint/select.js';
import type { Suppression, SuppressionUse } from '../../src/lint/suppress.js';
import { withoutEnd } from '../../src/text/ends.js';
import { lineAt } from '../../src/text/lines.js';
import { nearest } from '../../src/text/near.js';
import { removeStatement } from '../../src/text/statement.js';

/**
 * A comment that silences nothing would silence the next mistake of its kind, and its reader takes the place for judged. Silent about rules
 * that did not run.
 */
export const rule: Rule = {
  id: 'gwlint/unused-ignore',
  summary: 'A gwlint-ignore comment that silences nothing',
  severity: 'warning',
  symptom: 'hidden',
  fix: 'safe',

  check() {
    // It speaks when all other rules have spoken.
  },

  checkIgnores(uses, known, report) {
    for (const use of uses) {
      const { suppression, selector } = use;
      if (suppression.rules.some(one => matchesSelector(one, rule.id))) continue;
      const why = objection(use, known);
      if (why === undefined) continue;
      const idle = uses.filter(one => one.suppression === suppression && isIdle(one, known));
      const fix = idle[0]?.selector === selector ? removal(suppression, idle) : undefined;
      report({ span: suppression.span, message: why, fixes: fix ? [fix] : [] });
    }
  },
};

/** Written as it should be, and needed for nothing. */
function isIdle({ suppression, selector, silenced }: SuppressionUse, { ran }: KnownRules): boolean {
  return suppression.flaw === undefined && silenced === 0 && ran.some(id => matchesSelector(selector, id));
}

function objection(use: SuppressionUse, { ran, all }: KnownRules): string | undefined {
  const { suppression, selector } = use;
  const { flaw, rules, scope } = suppression;
  const word = scope === 'file' ? 'gwlint-ignore-file' : 'gwlint-ignore';
  const first = selector === (rules[0] ?? '');
  if (flaw !== undefined) {
    if (!first) return undefined;
    if (flaw === 'no rule')
      return `${word} needs a rule and a reason: ${word} <rule>: <reason>. As it is it silences nothing.`;
    if (flaw === 'no reason')
      return `${word} needs a reason to count: ${word} ${rules.join(', ')}: <reason>. As it is it silences nothing.`;
    if (flaw === 'no such word')
      return 'gwlint knows gwlint-ignore, on the line or above it, and gwlint-ignore-file. As it is this comment silences nothing.';
    return `There is no comment in this place of a file of this kind, so ${word} silences nothing and may be taken for a value. Put it on a line of its own, above.`;
  }
  if (all && !all.some(id => matchesSelector(selector, id))) {
    const near = nearest(selector, all);
    return `There is no rule or group ${selector}${near ? `; did you mean ${near}?` : '.'} As it is the comment silences nothing.`;
  }
  // Whoever runs a few rules only does not learn whether the comment is needed.
  if (!isIdle(use, { ran })) return undefined;
  const where = scope === 'file' ? 'in this file' : 'here';
  return `Nothing of ${selector} is found ${where}, so this comment silences nothing today and would hide the next mistake of its kind.`;
}

/** Takes the comment away, or only the names in it that are not needed. */
function removal({ rules, comment, span }: Suppression, idle: readonly SuppressionUse[]): Fix | undefined {
  const kept = rules.filter(one => !idle.some(({ selector }) => selector === one));
  const { file } = span;
  if (kept.length === 0) {
    if (!comment) return undefined;
    const { start } = comment;
    const before = file.text.slice(lineAt(file.text, start).start, start);
    const blank = before.length - withoutEnd(before, ' \t').length;
    const behind = blank < start - lineAt(file.text, start).start && comment.end === lineAt(file.text, start).end;
    const edit = behind ? { span: { ...comment, start: start - blank }, text: '' } : removeStatement(comment);
    return { title: 'Remove the comment', safety: 'safe', edits: [edit] };
  }
  const end = file.text.indexOf(':', span.start);
  const start = span.start + (/^gwlint-ignore[\w-]*\s*/.exec(file.text.slice(span.start, end))?.[0].length ?? 0);
  const edit = { span: { file, start, end }, text: kept.join(', ') };
  return { title: `Leave only ${kept.join(', ')}`, safety: 'safe', edits: [edit] };
}
