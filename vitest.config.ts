import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // What would change the verdict of a run: a developer's own server settings and colour preferences.
    env: { GUNICORN_CMD_ARGS: '', WEB_CONCURRENCY: '', PORT: '', NO_COLOR: '', FORCE_COLOR: '' },
  },
});
