import { defineConfig } from 'vitest/config';

/** Replays with real servers: `npm run test:real`. docs/real-servers.md tells how they work. */
export default defineConfig({
  test: {
    include: ['test/{real,fixes}/**/*.real.ts'],
    testTimeout: 240_000,
    // Replays mostly wait; more at once than this and recorded times no longer hold on two cores.
    maxConcurrency: 6,
    // A loaded machine can miss a recorded time; a stack that is wrong is wrong twice.
    retry: 3,
    env: { GUNICORN_CMD_ARGS: '', WEB_CONCURRENCY: '', PORT: '', NO_COLOR: '', FORCE_COLOR: '' },
  },
});
