// Mutation testing with Stryker: places of the code are changed, one at a time, and a test should fail for each.
//
//   npm run mutate -- [lines] [seed] [folder or file ...]        default: 100 lines, seed 1, src/link src/lint rules
//
// It works in a copy below the system's temporary folder, where Stryker is installed without scripts: it is large and seldom used. Only the
// changes within some lines are tried, drawn by the seed; `all` for lines tries everything. Tests stay loaded between
// changes (scripts/mutate/runner.mjs), which makes about eighty changes a minute.
// Prints the score and every change that no test noticed. Ends with 1 where it could not run.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDice } from '../fuzz/mutate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stryker = ['@stryker-mutator/core@9.6.1'];
const [lines = '100', seed = '1', ...named] = process.argv.slice(2);
const folders = named.length > 0 ? named : ['src/link', 'src/lint', 'rules'];

const scratch = mkdtempSync(join(tmpdir(), 'gwlint-mutate-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
for (const path of listed.toString().split('\0').filter(Boolean)) {
  mkdirSync(dirname(join(scratch, path)), { recursive: true });
  cpSync(join(root, path), join(scratch, path), { verbatimSymlinks: true });
}
run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
run('npm', ['install', '--no-save', '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', ...stryker]);

writeFileSync(
  join(scratch, 'stryker.config.json'),
  JSON.stringify({
    testRunner: 'gwlint',
    plugins: ['./scripts/mutate/runner.mjs'],
    buildCommand: 'node scripts/mutate/bundle.mjs mutate.bundle.mjs',
    mutate: lines === 'all' ? filesOf(folders) : drawn(filesOf(folders), Number(lines), Number(seed)),
    inPlace: true,
    concurrency: 1,
    maxTestRunnerReuse: 300,
    timeoutMS: 20_000,
    dryRunTimeoutMinutes: 30,
    allowEmpty: true,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: 'mutation.json' },
  }),
);
const done = spawnSync(join(scratch, 'node_modules/.bin/stryker'), ['run'], { cwd: scratch, stdio: 'inherit' });
if (done.status !== 0) process.exit(1);
tell(JSON.parse(readFileSync(join(scratch, 'mutation.json'), 'utf8')));

function run(program, args) {
  execFileSync(program, args, { cwd: scratch, stdio: ['ignore', 'ignore', 'inherit'] });
}

function filesOf(list) {
  return list.flatMap(path =>
    path.endsWith('.ts')
      ? [path]
      : readdirSync(join(scratch, path), { recursive: true })
          .filter(name => name.endsWith('.ts') && !name.endsWith('_template.ts'))
          .map(name => `${path}/${name}`)
          .sort(),
  );
}

/** Some lines with code in them, as `file:line-line`. */
function drawn(files, count, from) {
  const { pick } = createDice(from);
  const places = files.flatMap(file =>
    readFileSync(join(scratch, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        /\w/.test(line) && !/^\s*(?:\/?\*|\/\/|readonly |import |export interface )/.test(line)
          ? [`${file}:${i + 1}-${i + 1}`]
          : [],
      ),
  );
  const chosen = new Set();
  while (chosen.size < Math.min(count, places.length)) chosen.add(pick(places));
  return [...chosen].sort();
}

function tell({ files }) {
  const sums = {};
  for (const [path, { mutants, source }] of Object.entries(files)) {
    for (const { status, location, mutatorName, replacement } of mutants) {
      sums[status] = (sums[status] ?? 0) + 1;
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const { start, end } = location;
      const own = source.split('\n').slice(start.line - 1, end.line);
      console.log(`${status}: ${path}:${start.line}:${start.column} ${mutatorName}: ${own.join(' ').trim()}`);
      console.log(`    ${replacement ?? ''}`);
    }
  }
  const noticed = (sums['Killed'] ?? 0) + (sums['Timeout'] ?? 0);
  const all = noticed + (sums['Survived'] ?? 0) + (sums['NoCoverage'] ?? 0);
  console.log(
    `${Object.entries(sums)
      .map(([status, count]) => `${status} ${count}`)
      .join(', ')}`,
  );
  console.log(`score ${((100 * noticed) / all).toFixed(1)}: ${noticed} of ${all} changes noticed`);
}
