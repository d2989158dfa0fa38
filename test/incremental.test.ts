import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { type Analysis, analyze, newMemory } from '../src/analyze.js';
import { memoryHost } from '../src/host/memory.js';
import { jsonReport } from '../src/report/json.js';
import { pathReport } from '../src/report/path.js';
import { pathJson } from '../src/report/path-json.js';
import { change, changed } from './support/changes.js';
import { type Files, ruleProjects } from './support/projects.js';
import { stroke, struck, typedIn } from './typing.js';

/** The deployments below fixtures/rules, and two of them side by side. */
const projects: readonly Files[] = join2(ruleProjects());

function join2(single: readonly Files[]): readonly Files[] {
  const pairs = single.slice(1).map((files, i) => {
    const other = single[i] ?? files;
    return new Map([...files, ...[...other].map(([path, text]) => [`other/${path}`, text] as const)]);
  });
  return [...single, ...pairs];
}

/** Everything that anybody gets to see of a run. */
function seen({ deployment, diagnostics }: Analysis): string {
  const tool = { name: 'gwlint', version: '0' };
  const report = { diagnostics, unresolved: deployment.unresolved, files: deployment.files.length };
  const paths = pathJson([{ report: pathReport(deployment), show: path => path }], tool);
  const files = deployment.files.map(({ file, kind, problems }) => `${file.path} ${kind} ${problems.length}`);
  return [jsonReport(report, tool), paths, ...files].join('\n');
}

describe('a run with the memory of earlier ones', () => {
  test('comes to the same as one without, whatever was edited in between', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...projects),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (first, changes) => {
          const memory = newMemory();
          let files = first;
          await analyze(memoryHost(files), { rules, memory });
          for (const one of changes) {
            files = changed(files, first, one);
            const again = await analyze(memoryHost(files), { rules, memory });
            expect(seen(again)).toBe(seen(await analyze(memoryHost(files), { rules })));
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  test('comes to the same while long files are typed in, at any end', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stroke, { minLength: 4, maxLength: 12 }), async strokes => {
        const memory = newMemory();
        let files = typedIn;
        const { diagnostics } = await analyze(memoryHost(files), { rules, memory });
        expect(new Set(diagnostics.map(({ rule }) => rule)).size).toBeGreaterThan(4);
        for (const one of strokes) {
          files = struck(files, one);
          const again = await analyze(memoryHost(files), { rules, memory });
          expect(seen(again)).toBe(seen(await analyze(memoryHost(files), { rules })));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('gives the same objects where nothing changed', async () => {
    const memory = newMemory();
    const files = {
      Procfile: 'web: gunicorn shop:app\n',
      'shop.py': 'app = print\n',
      'deploy/nginx.conf': 'events {}\nhttp {}\n',
    };
    const before = await analyze(memoryHost(files), { rules, memory });
    const edited = { ...files, 'deploy/nginx.conf': 'events {}\nhttp { sendfile on; }\n' };
    const after = await analyze(memoryHost(edited), { rules, memory });
    expect(after.deployment.stacks[0]?.servers[0]).toBe(before.deployment.stacks[0]?.servers[0]);
    expect(after.deployment.stacks[0]?.gateways[0]).not.toBe(before.deployment.stacks[0]?.gateways[0]);
  });
});
