import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baselineText, createBaseline, readBaseline } from '../../src/report/baseline.js';
import { folderWith } from '../host/temporary.js';
import { at, diagnostic } from '../lint/findings.js';
import { run } from './process.js';
import { serverAtImport, shortWait, working, wrongPort } from './stacks.js';

const both = { ...shortWait, 'shop.py': serverAtImport['shop.py'] };
const file = 'gwlint-baseline.json';

describe('a baseline', () => {
  test('is written for review, and then nothing is reported', async () => {
    const root = folderWith(both);
    expect(await run(root, ['--write-baseline'])).toEqual({
      code: 0,
      stdout: '',
      stderr: `gwlint: wrote 2 findings to ${file}; gwlint --baseline ${file} reports what is not in it\n`,
    });
    expect(JSON.parse(readFileSync(join(root, file), 'utf8'))).toEqual({
      version: 1,
      findings: [
        {
          file: 'nginx.conf',
          rule: 'timeout/gateway-before-worker',
          severity: 'warning',
          code: 'proxy_read_timeout 60s;',
          with: 'gunicorn.conf.py',
        },
        {
          file: 'shop.py',
          rule: 'python/server-at-import',
          severity: 'error',
          code: 'application.run(port=5000)',
          with: 'Procfile',
        },
      ],
    });
    const { code, stdout, stderr } = await run(root, ['--baseline', file]);
    expect([code, stderr]).toEqual([0, `gwlint: 2 findings are in ${file} and not reported\n`]);
    expect(stdout).toMatch(/^No problems found in \d files\.\n$/);
  });

  test('holds when lines move, and is the same from every folder', async () => {
    const root = folderWith(both);
    await run(root, ['--write-baseline']);
    writeFileSync(join(root, 'nginx.conf'), `# a\n# b\n${both['nginx.conf'].replaceAll('    ', '\t')}`);
    writeFileSync(join(root, 'shop.py'), `import os\n${both['shop.py']}`);
    expect((await run(root, ['--baseline', file])).code).toBe(0);
    mkdirSync(join(root, 'below'));
    expect((await run(join(root, 'below'), ['..', '--baseline', `../${file}`])).code).toBe(0);
    const before = readFileSync(join(root, file), 'utf8');
    await run(join(root, 'below'), ['..', `--write-baseline=../${file}`]);
    expect(readFileSync(join(root, file), 'utf8')).toBe(before);
  });

  test('keeps back no new finding', async () => {
    const root = folderWith(shortWait);
    await run(root, ['--write-baseline']);
    writeFileSync(join(root, 'gunicorn.conf.py'), wrongPort['gunicorn.conf.py']);
    expect((await run(root, ['--baseline', file, '--format', 'compact'])).stdout).toMatch(
      /^nginx\.conf:6:31: error upstream\/address-mismatch: [^\n]*\n$/,
    );
  });

  test('tells entries that are there no more, but only of what this run looked for', async () => {
    const root = folderWith(both);
    await run(root, ['--write-baseline=known.json']);
    writeFileSync(join(root, 'nginx.conf'), working['nginx.conf']);
    const { code, stderr } = await run(root, ['--baseline', 'known.json']);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'gwlint: 1 finding is in known.json and not reported\n' +
        'gwlint: 1 finding of known.json is there no more; gwlint --baseline known.json --write-baseline takes them out\n' +
        'gwlint:   nginx.conf: timeout/gateway-before-worker: proxy_read_timeout 60s;\n',
    );
    for (const argv of [['--select', 'python'], ['shop.py']]) {
      expect((await run(root, ['--baseline', 'known.json', ...argv])).stderr).not.toContain('no more');
    }
    await run(root, ['--baseline', 'known.json', '--write-baseline']);
    expect(JSON.parse(readFileSync(join(root, 'known.json'), 'utf8')).findings).toHaveLength(1);
  });

  test('is left alone by repairs', async () => {
    const root = folderWith(both);
    await run(root, ['--write-baseline', '--select', 'python']);
    const { code, stderr } = await run(root, ['--baseline', file, '--unsafe-fixes']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^gwlint: repaired 1 finding in nginx\.conf\n/);
    expect(readFileSync(join(root, 'shop.py'), 'utf8')).toBe(both['shop.py']);
  });

  test.each([
    ['{', 'is not JSON'],
    ['{"version":2,"findings":[]}', 'is a baseline of version 2, which this gwlint cannot read'],
    ['{"version":1}', 'is no baseline of gwlint'],
    [
      '{"version":1,"findings":[{"file":"a","rule":"b","code":"c"},{"file":"a"}]}',
      'has an entry without file, rule or code: the 2. of its findings',
    ],
  ])('%s is told', async (text, why) => {
    const root = folderWith({ ...working, [file]: text });
    expect(await run(root, ['--baseline', file])).toEqual({ code: 2, stdout: '', stderr: `gwlint: ${file} ${why}\n` });
  });
});

test('secrets are masked, also where they tell findings apart', () => {
  const secret = { path: 'a.py', text: 'SECRET_KEY = "hunter2"\n' };
  const other = { path: 'TOKEN=b', text: 'x' };
  const text = baselineText(
    [diagnostic(at(secret, 'SECRET_KEY'), { related: [{ span: at(other, 'x'), message: 'API_TOKEN=hunter2' }] })],
    path => path,
  );
  expect(text).toContain('SECRET_KEY = \\"*******\\"');
  expect(text).not.toContain('hunter2');
});

test('twins are counted, and the order of findings does not matter', () => {
  const twins = { path: 'a', text: 'HERE;\nHERE;\nHERE 2;\n' };
  const all = [...twins.text.matchAll(/HERE/g)].map(({ index }) =>
    diagnostic({ file: twins, start: index, end: index + 4 }),
  );
  const shown = (path: string) => path;
  const text = baselineText(all, shown);
  expect(JSON.parse(text).findings.map((one: { count?: number }) => one.count)).toEqual([undefined, 2]);
  expect(baselineText(all.toReversed(), shown)).toBe(text);
  const entries = readBaseline(text);
  if (typeof entries === 'string') throw new Error(entries);
  const baseline = createBaseline(entries);
  const [first, second] = all;
  if (!first || !second) throw new Error('two findings are made above');
  expect([first, second, first].map(one => baseline.take(one, shown))).toEqual([true, true, false]);
  expect(baseline.left()).toMatchObject([{ code: 'HERE 2;', count: 1 }]);
});

test('what is written is read again and has every finding', () => {
  const piece = fc.constantFrom('a', '"', '\\', '\n', ' ', 'TOKEN=x', '\u0000', '\ud800', '漢');
  const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, fc.nat(12)), { maxLength: 8 }), some => {
      const all = some.map(([path, content, start]) =>
        diagnostic({ file: { path, text: content }, start: Math.min(start, content.length), end: content.length }),
      );
      const entries = readBaseline(baselineText(all, path => path));
      if (typeof entries === 'string') throw new Error(entries);
      const baseline = createBaseline(entries);
      expect(all.every(one => baseline.take(one, path => path))).toBe(true);
      expect(baseline.left()).toEqual([]);
    }),
  );
});
