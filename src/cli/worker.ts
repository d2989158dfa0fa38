import { parentPort } from 'node:worker_threads';
import { createAnswers, packProject } from './answers.js';
import { configureTargets } from './configured.js';
import { createSpare, type Spare } from './spare.js';
import type { Job } from './threads.js';
import { tool } from './tool.js';

let listed: Spare | undefined;

// One root after the other, until the main thread ends this one. What is wrong with a configuration was said before.
parentPort?.on('message', (job: Job) => {
  judge(job).then(
    packed => parentPort?.postMessage(packed),
    (error: unknown) => {
      // Told to the main thread as its error.
      setImmediate(() => {
        throw error;
      });
    },
  );
});

async function judge({ target, options, cwd, home, roots }: Job) {
  const silent = { cwd, env: { HOME: home }, stdout: () => {}, stderr: () => {}, isTerminal: false };
  listed ??= createSpare(roots);
  const answers = createAnswers(options, tool, listed);
  const configured = await configureTargets([target], options, silent, answers);
  const [one] = configured.ok ? configured.targets : [];
  if (!one) throw new Error(`the configuration of ${target.root} changed while it was read`);
  return packProject(await answers.open(one));
}
