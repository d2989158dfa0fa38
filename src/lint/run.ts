import type { Deployment, ReadFile } from '../model/deployment.js';
import { overlaps, sameEdit } from '../text/apply.js';
import type { Span, Step } from '../text/source.js';
import { activeRules, type Choices, chosen, noChoices, optionsOf } from './choice.js';
import { concealed, concealer, type Words, wordsOf } from './conceal.js';
import { distinctFiles, modulesOf } from './files.js';
import { type Kept, keep, unkeep } from './keep.js';
import { askedAgain, type RuleMemory } from './memory.js';
import { restsOnRewritten } from './rewritten.js';
import type { Diagnostic, Finding, Fix, Rule, RuleOptions } from './rule.js';
import { createSuppressor, mayBeSilenced } from './suppress.js';

export interface RunOptions {
  /** Ids of all rules that there are, so that a comment with a wrong name is told. */
  readonly known?: readonly string[] | undefined;
  /** Is told how each rule is asked, to measure it. */
  readonly measure?: Measure | undefined;
  /** Of earlier runs: a rule all of whose evidence is as it was is not asked again. */
  readonly memory?: RuleMemory | undefined;
}

/** Does the work and returns what it returns; what else it does is its own affair. */
export type Measure = <T>(name: string, work: () => T) => T;

/** What the rules say about stacks that nothing ties to others, and what of them decides how it is told. */
export interface Verdict {
  readonly said: Kept;
  /** Those in which comments silence something. */
  readonly modules: readonly ReadFile[];
  readonly words: Words;
}

/** Asks every rule about a part of a deployment that may go then: nothing in the verdict holds on to it. `texts`: of the verdicts so far. */
export function judgeAlone(
  rules: readonly Rule[],
  part: Deployment,
  choices: Choices = noChoices,
  texts: Map<string, string> = new Map(),
): Verdict {
  const asked = activeRules(rules, choices);
  const said = asked.flatMap(rule => whatItSays(rule, part, optionsOf(rule, choices.rules)));
  const modules = modulesOf(part.stacks).filter(({ file }) => mayBeSilenced(file));
  return { said: keep(said, texts), modules, words: wordsOf(part.stacks) };
}

/**
 * Asks every rule that the user has not switched off about the deployment. What several stacks say about one place is said once, what the user has silenced
 * is left out, as is what rests on a text that a script writes anew, and the order is by file, place and rule. `before`: about further stacks.
 */
export function runRules(
  rules: readonly Rule[],
  deployment: Deployment,
  choices: Choices = noChoices,
  { known, measure = (_, work) => work(), memory }: RunOptions = {},
  before: readonly Verdict[] = [],
): readonly Diagnostic[] {
  const asked = activeRules(rules, choices);
  const found: Diagnostic[] = [];
  const apart = byRule(before.flatMap(({ said }) => unkeep(said)));
  for (const rule of asked) {
    const options = optionsOf(rule, choices.rules);
    const ask = (watched: Deployment) => whatItSays(rule, watched, options);
    const said = measure(rule.id, () =>
      memory ? askedAgain(rule, deployment, options, memory, ask) : ask(deployment),
    );
    for (const one of apart.get(rule.id) ?? []) found.push(one);
    for (const one of said) found.push(one);
  }
  const { files, rewrites, stacks } = deployment;
  const modules = [...before.flatMap(verdict => verdict.modules), ...modulesOf(stacks)];
  const suppressor = createSuppressor(distinctFiles([...files, ...modules]));
  const kept = found.filter(one => !suppressor.silences(one.rule, one) && !restsOnRewritten(rewrites, one));
  const about = { ran: asked.map(({ id }) => id), ...(known && { all: known }) };
  for (const rule of asked) {
    rule.checkIgnores?.(suppressor.uses(), about, finding => {
      const one = complete(rule, finding);
      if (!suppressor.silences(one.rule, one)) kept.push(one);
    });
  }
  const conceal = concealer(files, [...before.map(({ words }) => words), wordsOf(stacks)]);
  return concealed(sortDiagnostics(chosen(mergeDiagnostics(kept), choices)), conceal);
}

