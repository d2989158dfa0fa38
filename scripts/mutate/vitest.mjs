// What the tests take from 'vitest' while a change is tried: they are only collected, so that the runner can ask a few of them, again and again,
// in one process. `expect` is that of Vitest.
import { format } from 'node:util';
import { GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
import * as chai from 'chai';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true });
setState({ assertionCalls: 0 }, expect);

/** All tests in the order in which they stand, each with a name of its own. */
export const collected = [];

const within = [];
const seen = new Map();

function add(name, body) {
  const path = [...within, name].join(' > ');
  const count = (seen.get(path) ?? 0) + 1;
  seen.set(path, count);
  collected.push({ name: count === 1 ? path : `${path} #${count}`, body });
}

function group(name, body) {
  within.push(name);
  body();
  within.pop();
}

/** `.each` with the arguments of a row, `.skipIf` and `.runIf` as Vitest has them. */
function withVariants(take) {
  const each = rows => (name, body) => {
    for (const row of rows) {
      const args = Array.isArray(row) ? row : [row];
      take(format(name, ...args.map(one => (typeof one === 'string' ? one : JSON.stringify(one)))), () =>
        body(...args),
      );
    }
  };
  const none = Object.assign(() => {}, { each: () => () => {} });
  const some = Object.assign(take, { each, skip: none });
  return Object.assign(some, { skipIf: no => (no ? none : some), runIf: yes => (yes ? some : none) });
}

const finished = [];
export const onTestFinished = tidy => void finished.push(tidy);

class Skipped extends Error {}

const context = {
  skip: () => {
    throw new Skipped();
  },
};

// Other arguments of a test, as its time, are left out.
export const test = withVariants((name, body) =>
  add(name, async () => {
    try {
      await body(context);
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
    } finally {
      for (const tidy of finished.splice(0)) await tidy();
    }
  }),
);
export const it = test;
export const describe = withVariants(group);

/** Only reports of a whole file are written there. */
export const afterAll = () => {};
