import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { compactReport } from '../../src/report/compact.js';
import { jsonReport } from '../../src/report/json.js';
import { prettyReport } from '../../src/report/pretty.js';
import { type Report, relocate } from '../../src/report/report.js';
import { at, diagnostic, replaceFix } from '../lint/findings.js';

const nginx = {
  path: 'nginx.conf',
  text: 'server {\n  location / {\n\t\tproxy_pass http://127.0.0.1:8001;\n  }\n}\n',
};
const config = { path: 'gunicorn.conf.py', text: 'bind = "127.0.0.1:8000"\n' };

const mismatch = diagnostic(at(nginx, '127.0.0.1:8001'), {
  message:
    'nginx passes location / to 127.0.0.1:8001, but gunicorn listens on 127.0.0.1:8000 (gunicorn.conf.py:1), so nobody answers.',
  related: [{ span: at(config, '"127.0.0.1:8000"'), message: 'gunicorn listens on 127.0.0.1:8000' }],
  log: 'connect() failed (111: Connection refused) while connecting to upstream',
  fixes: [replaceFix(at(nginx, '127.0.0.1:8001'), '127.0.0.1:8000')],
});

function report(...diagnostics: Report['diagnostics']): Report {
  return { diagnostics, unresolved: [], files: 2 };
}

describe('for people', () => {
  test('both ends are shown with their code, then what is seen and what helps', () => {
    expect(prettyReport(report(mismatch))).toBe(`error upstream/address-mismatch
nginx passes location / to 127.0.0.1:8001, but gunicorn listens on
127.0.0.1:8000 (gunicorn.conf.py:1), so nobody answers.

  nginx.conf:3:21
  3 |   proxy_pass http://127.0.0.1:8001;
    |                     ^^^^^^^^^^^^^^
  gunicorn.conf.py:1:8  gunicorn listens on 127.0.0.1:8000
  1 | bind = "127.0.0.1:8000"
    |        ----------------

  users see     502 Bad Gateway
  the log says  connect() failed (111: Connection refused) while connecting to
                upstream
  repair        Write 127.0.0.1:8000 (gwlint --fix)
  more          gwlint explain upstream/address-mismatch

Found 1 error in 2 files. Can be repaired: 1 with gwlint --fix.
`);
  });

  test('alternatives are offered side by side', () => {
    const two = diagnostic(at(nginx, 'proxy_pass'), {
      severity: 'warning',
      confidence: 'likely',
      fixes: [replaceFix(at(nginx, 'proxy_pass'), 'a'), replaceFix(at(nginx, 'proxy_pass'), 'b')],
    });
    const text = prettyReport(report(two));
    expect(text).toContain('warning upstream/address-mismatch (likely)\n');
    expect(text).toContain('  either        Write a\n  or            Write b\n');
    expect(text).toContain('Found 1 warning in 2 files.\n');
  });

  test('nothing found is said, and what was not checked', () => {
    const unresolved = [{ span: at(nginx, 'location'), why: '${X} is filled in at start' }];
    expect(prettyReport(report())).toBe('No problems found in 2 files.\n');
    expect(prettyReport({ ...report(), unresolved })).toBe(
      'Not checked: 1 thing that cannot be known from the files alone (gwlint -v lists\nthem).\nNo problems found in 2 files.\n',
    );
    expect(prettyReport({ ...report(), unresolved }, { verbose: true })).toContain(
      '  nginx.conf:2:3: ${X} is filled in at start\n',
    );
  });

  test('many related places are named in one line after the first five', () => {
    const related = Array.from({ length: 20 }, (_, i) => ({ span: at(config, 'bind'), message: `place ${i}` }));
    const text = prettyReport(report(diagnostic(at(nginx, 'server'), { related })));
    expect(text.match(/place \d/g)).toHaveLength(5);
    expect(text.replace(/\s+/g, ' ')).toContain('gunicorn.conf.py:1 and 7 other places');
  });

  test('no line is wider than the terminal, except where a word is', () => {
    const long = { path: 'deploy/nginx/sites/long.conf', text: `${'x '.repeat(300)}TARGET${' y'.repeat(300)}\n` };
    const text = prettyReport(report(diagnostic(at(long, 'TARGET'), { message: 'many words '.repeat(60) }), mismatch), {
      width: 80,
    });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const code = text.split('\n').find(line => line.includes('TARGET')) ?? '';
    const marks = text.split('\n')[text.split('\n').indexOf(code) + 1] ?? '';
    expect(marks.indexOf('^^^^^^')).toBe(code.indexOf('TARGET'));
    expect(code).toMatch(/\| \.\.\.x .*y\.\.\.$|\| \.\.\. .*\.\.\.$/);
  });

  test('marks stand under their text beside wide characters, tabs and a byte order mark', () => {
    const wide = { path: 'x', text: '\ufeff# 漢字\t漢字 HERE\n' };
    const lines = prettyReport(report(diagnostic(at(wide, 'HERE')))).split('\n');
    const code = lines.find(line => line.includes('HERE')) ?? '';
    const marks = lines[lines.indexOf(code) + 1] ?? '';
    expect(code).toBe('  1 | # 漢字 漢字 HERE');
    expect(marks).toBe('    |             ^^^^'.replace('    |', '    |'));
    expect(marks.indexOf('^')).toBe('  1 | # '.length + 4 + 1 + 4 + 1);
  });

  test('a span over several lines is marked to the end of its first', () => {
    const lines = prettyReport(report(diagnostic(at(nginx, 'location / {\n\t\tproxy_pass')))).split('\n');
    expect(lines).toContain('  2 |   location / {');
    expect(lines).toContain('    |   ^^^^^^^^^^^^');
  });

  test('colour adds nothing but colour', () => {
    const painted = prettyReport(report(mismatch), { colour: true });
    expect(painted).toContain('\u001b[31m');
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(prettyReport(report(mismatch)));
  });
});