function byRule(said: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const one of said) {
    const same = found.get(one.rule);
    if (same) same.push(one);
    else found.set(one.rule, [one]);
  }
  return found;
}

function whatItSays(rule: Rule, deployment: Deployment, options: RuleOptions): readonly Diagnostic[] {
  const said: Diagnostic[] = [];
  rule.check(deployment, finding => void said.push(complete(rule, finding)), options);
  return said;
}

function complete(rule: Rule, finding: Finding): Diagnostic {
  return {
    ...finding,
    rule: rule.id,
    severity: finding.severity ?? rule.severity,
    confidence: finding.confidence ?? 'proved',
    symptom: finding.symptom ?? rule.symptom,
    related: distinctSteps(finding.related ?? []),
    fixes: finding.fixes ?? [],
  };
}

/** One diagnostic for each rule, place and message, but for the subject, with the related places and fixes of all that said it. */
export function mergeDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const merged = new Map<string, { said: Diagnostic; readonly subjects: Set<string> }>();
  for (const { subject, ...one } of diagnostics) {
    const rest = subject === undefined ? one.message : one.message.replace(subject, () => '\0');
    const key = JSON.stringify([one.rule, rest, spanKey(one.span)]);
    const same = merged.get(key);
    if (same) same.said = { ...joined(same.said, one), message: same.said.message };
    const { subjects } = same ?? { subjects: new Set<string>() };
    if (subject !== undefined) subjects.add(subject);
    if (!same) merged.set(key, { said: one, subjects });
  }
  return [...merged.values()].map(({ said, subjects: [first = '', ...others] }) =>
    others.length === 0
      ? said
      : { ...said, message: said.message.replace(first, () => `${first} (and ${others.length} more)`) },
  );
}

const severities = ['info', 'warning', 'error'] as const;

function joined(a: Diagnostic, b: Diagnostic): Diagnostic {
  const stronger = severities.indexOf(b.severity) > severities.indexOf(a.severity) ? b : a;
  return {
    ...stronger,
    confidence: a.confidence === 'proved' ? a.confidence : b.confidence,
    related: distinctSteps([...a.related, ...b.related]),
    fixes: b.fixes.reduce(withFix, a.fixes),
  };
}

/**
 * One more fix among those of a finding that is said twice. What has the same title elsewhere (a service of two compose files that share an
 * nginx.conf) is no other way to repair it, but another part of the same.
 */
function withFix(fixes: readonly Fix[], fix: Fix): readonly Fix[] {
  if (fixes.some(other => sameFix(other, fix))) return fixes;
  const at = fixes.findIndex(
    ({ title, safety, edits }) =>
      title === fix.title &&
      safety === fix.safety &&
      edits.every(edit => fix.edits.every(other => sameEdit(edit, other) || !overlaps(edit, other))),
  );
  const part = fixes[at];
  if (!part) return [...fixes, fix];
  const more = fix.edits.filter(edit => !part.edits.some(other => sameEdit(edit, other)));
  return fixes.with(at, { ...part, edits: [...part.edits, ...more] });
}

function sameFix(a: Fix, b: Fix): boolean {
  return a.edits.length === b.edits.length && a.edits.every(edit => b.edits.some(other => sameEdit(edit, other)));
}

function distinctSteps(steps: readonly Step[]): readonly Step[] {
  const distinct = new Map<string, Step>();
  for (const step of steps) {
    const key = JSON.stringify([step.message, spanKey(step.span)]);
    if (!distinct.has(key)) distinct.set(key, step);
  }
  return [...distinct.values()];
}

function spanKey({ file, start, end }: Span): readonly unknown[] {
  return [file.path, start, end];
}

/** By file, place, rule and message; the same for every run. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compare(a.span.file.path, b.span.file.path) ||
      a.span.start - b.span.start ||
      compare(a.rule, b.rule) ||
      a.span.end - b.span.end ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
