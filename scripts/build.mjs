// Builds the package into dist/: entry points in lazy chunks, the wasm files, types, and the licences of what is bundled.
//
//   node scripts/build.mjs [folder] [--no-types]
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(dist, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: { cli: 'src/cli/main.ts', index: 'src/index.ts', testing: 'src/testing.ts', worker: 'src/cli/worker.ts' },
  platform: 'node',
  plugins: [tablesAsText()],
  onLog: (level, log, report) => {
    // Emscripten's loader has an eval on a path that is never taken here.
    if (log.code === 'EVAL' && log.message.includes('web-tree-sitter')) return;
    report(level, log);
  },
});
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();
chmodSync(join(dist, 'cli.js'), 0o755);

// The names under which src/syntax/python looks for them beside its chunk.
copyFileSync(inModules('web-tree-sitter', 'web-tree-sitter.wasm'), join(dist, 'tree-sitter.wasm'));
copyFileSync(inModules('tree-sitter-python', 'tree-sitter-python.wasm'), join(dist, 'tree-sitter-python.wasm'));

const types = ['-p', join(root, 'scripts', 'tsconfig.types.json'), '--outDir', join(dist, 'types')];
if (!process.argv.includes('--no-types'))
  execFileSync(process.execPath, [inModules('typescript', 'bin', 'tsc'), ...types], { stdio: 'inherit' });

writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licencesOf(root, output, ['tree-sitter-python']));

/** Large tables are parsed as JSON when their chunk is loaded, which is quicker than as code. */
function tablesAsText() {
  return {
    name: 'tables-as-text',
    transform: {
      filter: { id: /[\\/]src[\\/]facts[\\/][^\\/]+\.json$/ },
      handler(code) {
        // A template literal needs next to no escapes in JSON.
        const text = JSON.stringify(JSON.parse(code)).replace(/[`\\]|\$\{/g, '\\$&');
        return { code: `export default JSON.parse(\`${text}\`);`, moduleType: 'js', map: null };
      },
    },
  };
}

function inModules(...path) {
  return join(root, 'node_modules', ...path);
}
