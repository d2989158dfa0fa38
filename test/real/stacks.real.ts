import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReplay, type Program, replayIsolated } from './isolate.js';
import { differences } from './judge.js';
import { lackFor, thisMachine, versionsHere, whyNotHere } from './machine.js';
import { record } from './record.js';
import { mistakesIn, readScenarios } from './scenario.js';
import { aimOf, described, falseAlarms, loadLinter } from './verdict.js';

const stacks = fileURLToPath(new URL('../../fixtures/stacks', import.meta.url));
const scenarios = readScenarios(stacks);
const toRecord = new Set(process.env['GWLINT_RECORD']?.split(','));
const everything = process.env['GWLINT_REAL'] === 'all';
const here = thisMachine();
const { linter, problem } = await loadLinter();
const known = new Set(linter?.rules.map(each => each.id));
const whyNot = whyNotHere();
let program: Program | undefined;
beforeAll(async () => {
  if (whyNot !== undefined) return;
  tellOtherVersions();
  program = await buildReplay();
});
afterAll(() => program?.remove());

function tellOtherVersions(): void {
  const recorded = JSON.parse(readFileSync(join(stacks, 'versions.json'), 'utf8')) as Record<string, string>;
  const installed = versionsHere();
  for (const [name, version] of Object.entries(recorded))
    if (installed[name] !== version)
      console.info(`${name}: recorded with ${version}, here ${installed[name] ?? 'not installed'}`);
}

it.skipIf(!linter && problem === undefined)('the linter can be loaded', () => expect(problem).toBeUndefined());

for (const scenario of scenarios) {
  const { name, rule, clean, slow } = scenario;
  describe.concurrent(name, () => {
    it('does what is recorded on real servers', async ({ skip }) => {
      if (!program) return skip(whyNot);
      const lack = lackFor(scenario, here);
      if (lack !== undefined) return skip(`needs ${lack}`);
      const recording = toRecord.has(name);
      if (slow && !everything && !recording) return skip('slow: GWLINT_REAL=all runs it');
      const seen = await replayIsolated(program, scenario);
      if (recording) record(scenario, seen);
      else expect([...mistakesIn(scenario), ...differences(scenario, seen)]).toEqual([]);
    });

    it.skipIf(!linter || clean)(`is found by ${rule ?? 'no rule yet'}`, async ({ skip }) => {
      if (rule === undefined || !known.has(rule)) return skip(rule === undefined ? 'no rule' : `no rule ${rule} yet`);
      const found = (await linter?.lint(scenario, 'broken')) ?? [];
      const own = found.filter(diagnostic => diagnostic.rule === rule);
      expect(aimOf(scenario, own), `findings: ${found.map(described).join('\n') || 'none'}`).toBe('found');
    });

    it.skipIf(!linter)('leaves what works in peace', async () => {
      const found = (await linter?.lint(scenario, clean ? 'clean' : 'fixed')) ?? [];
      expect(falseAlarms(scenario, found).map(described)).toEqual([]);
    });
  });
}
