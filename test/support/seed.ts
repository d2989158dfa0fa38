import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a change, and not the dice, decides whether the tests pass.
 * `GWLINT_SEED=random` draws new ones; a number repeats those of an earlier run.
 */
const wanted = process.env['GWLINT_SEED'] ?? '20';
const seed = wanted === 'random' ? Math.trunc(Math.random() * 2 ** 31) : Number(wanted);
if (!Number.isInteger(seed)) throw new Error(`GWLINT_SEED takes a number or 'random', not '${wanted}'`);
fc.configureGlobal({ seed });
