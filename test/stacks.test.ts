import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { mistakesIn, readScenarios } from './real/scenario.js';
import { type Aim, aimOf, described, falseAlarms, loadLinter } from './real/verdict.js';

const scenarios = readScenarios(fileURLToPath(new URL('../fixtures/stacks', import.meta.url)));
const { linter, problem } = await loadLinter();
const known = new Set(linter?.rules.map(rule => rule.id));

const tally = { found: 0, near: 0, missed: 0, working: 0, false: 0 };
const kinds = new Map<string, { found: number; all: number }>();
const misses: string[] = [];

function count(kind: string, aim: Aim, line: string): void {
  tally[aim]++;
  const of = kinds.get(kind) ?? { found: 0, all: 0 };
  kinds.set(kind, { found: of.found + (aim === 'found' ? 1 : 0), all: of.all + 1 });
  if (aim !== 'found') misses.push(`${aim.padEnd(6)} ${line}`);
}

it.skipIf(!linter && problem === undefined)('the linter can be loaded', () => expect(problem).toBeUndefined());

for (const scenario of scenarios) {
  const { name, rule, title, clean, detectable = 'undecided' } = scenario;
  const working = clean ? 'clean' : 'fixed';
  describe(name, () => {
    it('is a sound scenario', () => expect(mistakesIn(scenario)).toEqual([]));

    it.skipIf(!linter || clean)(`broken: ${rule ?? 'no rule yet'}`, async ({ skip }) => {
      const found = (await linter?.lint(scenario, 'broken')) ?? [];
      const loud = found.filter(diagnostic => diagnostic.severity !== 'info');
      count(detectable, aimOf(scenario, loud), `${name} [${rule ?? 'no rule'}] ${title}`);
      if (rule === undefined || !known.has(rule)) return skip(rule === undefined ? 'no rule' : `no rule ${rule} yet`);
      const own = found.filter(diagnostic => diagnostic.rule === rule);
      expect(aimOf(scenario, own), `findings: ${found.map(described).join('\n') || 'none'}`).toBe('found');
    });

    it.skipIf(!linter)(`${working}: no error, no warning`, async () => {
      const alarms = falseAlarms(scenario, (await linter?.lint(scenario, working)) ?? []);
      tally.working++;
      if (alarms.length > 0) tally.false++;
      expect(alarms.map(described)).toEqual([]);
    });
  });
}

afterAll(() => {
  if (!linter) return;
  const { found, near, missed, working } = tally;
  const byKind = [...kinds].sort().map(([kind, of]) => `${kind} ${of.found}/${of.all}`);
  if (process.env['GWLINT_STACKS'] === 'verbose') console.info(misses.join('\n'));
  console.info(
    `stacks: found ${found}/${found + near + missed} (+${near} near; ${byKind.join(', ')}), ` +
      `working stacks with an error or warning ${tally.false}/${working}`,
  );
});
