import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Rule } from '../../src/lint/rule.js';
import { checkstyleReport } from '../../src/report/checkstyle.js';
import { compactReport } from '../../src/report/compact.js';
import { fingerprints } from '../../src/report/fingerprint.js';
import type { FormatContext } from '../../src/report/format.js';
import { githubReport } from '../../src/report/github.js';
import { gitlabReport } from '../../src/report/gitlab.js';
import { jsonReport } from '../../src/report/json.js';
import { junitReport } from '../../src/report/junit.js';
import { code, markdownReport, prose } from '../../src/report/markdown.js';
import { prettyReport } from '../../src/report/pretty.js';
import { rdjsonReport } from '../../src/report/rdjson.js';
import type { Report } from '../../src/report/report.js';
import { sarifReport } from '../../src/report/sarif.js';
import { withoutCommands } from '../../src/report/visible.js';
import { at, diagnostic, replaceFix } from '../lint/findings.js';

const rules: readonly Rule[] = [
  {
    id: 'upstream/address-mismatch',
    summary: 'Nobody listens where the gateway dials',
    severity: 'error',
    symptom: '502',
    fix: 'alternatives',
    check: () => undefined,
  },
];

const context: FormatContext = {
  tool: { name: 'gwlint', version: '0.1.0' },
  page: id => `# ${id}\n`,
  link: id => `https://docs.example/rules/${id}`,
};

const nginx = { path: 'deploy/nginx site.conf', text: 'server {\n  proxy_pass "é" http://127.0.0.1:8001;\n}\n' };
const config = { path: 'gunicorn.conf.py', text: 'bind = "127.0.0.1:8000"\nSECRET_KEY = "hunter2"\n' };
const mismatch = diagnostic(at(nginx, '127.0.0.1:8001'), {
  message: 'nginx passes location / to 127.0.0.1:8001, but nobody listens there.',
  related: [{ span: at(config, '"127.0.0.1:8000"'), message: 'gunicorn listens here' }],
  fixes: [replaceFix(at(nginx, '127.0.0.1:8001'), '127.0.0.1:8000')],
});
const alternatives = diagnostic(at(nginx, 'server {\n  proxy_pass'), {
  severity: 'warning',
  message: 'two ways',
  fixes: [replaceFix(at(nginx, 'server'), 'a'), replaceFix(at(config, 'bind'), 'b', { safety: 'unsafe' })],
});
const advice = diagnostic(at(config, 'SECRET_KEY'), {
  severity: 'info',
  confidence: 'likely',
  message: 'API_TOKEN=hunter2 is told',
});

const hostile = {
  path: 'a`|<b>\u001b]0;x\u0007 #1,b:c\n::error::d.conf',
  text: 'x \u001b[2J\u202e HERE\u0000 ]]> ##[error] \ud800\uffff\r\n',
};
const evil = diagnostic(at(hostile, 'HERE'), {
  rule: 'upstream/address-mismatch',
  message:
    '::error file=x::pwned\n::set-output name=x::y <script>alert(1)</script> ]]> & "q" @everyone #1 [x](http://evil.example) ##[error]y \u001b[31m\ud800\uffff %0A',
  related: [{ span: at(hostile, 'HERE'), message: '| <!-- --> ```\n# head\u0007' }],
  log: '\u001b[0m',
  fixes: [replaceFix(at(hostile, 'HERE'), '\u001b[0m\u0000<>&', { title: '`x` \u001b[0m' })],
});

function report(...diagnostics: Report['diagnostics']): Report {
  return {
    diagnostics,
    unresolved: [{ span: at(nginx, 'server'), why: 'PASSWORD=hunter2 is filled in at start' }],
    files: 2,
  };
}

const all = report(mismatch, alternatives, advice, evil);

