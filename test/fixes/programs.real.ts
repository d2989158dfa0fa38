import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { realPrograms } from './programs.js';
import { namedProjects, ownProjects, type Project } from './projects.js';
import { type Change, tryFixes } from './trial.js';
import { type Variation, variations } from './vary.js';

const runs = Number(process.env['GWLINT_FIXES'] ?? 500);
const seed = Number(process.env['GWLINT_SEED'] ?? 20);

/**
 * Projects of the repository, changed by chance, and every repair of them: what nginx, uWSGI, Python, systemd or another program took before,
 * it takes after. `GWLINT_FIXES` says how many, `GWLINT_SEED` which, `GWLINT_PROJECTS` names folders of other projects, which are taken as they are.
 */
describe('a file that was valid', () => {
  const programs = realPrograms();
  afterAll(() => {
    programs.remove();
    const counts = [...programs.counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
    console.info(`fixes: ${tried} projects, ${applied} fixes; judged by real programs: ${counts}`);
  });
  let tried = 0;
  let applied = 0;

  async function refusals(inputs: readonly (readonly [Project, readonly Variation[]])[]): Promise<readonly string[]> {
    const changes: Change[] = [];
    const harms: string[] = [];
    for (const [project, steps] of inputs) {
      const trial = await tryFixes(project, steps);
      tried++;
      applied += trial.applied;
      changes.push(...trial.changes);
      harms.push(...trial.harms);
    }
    const before = await programs.judge(changes.map(one => one.before));
    const sound = changes.filter((_, i) => before[i]?.kind === 'valid');
    const after = await programs.judge(sound.map(one => one.after));
    return [
      ...harms,
      ...sound.flatMap(({ what }, i) => {
        const verdict = after[i];
        return verdict?.kind === 'refused' ? [`${verdict.why}: ${what}`] : [];
      }),
    ];
  }

  // The same in every run: to try again would tell the same.
  test('is valid with every fix, and with all of them', { timeout: 900_000, retry: 0 }, async () => {
    const own = ownProjects();
    const inputs = fc.sample(fc.tuple(fc.constantFrom(...own), variations), { numRuns: runs, seed });
    expect(await refusals(inputs)).toEqual([]);
  });

  for (const project of namedProjects()) {
    test(`of ${project.name}`, { timeout: 900_000, retry: 0 }, async () => {
      expect(await refusals([[project, []]])).toEqual([]);
    });
  }
});
