// Builds the package into dist/: chunks and the program that loads them, tables, the wasm files, types, and the licences of what is bundled.
//
//   node scripts/build.mjs [folder] [--no-types]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { parseSync } from 'rolldown/utils';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv.slice(2).find(word => !word.startsWith('--')) ?? join(root, 'dist'));

// What is needed together is loaded together: each chunk costs half a millisecond to find, open and start. A chunk takes what its
// modules import, and an earlier one wins.
const chunks = [
  { name: 'start', from: ['src/cli/run.ts', 'src/cli/tool.ts'] },
  { name: 'lint', from: ['src/cli/commands.ts'] },
  { name: 'judge', from: ['src/cli/judge.ts'] },
  { name: 'python', from: ['src/syntax/python/parse.ts'] },
];

// Of these tables one run asks for little: each row is parsed when it is. The key of the rows, by the table.
const byRow = new Map([
  ['nginx-directives', 'directives'],
  ['nginx-variables', 'variables'],
]);

// Comments and blanks are not worth their time at every start; names stay, for the traces that users send.
const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };

rmSync(dist, { recursive: true, force: true });
const tables = new Map();
const bundle = await rolldown({
  cwd: root,
  input: { main: 'src/cli/main.ts', index: 'src/index.ts', testing: 'src/testing.ts', work: 'src/cli/worker.ts' },
  platform: 'node',
  // The form that asks for no other module while it starts.
  resolve: { alias: { 'web-tree-sitter': inModules('web-tree-sitter', 'web-tree-sitter.cjs') } },
  plugins: [tablesApart(tables)],
  onLog: (level, log, report) => {
    // Emscripten's loader has an eval on a path that is never taken here.
    if (log.code === 'EVAL' && log.message.includes('web-tree-sitter')) return;
    report(level, log);
  },
});
const { output } = await bundle.write({
  dir: dist,
  format: 'cjs',
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: '[name]-[hash].js',
  minify,
  codeSplitting: {
    groups: chunks.map(({ name, from }, i) => ({ name, test: oneOf(from), priority: chunks.length - i })),
  },
});
await bundle.close();
for (const { type, fileName } of output) if (type === 'chunk') rewrite(join(dist, fileName), asScript);
for (const [file, text] of tables) writeFileSync(join(dist, file), text);
await writeEntries();

// The names under which src/syntax/python looks for them beside its chunk.
copyFileSync(inModules('web-tree-sitter', 'web-tree-sitter.wasm'), join(dist, 'tree-sitter.wasm'));
copyFileSync(inModules('tree-sitter-python', 'tree-sitter-python.wasm'), join(dist, 'tree-sitter-python.wasm'));

const types = ['-p', join(root, 'scripts', 'tsconfig.types.json'), '--outDir', join(dist, 'types')];
if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, [inModules('typescript', 'bin', 'tsc'), ...types], { stdio: 'inherit' });
  writeFileSync(join(dist, 'types', 'package.json'), '{ "type": "module" }\n');
}

writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licencesOf(root, output, ['tree-sitter-python']));

/** Large tables become files of their own, each read only when something in it is asked for. */
function tablesApart(tables) {
  return {
    name: 'tables-apart',
    transform: {
      filter: { id: /[\\/]src[\\/]facts[\\/][^\\/]+\.json$/ },
      handler(code, id) {
        const name = basename(id, '.json');
        const { [byRow.get(name)]: rows, ...rest } = JSON.parse(code);
        const own = (read, text, ending) => {
          const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8);
          const file = `${name}-${hash}.${ending}`;
          tables.set(file, text);
          return `once(() => ${read}('${file}'))`;
        };
        const getter = (key, value) => `get ${JSON.stringify(key)}() { return ${value}; }`;
        const getters = Object.keys(rest).map(key => getter(key, `table()[${JSON.stringify(key)}]`));
        let made = `const table = ${own('__table', asLine(rest), 'json')};`;
        if (rows) {
          const lines = [Object.keys(rows), ...Object.values(rows)].map(asLine);
          made += `const rows = ${own('__rows', lines.join('\n'), 'jsonl')};`;
          getters.push(getter(byRow.get(name), 'rows()'));
        }
        return {
          code: `const once = make => { let made; return () => (made ??= make()); }; ${made} export default { ${getters.join(', ')} };`,
          moduleType: 'js',
          map: null,
        };
      },
    },
  };
}

function asLine(value) {
  return ascii(JSON.stringify(value));
}

/** Tells these modules. */
function oneOf(paths) {
  const ids = new Set(paths.map(path => join(root, path)));
  return id => ids.has(id);
}

function inModules(...path) {
  return join(root, 'node_modules', ...path);
}

/** The chunk as src/chunks/load.ts takes it. */
function asScript(code) {
  return `(function(exports,require,module,__filename,__dirname,__import,__table,__rows){"use strict";${ascii(withoutImports(code))}\n})`;
}

/** In a script nothing can be imported: built-in modules are required, others (plugins) are imported by the loader. */
function withoutImports(code) {
  const { module, errors } = parseSync('chunk.js', code);
  if (errors.length > 0) throw new Error(errors[0].message);
  let text = code;
  for (const { start, end, moduleRequest } of module.dynamicImports.toReversed()) {
    const request = code.slice(moduleRequest.start, moduleRequest.end);
    const name = /^(["'`])(.*)\1$/.exec(request)?.[2];
    const call =
      name !== undefined && isBuiltin(name) ? `Promise.resolve(require(${request}))` : `__import(${request})`;
    text = text.slice(0, start) + call + text.slice(end);
  }
  return text;
}

/** A text of plain ASCII is held in half the memory, and read in half the time, by V8. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function rewrite(path, change) {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** What Node.js and users start with. Each loads its chunk by the loader. */
async function writeEntries() {
  const entries = new Map(output.filter(one => one.isEntry).map(one => [one.name, one]));
  const chunk = name => JSON.stringify(entries.get(name).fileName);
  await bundleAlone('load', {});
  // With the loader in it: each module that Node.js itself looks for costs most of a millisecond.
  await bundleAlone('cli', { mainChunk: chunk('main') });
  rewrite(join(dist, 'cli.js'), code => `#!/usr/bin/env node\n${code}`);
  chmodSync(join(dist, 'cli.js'), 0o755);
  writeFileSync(join(dist, 'worker.js'), `'use strict';\nrequire('./load.js').load(${chunk('work')});\n`);
  for (const name of ['index', 'testing']) {
    const { exports } = entries.get(name);
    const code = `import { load } from './load.js';\n\nexport const { ${exports.join(', ')} } = load(${chunk(name)});\n`;
    writeFileSync(join(dist, `${name}.mjs`), code);
  }
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
}

async function bundleAlone(name, define) {
  const bundle = await rolldown({
    cwd: root,
    input: `src/chunks/${name}.ts`,
    platform: 'node',
    transform: { define },
  });
  await bundle.write({ file: join(dist, `${name}.js`), format: 'cjs', minify });
  await bundle.close();
}