function schema(name: string) {
  return JSON.parse(readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8'));
}

const formats: Readonly<Record<string, (one: Report) => string>> = {
  pretty: one => prettyReport(one),
  compact: compactReport,
  json: one => jsonReport(one, context.tool),
  sarif: one => sarifReport(one, context, rules),
  github: githubReport,
  gitlab: gitlabReport,
  junit: one => junitReport(one, context),
  checkstyle: checkstyleReport,
  rdjson: one => rdjsonReport(one, context),
  markdown: one => markdownReport(one, context),
};

describe.each(Object.entries(formats))('%s', (_, format) => {
  test('prints no secret and no control character', () => {
    const text = format(all);
    expect(text).not.toContain('hunter2');
    expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  });

  test('tells nothing and very much', () => {
    expect(() => format(report())).not.toThrow();
    const many = Array.from({ length: 3000 }, () => mismatch);
    expect(format(report(...many)).length).toBeGreaterThan(10_000);
  });
});

describe.each(['sarif', 'gitlab', 'rdjson'])('the JSON of %s', name => {
  const accepts = new Ajv.default({ allErrors: true, formats: { uri: true, 'uri-reference': true } }).compile(
    schema(name === 'sarif' ? 'sarif-2.1.0.schema.json' : `${name}.schema.json`),
  );

  test.each([report(), report(mismatch), report(mismatch, alternatives, advice, evil)])('is valid', one => {
    accepts(JSON.parse((formats[name] ?? compactReport)(one)));
    expect(accepts.errors).toBeNull();
  });

  test('is told from anything else', () => {
    expect(accepts({ version: '2.1.0', diagnostics: [{}] })).toBe(false);
  });
});

describe.each(['junit', 'checkstyle'])('the XML of %s', name => {
  const xsd = readFileSync(new URL(`schemas/${name}.xsd`, import.meta.url), 'utf8');
  const problems = async (xml: string) =>
    (await validateXML({ xml: [{ fileName: 'report.xml', contents: xml }], schema: [xsd] })).errors;

  test.each([report(), report(mismatch), report(mismatch, alternatives, advice, evil)])('is valid', async one => {
    expect(await problems((formats[name] ?? compactReport)(one))).toEqual([]);
  });

  test('is told from anything else', async () => {
    expect(await problems('<testsuites><x/></testsuites>')).not.toEqual([]);
  });
});

describe('sarif', () => {
  const { runs } = JSON.parse(sarifReport(report(mismatch, alternatives), context, rules));
  const [{ tool, results, invocations }] = runs;

  test('tells the rule with its page', () => {
    expect(tool.driver.rules).toEqual([
      {
        id: 'upstream/address-mismatch',
        shortDescription: { text: 'Nobody listens where the gateway dials' },
        fullDescription: { text: 'Nobody listens where the gateway dials.' },
        help: { text: '# upstream/address-mismatch\n', markdown: '# upstream/address-mismatch\n' },
        helpUri: 'https://docs.example/rules/upstream/address-mismatch',
        defaultConfiguration: { level: 'error' },
        properties: { tags: ['upstream'], symptom: '502' },
      },
    ]);
  });

  test('tells the finding with its other end and its repair', () => {
    expect(results[0]).toMatchObject({
      ruleId: 'upstream/address-mismatch',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'deploy/nginx%20site.conf', uriBaseId: '%SRCROOT%' },
            region: { startLine: 2, startColumn: 25, endLine: 2, endColumn: 39, charOffset: 33, charLength: 14 },
          },
        },
      ],
      relatedLocations: [
        {
          id: 1,
          message: { text: 'gunicorn listens here' },
          physicalLocation: { artifactLocation: { uri: 'gunicorn.conf.py' }, region: { startLine: 1, startColumn: 8 } },
        },
      ],
      fixes: [
        {
          description: { text: 'Write 127.0.0.1:8000' },
          artifactChanges: [
            {
              artifactLocation: { uri: 'deploy/nginx%20site.conf' },
              replacements: [
                { deletedRegion: { charOffset: 33, charLength: 14 }, insertedContent: { text: '127.0.0.1:8000' } },
              ],
            },
          ],
          properties: { safety: 'safe' },
        },
      ],
    });
    expect(results[1].fixes).toHaveLength(2);
  });

  test('tells what was not checked', () => {
    expect(invocations[0].toolExecutionNotifications[0].message.text).toBe(
      'Not checked: PASSWORD=******* is filled in at start',
    );
  });
});

