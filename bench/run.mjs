// All benchmarks in one run, so that figures of different programs compare; writes docs/benchmarks.md.
//
//   npm run build && npm run bench            everything (some minutes)
//   npm run bench -- --quick                  small inputs, nothing written
//   npm run bench -- --peers                  fetches nginx-linter from the npm registry to compare with
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { kubernetesTree, monorepo, nginxConfig, pythonModules } from './inputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
const quick = process.argv.includes('--quick');
const scratch = mkdtempSync(join(tmpdir(), 'gwlint-bench-'));
const usage = join(scratch, 'usage.json');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

// Read by every Node.js program that is measured: it tells at its end what it used. A CommonJS module: Node.js would load megabytes more for another.
const meter = join(scratch, 'meter.cjs');
writeFileSync(
  meter,
  `const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 }));
});
`,
);

/** Milliseconds of wall and CPU time and megabytes at the peak of one Node.js program; the median by CPU time of several runs. */
function measure(argv, { cwd = root, runs = 3, before = () => {} } = {}) {
  return median(Array.from({ length: runs }, () => measureOnce(argv, cwd, before)));
}

function measureOnce(argv, cwd, before) {
  rmSync(usage, { force: true });
  before();
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['--require', meter, ...argv], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1e9,
    timeout: 600_000,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (status === null || status > 1) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { wall, ...JSON.parse(readFileSync(usage, 'utf8')) };
}

/** The medians of several programs that are run in turn, so that whatever else the machine does slows all alike. */
function measureInTurn(runs, programs) {
  const all = programs.map(() => []);
  for (let i = 0; i < runs; i++)
    for (const [at, { argv, before = () => {} }] of programs.entries()) all[at].push(measureOnce(argv, root, before));
  return all.map(median);
}

/** The same for any program, by GNU time; undefined where one of the two is missing. */
function measureOther(argv, { cwd = root, runs = 3 } = {}) {
  const all = [];
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync('timeout', ['60', '/usr/bin/time', '-f', '%U %S %M', ...argv], {
      cwd,
      encoding: 'utf8',
    });
    const wall = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== 0) return undefined;
    const [user, system, memory] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    all.push({ wall, cpu: (user + system) * 1000, memory: memory / 1024 });
  }
  return median(all);
}

function median(all) {
  return all.sort((a, b) => a.cpu - b.cpu)[all.length >> 1];
}

const rows = [];

/** One line of the table: gwlint on a folder, whose size in megabytes is what memory is compared with. */
function lint(name, folder, { argv = ['--no-cache', '.'], runs = 3 } = {}) {
  const found = measure([cli, '--format', 'json', ...argv], { cwd: folder, runs });
  const row = { name, size: sizeOf(folder) / 1e6, ...found };
  rows.push(row);
  console.log(show(row));
  return row;
}

function show({ name, size, wall, cpu, memory }) {
  return `| ${[name, size.toFixed(size < 1 ? 3 : 1), seconds(wall), seconds(cpu), memory.toFixed(0)].join(' | ')} |`;
}

function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(2);
}

function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}

const at = name => join(scratch, name);
const scale = quick ? 20 : 1;

// Start and one small stack. The first run of an installation finds no compiled code of an earlier one.
const first = measure([cli, '--no-cache', 'examples/broken-shop'], {
  runs: 15,
  before: () => rmSync(join(root, 'dist/.code'), { recursive: true, force: true }),
});
// A remark more in its nginx.conf before each run: nothing that was found before holds any more.
const edited = at('broken-shop');
cpSync(join(root, 'examples/broken-shop'), edited, { recursive: true });
const starts = [
  { argv: ['-e', '0'] },
  { argv: [cli, '--version'] },
  { argv: [cli, '--no-cache', 'examples/broken-shop'] },
  { argv: [cli, edited], before: () => appendFileSync(join(edited, 'nginx.conf'), '#\n') },
  { argv: [cli, 'examples/broken-shop'] },
];
// Once for the code that each of them takes.
measureInTurn(2, starts);
const [bare, version, anew, changed, again] = measureInTurn(15, starts);

