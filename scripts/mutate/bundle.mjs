// The changed code and the tests that judge it as one file, which can be evaluated again from the start.
//
//   node scripts/mutate/bundle.mjs FILE        in the copy of the project
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { globSync } from 'tinyglobby';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The tests that judge what rules find and say, in one process. Those of the command line and of editors would say much of the same more slowly;
// those of stacks that work judge false alarms.
const suites = globSync(
  [
    'test/{rules,stacks,catalogue,incremental}.test.ts',
    'test/{link,lint,model,edits,config}/**/*.test.ts',
    'test/cli/path.test.ts',
  ],
  { cwd: root },
).sort();

const bundle = await rolldown({
  cwd: root,
  input: 'suite',
  platform: 'node',
  logLevel: 'silent',
  resolve: { alias: { vitest: join(root, 'scripts/mutate/vitest.mjs') } },
  plugins: [
    {
      name: 'suite',
      resolveId: id => (id === 'suite' ? '\0suite' : undefined),
      load: id =>
        id === '\0suite'
          ? [
              ...['test/support/seed.ts', ...suites].map(path => `import ${JSON.stringify(join(root, path))};`),
              `export { collected } from 'vitest';`,
            ].join('\n')
          : undefined,
      // Each module finds what lies beside it, as before.
      transform: (code, id) =>
        id.startsWith(root) && !id.includes('node_modules') && code.includes('import.meta.url')
          ? { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) }
          : undefined,
    },
  ],
});
await bundle.write({ file: resolve(process.argv[2]), format: 'esm', codeSplitting: false });
await bundle.close();
