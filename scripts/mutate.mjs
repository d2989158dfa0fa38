// Mutation testing with Stryker: places of the code are changed, one at a time, and a test should fail for each.
//
//   npm run mutate -- [lines] [seed] [folder ...]        default: 100 lines, seed 1, src/link src/lint rules
//
// It works in a copy below the system's temporary folder, where Stryker is installed without scripts: it is large and seldom used. All of those
// folders take many hours, so only the changes within some lines are tried, drawn by the seed; `all` for lines tries everything. Changes outside
// of functions (tables, texts of rules) are left out: for each of them every test would have to run.
// Prints the score and every change that no test noticed. Ends with 1 where it could not run.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDice } from '../fuzz/mutate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stryker = ['@stryker-mutator/core@9.6.1', '@stryker-mutator/vitest-runner@9.6.1'];
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

// The tests that judge what rules find; those of stacks, of the command line and of editors would say much of the same more slowly.
writeFileSync(
  join(scratch, 'vitest.mutate.config.ts'),
  `import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: {
    include: ['test/{rules,incremental,catalogue}.test.ts', 'test/{link,lint,model,edits}/**/*.test.ts', 'test/cli/path.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
`,
);
writeFileSync(
  join(scratch, 'stryker.config.json'),
  JSON.stringify({
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutate.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    mutate: lines === 'all' ? filesOf(folders) : drawn(filesOf(folders), Number(lines), Number(seed)),
    inPlace: true,
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 30,
    allowEmpty: true,
    reporters: ['clear-text', 'json'],
    clearTextReporter: {
      allowColor: false,
      reportTests: false,
      logTests: false,
      reportScoreTable: false,
      skipFull: true,
    },
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
  return list.flatMap(folder =>
    readdirSync(join(scratch, folder), { recursive: true })
      .filter(path => path.endsWith('.ts') && !path.endsWith('_template.ts'))
      .map(path => `${folder}/${path}`)
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
        /^\s+\S/.test(line) && !/^\s*(?:\*|\/\/|readonly )/.test(line) ? [`${file}:${i + 1}-${i + 1}`] : [],
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
