import { type AnalyzeOptions, analyze } from './analyze.js';
import { memoryHost } from './host/memory.js';
import type { Diagnostic, OptionValue, Rule } from './lint/rule.js';
import { applyEdits } from './text/apply.js';

export interface RuleCase {
  /** What it shows; for the message of a failure. */
  readonly name: string;
  /** Files by their path. */
  readonly files: Readonly<Record<string, string>>;
  /** Options of the rule. */
  readonly options?: Readonly<Record<string, OptionValue>>;
}

export interface InvalidCase extends RuleCase {
  /** For each finding, in order: a text that its message contains, or a pattern that it matches. */
  readonly findings: readonly (string | RegExp)[];
  /** The files as the first fix of the first finding leaves them; those that it does not touch may be left out. */
  readonly fixed?: Readonly<Record<string, string>>;
}

export interface RuleCases {
  readonly valid: readonly RuleCase[];
  readonly invalid: readonly InvalidCase[];
}

/** What a rule reports about files in memory. Suppression comments count. */
export async function lintFiles(
  rule: Rule,
  files: Readonly<Record<string, string>>,
  options: Readonly<Record<string, OptionValue>> = {},
): Promise<readonly Diagnostic[]> {
  const asked: Rule = {
    ...rule,
    check: (deployment, report, standard) => rule.check(deployment, report, { ...standard, ...options }),
  };
  const request: AnalyzeOptions = { rules: [asked] };
  return (await analyze(memoryHost(files), request)).diagnostics;
}

/**
 * Tests a rule of your own: it has to say nothing about the valid cases and exactly what is expected about the others. Needs no test runner.
 *
 * @throws an Error that names the first case that went wrong, and how.
 */
export async function testRule(rule: Rule, { valid, invalid }: RuleCases): Promise<void> {
  for (const one of valid) {
    const [first] = await lintFiles(rule, one.files, one.options);
    if (first) throw failure(rule, one, `it should pass, but: ${first.message}`);
  }
  for (const one of invalid) await testInvalid(rule, one);
}

async function testInvalid(rule: Rule, one: InvalidCase): Promise<void> {
  const found = await lintFiles(rule, one.files, one.options);
  const messages = found.map(({ message }) => message);
  if (one.findings.length === 0) throw failure(rule, one, 'an invalid case needs findings');
  if (found.length !== one.findings.length)
    throw failure(
      rule,
      one,
      `${one.findings.length} findings were expected, not ${found.length}: ${messages.join(' | ')}`,
    );
  one.findings.forEach((expected, i) => {
    const message = messages[i] ?? '';
    const fits = typeof expected === 'string' ? message.includes(expected) : expected.test(message);
    if (!fits) throw failure(rule, one, `"${message}" does not match ${String(expected)}`);
  });
  const fix = found[0]?.fixes[0];
  if (one.fixed === undefined) return;
  if (!fix) throw failure(rule, one, 'the first finding has no fix');
  const paths = new Set([...Object.keys(one.fixed), ...fix.edits.map(({ span }) => span.file.path)]);
  for (const path of paths) {
    const before = one.files[path] ?? '';
    const edits = fix.edits.filter(({ span }) => span.file.path === path);
    const after = applyEdits(before, edits);
    if (after !== (one.fixed[path] ?? before)) throw failure(rule, one, `its fix makes ${path} to:\n${after}`);
  }
}

function failure({ id }: Rule, { name }: RuleCase, why: string): Error {
  return new Error(`${id}: ${name}: ${why}`);
}
