// Runs the built gwlint with each version of Node.js in node_modules/ of this folder, and holds what it prints against what the Node.js that
// runs this script prints; then the unit tests of what rests most on the engine (parsers, regular expressions, WebAssembly, threads, files).
//
//   npm ci --prefix test/versions --ignore-scripts && npm run build && node test/versions/run.mjs [--no-tests]
//
// The binaries are those of Linux on x64; elsewhere it says so and ends with 0. Ends with 1 where a version differs.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli.js');
const installed = join(root, 'test/versions/node_modules');
const manifest = JSON.parse(readFileSync(join(root, 'test/versions/package.json'), 'utf8'));

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`not tested: there are binaries for linux-x64 only, and this is ${process.platform}-${process.arch}`);
  process.exit(0);
}

const stacks = readdirSync(join(root, 'fixtures/stacks'), { withFileTypes: true })
  .filter((entry, i) => entry.isDirectory() && i % 8 === 0)
  .map(entry => entry.name);

/** What is run, in a copy of the examples and of some stacks; `input` goes to standard input. */
const commands = [
  { args: ['--version'] },
  { args: ['explain', 'upstream/address-mismatch'] },
  { args: ['--format', 'json', 'stacks'] },
  { args: ['--format', 'json', '--jobs', '2', '--cache', 'kept', ...stacks.map(name => `stacks/${name}`)] },
  { args: ['--format', 'json', '--jobs', '1', '--cache', 'kept', ...stacks.map(name => `stacks/${name}`)] },
  { args: ['--format', 'sarif', 'examples/broken-shop'] },
  { args: ['path', 'examples/broken-shop'] },
  { args: ['--unsafe-fixes', '--diff', 'examples/broken-shop'] },
  { args: ['--config', 'examples/own-rules/gwlint.yaml', '--no-plugins', 'examples/own-rules'] },
  {
    args: ['--format', 'json', '--stdin-filename', 'nginx.conf', '-'],
    input: 'events {}\nhttp {\n  server { listen 80\n}\n',
  },
  { args: ['--unsafe-fixes', 'examples/broken-shop'], writes: 'examples/broken-shop' },
];

/** What each command prints and what it leaves in the files that it may write, as one text. */
function outcomes(node) {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-versions-'));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  for (const name of stacks)
    cpSync(join(root, 'fixtures/stacks', name), join(folder, 'stacks', name), { recursive: true });
  const found = commands.map(({ args, input = '', writes }) => {
    const { status, stdout, stderr } = spawnSync(node, [cli, ...args], {
      cwd: folder,
      input,
      encoding: 'utf8',
      timeout: 120_000,
    });
    const files = writes === undefined ? [] : textsBelow(join(folder, writes));
    return { command: args.join(' '), text: [`exit ${status}`, stdout, stderr, ...files].join('\n') };
  });
  rmSync(folder, { recursive: true, force: true });
  return found;
}

function textsBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => `${entry.name}: ${readFileSync(join(entry.parentPath, entry.name), 'utf8')}`)
    .sort();
}

const tests = [
  'test/syntax',
  'test/text',
  'test/regular-expressions.test.ts',
  'test/host',
  'test/cli/write.test.ts',
  'test/rules.test.ts',
];

/** `npm test` runs on the line that runs this script. */
function isTested(version) {
  return !process.argv.includes('--no-tests') && version.split('.')[0] !== process.version.split('.')[0];
}

/** Without those that compare times: they say nothing about an engine, and much about the machine. */
function unitTests(node, version) {
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot', '-t', '^(?!.*size and depth)'];
  const options = { cwd: root, encoding: 'utf8', timeout: 600_000, maxBuffer: 2 ** 28 };
  const { status, stdout, stderr } = spawnSync(node, [...vitest, ...tests], options);
  if (status !== 0) console.log(`${version}: unit tests\n${stdout.slice(-4000)}${stderr.slice(-2000)}`);
  else console.log(`${version}: unit tests: ${/Tests\s+(.*)/.exec(stripVTControlCharacters(stdout))?.[1]}`);
  return status === 0;
}

let failed = 0;
const expected = outcomes(process.execPath);
for (const [name, wanted] of Object.entries(manifest.dependencies)) {
  const node = join(installed, name, 'bin/node');
  const version = existsSync(node)
    ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    : 'not installed';
  if (!wanted.endsWith(`@${version.slice(1)}`)) {
    console.log(`${name}: ${version}, where ${wanted} is wanted`);
    failed++;
    continue;
  }
  const differing = outcomes(node).filter(({ text }, i) => text !== expected[i].text || !/^exit [01]\n/.test(text));
  for (const { command, text } of differing)
    console.log(`${version}: gwlint ${command.slice(0, 100)} differs:\n${text.slice(0, 2000)}`);
  failed += differing.length;
  if (isTested(version)) failed += unitTests(node, version) ? 0 : 1;
  console.log(
    `${version}: ${commands.length - differing.length} of ${commands.length} commands print the same as with ${process.version}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
