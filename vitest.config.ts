import { defineConfig } from 'vitest/config';

const report = process.env['GWLINT_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A machine that does other work besides is slow, not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['test/support/seed.ts'],
    // .ci/run counts what passed and failed from this file.
    ...(report && { reporters: ['default', ['json', { outputFile: report }]] }),
    // What would change the verdict of a run: a developer's own server settings and colour preferences.
    env: { GUNICORN_CMD_ARGS: '', WEB_CONCURRENCY: '', PORT: '', NO_COLOR: '', FORCE_COLOR: '' },
  },
});