describe('fingerprints', () => {
  const lines = (text: string, rule = 'a/b') => {
    const file = { path: 'x.conf', text };
    return [...text.matchAll(/HERE/g)].map(({ index }) => diagnostic({ file, start: index, end: index + 4 }, { rule }));
  };

  test('stay when lines move, when white space changes and when the message does', () => {
    const before = fingerprints(lines('a;\n  HERE b;\n'));
    expect(fingerprints(lines('new;\n\na;\n\tHERE   b;\n'))).toEqual(before);
    expect(fingerprints(lines('a;\n  HERE b;\n').map(one => ({ ...one, message: 'other words' })))).toEqual(before);
  });

  test('differ for each finding, also for twins', () => {
    const all = [...lines('HERE;\nHERE;\nHERE 2;\n'), ...lines('HERE;\n', 'c/d')];
    expect(new Set(fingerprints(all)).size).toBe(4);
  });
});

test('github: one command for each finding, with what would end it written out', () => {
  expect(githubReport(report(mismatch))).toBe(
    '::error title=upstream/address-mismatch,file=deploy/nginx site.conf,line=2,endLine=2,col=25,endColumn=39::' +
      'nginx passes location / to 127.0.0.1:8001, but nobody listens there.%0Agunicorn.conf.py:1: gunicorn listens here%0A' +
      'gwlint explain upstream/address-mismatch\n',
  );
  const lines = githubReport(report(alternatives, advice, evil))
    .trimEnd()
    .split('\n');
  expect(lines.map(line => /^::(\w+) /.exec(line)?.[1])).toEqual(['warning', 'notice', 'error']);
  expect(lines[0]).toContain('line=1,endLine=2::two ways');
  expect(lines[2]).toContain('file=a`|<b>\\x1b]0;x\\x07 #1%2Cb%3Ac\\n%3A%3Aerror%3A%3Ad.conf,');
  expect(lines[2]).toContain(' %250A');
});

test('gitlab: path, line and a name for each', () => {
  expect(JSON.parse(gitlabReport(report(mismatch)))).toEqual([
    {
      description: mismatch.message,
      check_name: 'upstream/address-mismatch',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      severity: 'critical',
      location: { path: 'deploy/nginx site.conf', lines: { begin: 2, end: 2 } },
    },
  ]);
});

test('junit: errors and warnings fail, advice passes', () => {
  const xml = junitReport(report(mismatch, alternatives, advice), context);
  expect(xml).toContain('<testsuite name="gwlint" tests="3" failures="2" errors="0" time="0" skipped="0">');
  expect(xml.match(/<failure /g)).toHaveLength(2);
  expect(xml.match(/<system-out>/g)).toHaveLength(1);
  expect(junitReport(report(), context)).toContain('<testcase name="no problems found" classname="gwlint" time="0"/>');
});

test('checkstyle: each file once', () => {
  const xml = checkstyleReport(report(mismatch, alternatives, advice));
  expect(xml.match(/<file name="[^"]*"/g)).toEqual([
    '<file name="deploy/nginx site.conf"',
    '<file name="gunicorn.conf.py"',
  ]);
  expect(xml).toContain(
    '<error line="2" column="25" severity="error" message="nginx passes location / to 127.0.0.1:8001,',
  );
});

test('rdjson: columns count bytes, and a repair of the same file is a suggestion', () => {
  const [first, second] = JSON.parse(rdjsonReport(report(mismatch, alternatives), context)).diagnostics;
  const place = { start: { line: 2, column: 26 }, end: { line: 2, column: 40 } };
  expect(first).toEqual({
    message: `${mismatch.message}\ngunicorn.conf.py:1: gunicorn listens here`,
    location: { path: 'deploy/nginx site.conf', range: place },
    severity: 'ERROR',
    code: { value: 'upstream/address-mismatch', url: 'https://docs.example/rules/upstream/address-mismatch' },
    suggestions: [{ range: place, text: '127.0.0.1:8000' }],
  });
  expect(second.suggestions).toBeUndefined();
});

