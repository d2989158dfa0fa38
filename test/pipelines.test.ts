import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { snippets } from '../src/cli/snippets.js';
import { parseDockerfile } from '../src/syntax/dockerfile/parse.js';
import { run } from './cli/process.js';
import { serverAtImport } from './cli/stacks.js';
import { projectRoot, textOf } from './sources.js';

/** The file in docs/ci that shows a snippet. */
const shown: Readonly<Record<string, string>> = {
  'pre-commit': 'pre-commit.yaml',
  github: 'github.yml',
  gitlab: 'gitlab.yml',
  circleci: 'circleci.yml',
  jenkins: 'Jenkinsfile',
};
const files = [...Object.values(shown), 'reviewdog.yml'];

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-pipelines-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

// `UPDATE=1` writes them, before anything reads them.
if (process.env['UPDATE'] === '1') {
  for (const { id, text } of snippets) writeFileSync(join(projectRoot, `docs/ci/${shown[id]}`), text(manifest.version));
}

/** The page with every file in the place where it is named; `UPDATE=1` writes the page and the files. */
function page(): string {
  return textOf('docs/ci/README.md').replace(
    /<!-- file: (\S+) -->\n(?:\n```\w*\n.*?\n```\n)?/gs,
    (_, name: string) =>
      `<!-- file: ${name} -->\n\n\`\`\`${languageOf(name)}\n${textOf(`docs/ci/${name}`).trimEnd()}\n\`\`\`\n`,
  );
}

function languageOf(name: string): string {
  return /\.ya?ml$/.test(name) ? 'yaml' : 'groovy';
}

test.each(snippets.map(one => [one.id, one] as const))('docs/ci shows what gwlint init writes: %s', (id, { text }) => {
  expect(textOf(`docs/ci/${shown[id]}`)).toBe(text(manifest.version));
});

test('the page shows every file', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(join(projectRoot, 'docs/ci/README.md'), page());
  expect(textOf('docs/ci/README.md')).toBe(page());
  expect([...page().matchAll(/<!-- file: (\S+) -->/g)].map(found => found[1]).sort()).toEqual([...files].sort());
});

/** The options with which a pipeline calls gwlint. */
function callsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/npx --yes gwlint@[\d.]+([^'\n]*)/g)].map(found =>
    (found[1] ?? '').trim().split(' ').filter(Boolean),
  );
}

describe.each(files.filter(name => name !== 'pre-commit.yaml'))('the pipeline of %s', name => {
  const text = textOf(`docs/ci/${name}`);

  test('takes the version of today', () => {
    const versions = [...text.matchAll(/gwlint@([\d.]+)/g)].map(found => found[1]);
    expect(new Set(versions)).toEqual(new Set([manifest.version]));
  });

  test('makes the reports that it hands on, and fails where it should', async () => {
    const root = join(scratch, name);
    for (const [path, content] of Object.entries(serverAtImport)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    mkdirSync(join(root, 'reports'));
    const calls = callsIn(text);
    expect(calls).toHaveLength(1);
    for (const argv of calls) {
      const { code, stderr } = await run(root, argv, { env: { CI: 'true' } });
      expect([code, stderr]).toEqual([argv.includes('never') ? 0 : 1, '']);
      for (const file of argv.flatMap(word => /=(\S+\.\w+)$/.exec(word)?.[1] ?? [])) {
        expect(existsSync(join(root, file))).toBe(true);
        // Somebody takes it: an artifact, a store step, a redirection.
        const rest = text.replace(argv.join(' '), '');
        expect(rest.includes(file) || rest.includes(`path: ${dirname(file)}\n`)).toBe(true);
      }
    }
  });
});

test.each(files.filter(name => /\.ya?ml$/.test(name)))('%s is YAML', name => {
  expect(Object.keys(parse(textOf(`docs/ci/${name}`))).length).toBeGreaterThan(0);
});

describe('the image', () => {
  const file = { path: 'Dockerfile', text: textOf('Dockerfile') };
  const tree = parseDockerfile(file);
  const lines = file.text.split('\n');

  test('is a Dockerfile without problems, to our own reader as well', async () => {
    expect(tree.problems).toEqual([]);
    const root = join(scratch, 'image');
    mkdirSync(root);
    writeFileSync(join(root, 'Dockerfile'), file.text);
    const { stdout } = await run(root, ['--format', 'compact', '--allow-empty']);
    expect(stdout).toBe('');
  });

  test('stands on one exact version of Node.js that gwlint can run on', () => {
    const bases = lines.filter(line => line.startsWith('FROM ')).map(line => line.split(' ')[1]);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:(?:2[2-9]|[3-9]\d)\.\d+\.\d+-[a-z0-9.-]+$/);
  });

  test('runs gwlint without rights', () => {
    const last = lines.slice(lines.findLastIndex(line => line.startsWith('FROM ')));
    expect(last.filter(line => /^(?:USER|ENTRYPOINT)/.test(line))).toEqual(['USER node', 'ENTRYPOINT ["gwlint"]']);
  });

  test('takes in nothing that the machine has built', () => {
    expect(textOf('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['node_modules', 'dist', '.git']));
  });
});