const pairs = [];
function pair(name, make, n, runs) {
  make(at(`${name}-1`), Math.max(2, n / scale / 10));
  make(at(`${name}-10`), Math.max(20, n / scale));
  const one = lint(`${name}, ${Math.max(2, n / scale / 10)}`, at(`${name}-1`), { runs });
  const ten = lint(`${name}, ${Math.max(20, n / scale)}`, at(`${name}-10`), { runs });
  pairs.push({
    name,
    cpu: (ten.cpu - bare.cpu) / (one.cpu - bare.cpu),
    wall: (ten.wall - bare.wall) / (one.wall - bare.wall),
  });
}
pair('nginx, servers of 2 kB', (folder, n) => nginxConfig(folder, n, 2000), 5000, 3);
pair('nginx, servers of 1 kB', (folder, n) => nginxConfig(folder, n, 990), 50_000, 1);
pair('Python modules behind one entry', pythonModules, 1000, 3);
pair('stacks in one folder', monorepo, 1000, 1);
pair('Kubernetes documents', kubernetesTree, 5000, 1);
const stacks = at('stacks in one folder-10');
const folders = readdirSync(join(stacks, 'services')).map(name => `services/${name}`);
lint('the same stacks, each a folder of its own, one thread', stacks, {
  argv: ['--no-cache', '--jobs', '1', ...folders],
  runs: 1,
});
lint('the same, all cores', stacks, { argv: ['--no-cache', ...folders], runs: 1 });
lint('the same folder, into an empty cache', stacks, { argv: ['--cache', at('cache'), '.'], runs: 1 });
lint('the same folder, out of the cache', stacks, { argv: ['--cache', at('cache'), '.'], runs: 1 });

// Parsing alone, against others that read the same file.
const parsing = { parse: join(root, 'src/syntax/nginx/parse.ts'), walk: join(root, 'src/syntax/nginx/walk.ts') };
const bundle = await rolldown({ input: parsing, platform: 'node' });
await bundle.write({ dir: at('parser'), format: 'esm', entryFileNames: '[name].mjs' });
await bundle.close();
const linter = join(at('peer'), 'node_modules/nginx-linter/lib/parser/parser.js');
if (process.argv.includes('--peers')) {
  const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', at('peer')];
  spawnSync('npm', [...install, 'nginx-linter@0.7.0'], { stdio: 'inherit' });
}
const imported = path => JSON.stringify(pathToFileURL(path).href);

/** Names of parsers, each with what it takes for this file, or with the reason why there is no figure. */
function compareParsers(file) {
  const program = read => {
    const path = at('program.mjs');
    const text = `import { readFileSync } from 'node:fs';\nconst text = readFileSync(${JSON.stringify(file)}, 'utf8');\n`;
    writeFileSync(path, `${text}${read}\n`);
    // A peer may never come back from a file.
    const { status } = spawnSync(process.execPath, [path], { stdio: 'ignore', timeout: 120_000 });
    if (status === null) return 'not done after 120 s';
    return status === 0 ? measure([path], { runs: 3 }) : 'fails';
  };
  const parse = `const { parseNginx } = await import(${imported(at('parser/parse.mjs'))});\nconst tree = parseNginx({ path: 'nginx.conf', text });`;
  const peer = read => (existsSync(linter) ? program(read) : 'not installed');
  return [
    ['only reading the file', program('if (text.length < 1) process.exit(1);')],
    ['gwlint, parse', program(parse)],
    // Words are made when they are asked for.
    [
      'gwlint, parse and make every word',
      program(
        `${parse}\nconst { walkNginx } = await import(${imported(at('parser/walk.mjs'))});\nfor (const { node } of walkNginx(tree.nodes)) node.words.map(word => word.value);`,
      ),
    ],
    ['gwlint, everything', measure([cli, '--no-cache', '--format', 'json', '.'], { cwd: join(file, '..') })],
    [
      'nginx-conf 2.1.0, parse',
      program(
        `const { parse } = await import(${imported(join(root, 'node_modules/nginx-conf/dist/index.js'))});\nparse(text, error => { if (error) process.exit(1); });`,
      ),
    ],
    [
      'nginx-linter 0.7.0, parse',
      peer(`const { default: parser } = await import(${imported(linter)});\nparser.parse(text);`),
    ],
    ['nginx -t', measureOther(['nginx', '-t', '-q', '-c', file]) ?? 'not installed'],
  ];
}
const compared = ['nginx, servers of 2 kB-1', 'nginx, servers of 2 kB-10'].map(name => {
  const file = join(at(name), 'nginx.conf');
  return { megabytes: statSync(file).size / 1e6, parsers: compareParsers(file) };
});