describe('markdown', () => {
  test('is a comment that a person can read', () => {
    expect(markdownReport(report(mismatch), context)).toBe(`### gwlint

Found 1 error in 2 files. Can be repaired: 1 with gwlint --fix.

#### error [\`upstream/address-mismatch\`](https://docs.example/rules/upstream/address-mismatch) in \`deploy/nginx site.conf:2\`

nginx passes location / to 127.0.0.1:8001, but nobody listens there.

- \`gunicorn.conf.py:1\`: gunicorn listens here
- repair: Write 127.0.0.1:8000 (\`gwlint --fix\`)
`);
  });

  test('is short enough for a comment', () => {
    const text = markdownReport(report(...Array.from({ length: 3000 }, () => mismatch)), context);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\nand 2\d{3} more\n$/);
  });

  test.each([
    ['<script>alert(1)</script>', '&#60;script&#62;alert&#40;1&#41;&#60;/script&#62;'],
    ['[x](http://evil.example)', '&#91;x&#93;&#40;http:<!-- -->//evil.example&#41;'],
    ['@everyone #12 !3', '@<!-- -->everyone #<!-- -->12 !<!-- -->3'],
    ['# head', '&#8203;# head'],
    ['1. one', '&#8203;1. one'],
    ['a | b `c` *d* _e_', 'a &#124; b &#96;c&#96; &#42;d&#42; &#95;e&#95;'],
    ['see www.evil.example', 'see www<!-- -->.evil.example'],
  ])('%s is no markup', (text, written) => {
    expect(prose(text)).toBe(written);
  });

  test('code is fenced by more than it holds', () => {
    expect(code('a')).toBe('`a`');
    expect(code('a``b`')).toBe('``` a``b` ```');
  });
});

describe('commands of pipelines', () => {
  test.each([
    ['::error file=x::pwned', '\\x3a:error file=x::pwned'],
    ['  ::stop-commands::x', '  \\x3a:stop-commands::x'],
    ['a ##[error]x', 'a \\x23#[error]x'],
    ['##vso[task.setvariable]x', '\\x23#vso[task.setvariable]x'],
    ['##teamcity[x]', '\\x23#teamcity[x]'],
    ['::1 is an address', '::1 is an address'],
    ['a::b::c', 'a::b::c'],
    ['## heading', '## heading'],
  ])('%s', (text, written) => {
    expect(withoutCommands(text)).toBe(written);
  });

  test('stand in no line for people', () => {
    for (const format of [prettyReport, compactReport]) {
      const text = format(report(evil));
      expect(text).not.toMatch(/^\s*::[\w-]+( [^\n]*)?::/m);
      expect(text).not.toContain('##[');
    }
  });
});

test('any text in any place gives a document that can be read', () => {
  const piece = fc.constantFrom(
    '<',
    ']]>',
    '&',
    '"',
    '\n',
    '\u0000',
    '\ud800',
    '\uffff',
    'é',
    '`',
    '::',
    '%',
    '|',
    '@a',
    '\\',
    ' ',
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 20 }).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(text, text, fc.nat(30), (path, content, start) => {
      const span = { file: { path, text: content }, start: Math.min(start, content.length), end: content.length };
      const one = report(
        diagnostic(span, { message: content, related: [{ span, message: path }], fixes: [replaceFix(span, content)] }),
      );
      for (const name of ['json', 'sarif', 'gitlab', 'rdjson']) JSON.parse((formats[name] ?? compactReport)(one));
      for (const name of ['junit', 'checkstyle']) {
        const xml = (formats[name] ?? compactReport)(one);
        expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/);
      }
      expect(githubReport(one).split('\n')).toHaveLength(2);
    }),
  );
});
