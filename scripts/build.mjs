// Builds the package into dist/: entry points in lazy chunks, the wasm files, types, and the licences of what is bundled.
//
//   node scripts/build.mjs [folder] [--no-types]
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv.slice(2).find(word => !word.startsWith('--')) ?? join(root, 'dist'));

// What is needed together is loaded together: each chunk costs a millisecond or two to find, open and link. A chunk takes what its
// modules import, and an earlier one wins.
const chunks = [
  { name: 'start', from: ['src/cli/run.ts', 'src/cli/tool.ts'] },
  { name: 'lint', from: ['src/cli/commands.ts', 'src/configure.ts'] },
  { name: 'python', from: ['src/syntax/python/parse.ts'] },
];

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
  // Comments and blanks are not worth their time at every start; names stay, for the traces that users send.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: {
    groups: chunks.map(({ name, from }, i) => ({ name, test: oneOf(from), priority: chunks.length - i })),
  },
});
await bundle.close();
for (const { type, fileName } of output) if (type === 'chunk') onlyAscii(join(dist, fileName));
chmodSync(join(dist, 'cli.js'), 0o755);

// The names under which src/syntax/python looks for them beside its chunk.
copyFileSync(inModules('web-tree-sitter', 'web-tree-sitter.wasm'), join(dist, 'tree-sitter.wasm'));
copyFileSync(inModules('tree-sitter-python', 'tree-sitter-python.wasm'), join(dist, 'tree-sitter-python.wasm'));

const types = ['-p', join(root, 'scripts', 'tsconfig.types.json'), '--outDir', join(dist, 'types')];
if (!process.argv.includes('--no-types'))
  execFileSync(process.execPath, [inModules('typescript', 'bin', 'tsc'), ...types], { stdio: 'inherit' });

writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licencesOf(root, output, ['tree-sitter-python']));

/** Large tables are parsed as JSON, which is quicker than as code, and each only when something in it is asked for. */
function tablesAsText() {
  return {
    name: 'tables-as-text',
    transform: {
      filter: { id: /[\\/]src[\\/]facts[\\/][^\\/]+\.json$/ },
      handler(code) {
        const table = JSON.parse(code);
        const text = JSON.stringify(table).replace(/[\\']/g, '\\$&');
        const keys = Object.keys(table).map(
          key => `get ${JSON.stringify(key)}() { return table()[${JSON.stringify(key)}]; },`,
        );
        return {
          code: `let made; const table = () => (made ??= JSON.parse('${text}')); export default { ${keys.join(' ')} };`,
          moduleType: 'js',
          map: null,
        };
      },
    },
  };
}

/** Tells these modules. */
function oneOf(paths) {
  const ids = new Set(paths.map(path => join(root, path)));
  return id => ids.has(id);
}

function inModules(...path) {
  return join(root, 'node_modules', ...path);
}

/** A text of plain ASCII is held in half the memory, and read in half the time, by V8. */
function onlyAscii(path) {
  const escaped = readFileSync(path, 'utf8').replace(
    /[^\0-\x7f]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(path, escaped);
}