// Of the one of the example's two modules whose import ends.
const shop = join(root, 'examples/broken-shop');
const gunicorn = measureOther(['gunicorn', '--check-config', '--chdir', shop, 'reports:app']);
const ruff = measureOther(['ruff', 'check', '--no-cache', '--exit-zero', shop]);

/** CPU time of each parser beyond reading the file, and as a ratio to gwlint's. */
function parserTable({ megabytes, parsers }) {
  const [[, { cpu: reading }], [, { cpu: own }]] = parsers;
  const lines = parsers.map(([name, found]) => {
    if (typeof found === 'string') return `| ${name} | ${found} | | | |`;
    // nginx has no Node.js to start.
    const alone = found.cpu - (name === 'nginx -t' ? 0 : reading);
    return `| ${name} | ${seconds(found.cpu)} | ${seconds(alone)} | ${(alone / (own - reading)).toFixed(1)} | ${found.memory.toFixed(0)} |`;
  });
  return `### ${megabytes.toFixed(1)} MB

| | CPU, s | without reading the file | as many times as gwlint's parser | peak, MB |
|---|---|---|---|---|
${lines.join('\n')}
`;
}

const editor = spawnSync(process.execPath, [join(root, 'bench', 'editor.mjs')], { encoding: 'utf8' }).stdout.trim();

function startRow(what, { wall, cpu, memory }) {
  return `| ${[what, wall.toFixed(0), cpu.toFixed(0), memory.toFixed(0)].join(' | ')} |`;
}

const memoryRows = rows.filter(row => row.size >= 1);
const report = `# Benchmarks

Made by \`npm run build && npm run bench -- --peers\`; \`bench/run.mjs\` generates the inputs and writes this page. Machine: ${cpus().length} x ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB, Node.js
${process.version}. Times are the median by CPU time of up to 3 runs (15 for the start), with everything from the start of the process to its end. Figures of one page come from one run; compare them with each
other and not with those of another machine. The host of the machine is shared: at its best \`node -e 0\` takes 60 ms there, and where it takes longer all other times are stretched alike.

## Start

| | wall, ms | CPU, ms | peak, MB |
|---|---|---|---|
${startRow('`node -e 0`', bare)}
${startRow('`gwlint --version`', version)}
${startRow('`gwlint --no-cache examples/broken-shop`, the first run of an installation', first)}
${startRow('the same, later', anew)}
${startRow('`gwlint examples/broken-shop`, something has changed since it was last judged', changed)}
${startRow('the same, nothing has changed', again)}
${gunicorn ? `${startRow('`gunicorn --check-config` of one of its modules, which imports Flask', gunicorn)}\n` : ''}
${ruff ? `${startRow('`ruff check --no-cache` of its Python', ruff)}\n` : ''}Over bare Node.js a small stack of nginx, Gunicorn and Python takes ${(again.wall - bare.wall).toFixed(0)} ms where nothing has changed since it was last judged, and ${(changed.wall - bare.wall).toFixed(0)} ms where something has (aim: 25).
\`bench/start.mjs\` measures this alone, all in turn.

## In an editor

Milliseconds until a key is judged, and a run without what is kept between keys, in one process (aim: 20 ms at the 95th percentile):

\`\`\`text
${editor}
\`\`\`

## Size

| what | input, MB | wall, s | CPU, s | peak, MB |
|---|---|---|---|---|
${rows.map(show).join('\n')}

## Growth

How many times more ten times the input costs, without the start of Node.js (aim: at most 12).

| what | CPU | wall |
|---|---|---|
${pairs.map(one => `| ${one.name} | ${one.cpu.toFixed(1)} | ${one.wall.toFixed(1)} |`).join('\n')}

## Memory

Aim: at most 60 MB and 25 times the input.

| what | input, MB | peak, MB | times the input, over 60 MB |
|---|---|---|---|
${memoryRows.map(row => `| ${row.name} | ${row.size.toFixed(1)} | ${row.memory.toFixed(0)} | ${((row.memory - 60) / row.size).toFixed(0)} |`).join('\n')}

## Parsing nginx

Aims: within three times of \`nginx -t\`, and 20 times as fast as nginx-linter.

${compared.map(parserTable).join('\n')}
\`nginx -t\` also opens what the file names. nginx-linter is fetched only for this (\`--peers\`) and is no part of the project.
`;
if (quick) console.log(report);
else writeFileSync(join(root, 'docs', 'benchmarks.md'), report);