const hostile = { path: 'evil\u001b]0;x\u0007.conf', text: 'a \u001b[2J\u202e\u009b1m HERE\u0000\r\n' };
const evil = diagnostic(at(hostile, 'HERE'), {
  message: 'name \u001b[31mred\u0007 \u2066x',
  related: [{ span: at(hostile, 'HERE'), message: 'here\n::error::x' }],
  log: '\u001b[0m',
  fixes: [replaceFix(at(hostile, 'HERE'), '\u001b[0m', { title: '\u001b[0m' })],
});

test.each([
  ['pretty', prettyReport],
  ['compact', compactReport],
  ['json', (one: Report) => jsonReport(one, { name: 'gwlint', version: '0' })],
])('no control character of a file reaches the terminal: %s', (_, format) => {
  const text = format({ ...report(evil), unresolved: [{ span: at(hostile, 'HERE'), why: '\u001b[1m' }] });
  expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]/);
});

test.each([
  ['pretty', prettyReport],
  ['compact', compactReport],
  ['json', (one: Report) => jsonReport(one, { name: 'gwlint', version: '0' })],
])('no secret is printed: %s', (_, format) => {
  const secret = { path: '.env', text: 'PORT=8000 SECRET_KEY=hunter2 DATABASE_URL=postgres://me:hunter2@db/x\n' };
  const text = format(
    report(
      diagnostic(at(secret, '8000'), {
        message: 'started with API_TOKEN="hunter2"',
        related: [{ span: at(secret, '8000'), message: 'DB_PASSWORD: hunter2' }],
      }),
    ),
  );
  expect(text).toContain('API_TOKEN=');
  expect(text).not.toContain('hunter2');
});

test('compact is one line for each finding', () => {
  expect(compactReport(report(mismatch, diagnostic(at(config, 'bind'), { severity: 'info', message: 'x' })))).toBe(
    'nginx.conf:3:21: error upstream/address-mismatch: nginx passes location / to 127.0.0.1:8001, but gunicorn listens on 127.0.0.1:8000 (gunicorn.conf.py:1), so nobody answers.\n' +
      'gunicorn.conf.py:1:1: info upstream/address-mismatch: x\n',
  );
});

describe('for programs', () => {
  const tool = { name: 'gwlint', version: '0.1.0' };

  test('every field of the contract is there', () => {
    const unresolved = [{ span: at(nginx, 'location'), why: 'not known' }];
    expect(JSON.parse(jsonReport({ ...report(mismatch), unresolved }, tool))).toEqual({
      version: 1,
      tool: { name: 'gwlint', version: '0.1.0' },
      diagnostics: [
        {
          rule: 'upstream/address-mismatch',
          severity: 'error',
          confidence: 'proved',
          message: mismatch.message,
          file: 'nginx.conf',
          range: { start: { line: 3, column: 21, offset: 44 }, end: { line: 3, column: 35, offset: 58 } },
          related: [
            {
              file: 'gunicorn.conf.py',
              range: { start: { line: 1, column: 8, offset: 7 }, end: { line: 1, column: 24, offset: 23 } },
              message: 'gunicorn listens on 127.0.0.1:8000',
            },
          ],
          symptom: '502',
          docs: 'docs/rules/upstream/address-mismatch.md',
          fixes: [
            {
              title: 'Write 127.0.0.1:8000',
              safety: 'safe',
              edits: [
                {
                  file: 'nginx.conf',
                  range: { start: { line: 3, column: 21, offset: 44 }, end: { line: 3, column: 35, offset: 58 } },
                  newText: '127.0.0.1:8000',
                },
              ],
            },
          ],
        },
      ],
      unresolved: [
        {
          file: 'nginx.conf',
          range: { start: { line: 2, column: 3, offset: 11 }, end: { line: 2, column: 11, offset: 19 } },
          why: 'not known',
        },
      ],
      summary: { files: 2, errors: 1, warnings: 0, infos: 0, fixable: 1 },
    });
  });

  test('the documented schema accepts what is printed', async () => {
    const { readFileSync } = await import('node:fs');
    const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
    const accepts = new Ajv.default({ allErrors: true }).compile(schema);
    accepts(JSON.parse(jsonReport(report(mismatch, evil), tool)));
    expect(accepts.errors).toBeNull();
    expect(accepts({ version: 1 })).toBe(false);
  });
});

test('relocating shows the whole file and the path that the user knows', () => {
  const embedded = { path: 'k8s.yaml', text: '         HERE\n' };
  const whole = { path: 'deploy/k8s.yaml', text: 'nginx:   HERE\n' };
  const text = prettyReport(relocate(report(diagnostic(at(embedded, 'HERE'))), () => whole));
  expect(text).toContain('  deploy/k8s.yaml:1:10\n  1 | nginx:   HERE\n');
});
