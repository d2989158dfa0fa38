// How Stryker runs our tests. Vitest would load everything anew for each change, which takes far longer than the few tests that reach it: here
// they stay loaded, a change is switched on, and the tests that reach it are asked, first those of its own rule. The code is evaluated
// again only for a change of what is worked out once, when a module is loaded.
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'gwlint', createRunner)];

const passed = 0;
const bundle = pathToFileURL(join(process.cwd(), 'mutate.bundle.mjs')).href;

/** What the changed code reads and writes. */
const shared = { mutantCoverage: { static: {}, perTest: {} } };
globalThis.__stryker__ = shared;

let loads = 0;
async function load() {
  return (await import(`${bundle}?load=${loads++}`)).collected;
}

function createRunner() {
  let tests = [];
  return {
    capabilities: () => ({ reloadEnvironment: true }),

    async init() {
      shared.activeMutant = undefined;
      tests = await load();
    },

    async dryRun() {
      const results = [];
      for (const one of tests) {
        shared.currentTestId = one.name;
        const before = performance.now();
        const failed = await failureOf(one);
        shared.currentTestId = undefined;
        if (failed !== undefined) {
          console.error(`left out, since it fails without a change: ${one.name}: ${failed.split('\n')[0]}`);
          delete shared.mutantCoverage.perTest[one.name];
          continue;
        }
        results.push({ id: one.name, name: one.name, status: passed, timeSpentMs: performance.now() - before });
      }
      return { status: 'complete', tests: results, mutantCoverage: shared.mutantCoverage };
    },

    async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, sandboxFileName }) {
      const path = relative(process.cwd(), sandboxFileName).replaceAll('\\', '/');
      const rule = /^rules\/(.+)\.ts$/.exec(path)?.[1];
      const wanted = new Set(testFilter);
      shared.hitCount = hitLimit === undefined ? undefined : 0;
      shared.hitLimit = hitLimit;
      shared.activeMutant = activeMutant.id;
      try {
        const here = mutantActivation === 'static' ? await load() : tests;
        const asked = ordered(here, path, rule).filter(({ name }) => testFilter === undefined || wanted.has(name));
        for (const [i, one] of asked.entries()) {
          const failed = await failureOf(one);
          if (shared.hitCount > shared.hitLimit) return { status: 'timeout', reason: 'an endless loop' };
          if (failed === undefined) continue;
          shared.activeMutant = undefined;
          if (here === tests && (await failureOf(one)) !== undefined)
            return { status: 'error', errorMessage: `${one.name} fails without the change as well: ${failed}` };
          return { status: 'killed', killedBy: [one.name], failureMessage: failed, nrOfTests: i + 1 };
        }
        return { status: 'survived', nrOfTests: asked.length };
      } catch (error) {
        // What does not even load is noticed by everything.
        return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
      } finally {
        shared.activeMutant = undefined;
      }
    },
  };
}

async function failureOf({ body }) {
  try {
    await body();
    return undefined;
  } catch (error) {
    return String(error?.message ?? error);
  }
}

/** Those that judge with all rules, slowly, and ask only one thing. */
const ofFixes = /: each fix takes its finding away/;
const ofMemory = /^a run with the memory of earlier ones > /;

/**
 * First the tests of the rule. That the fixes of another rule work is not asked of it, and that a run that remembers comes to the same is asked only of
 * what remembers.
 */
function ordered(tests, path, rule) {
  const fit = /memory|once/.test(path) ? tests : tests.filter(({ name }) => !ofMemory.test(name));
  if (rule === undefined) return fit;
  const own = fit.filter(({ name }) => name.startsWith(`${rule} > `));
  return [...own, ...fit.filter(one => !own.includes(one) && !ofFixes.test(one.name))];
}
