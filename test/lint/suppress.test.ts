import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rule as unusedIgnore } from '../../rules/gwlint/unused-ignore.js';
import { noChoices } from '../../src/lint/choice.js';
import type { Rule } from '../../src/lint/rule.js';
import { runRules } from '../../src/lint/run.js';
import { suppressionsIn } from '../../src/lint/suppress.js';
import type { FileKind } from '../../src/model/deployment.js';
import { maskOutside } from '../../src/text/mask.js';
import type { SourceFile } from '../../src/text/source.js';
import { at, deploymentOf } from './findings.js';

function silences(text: string, kind: FileKind, path = 'x', id = 'timeout/order'): boolean {
  const file = { path, text };
  const rule: Rule = {
    id,
    summary: '',
    severity: 'error',
    symptom: '504',
    fix: 'none',
    check: (_, report) => report({ span: at(file, 'HERE'), message: 'x' }),
  };
  return runRules([rule], { ...deploymentOf(), files: [{ file, kind, problems: [] }] }).length === 0;
}

describe('a finding is silenced', () => {
  test.each<[FileKind, string, string?]>([
    ['nginx', 'HERE; # gwlint-ignore timeout/order: slow on purpose'],
    ['nginx', '# gwlint-ignore timeout/order: slow on purpose\nHERE;'],
    ['nginx', '  # gwlint-ignore timeout/order: slow on purpose\r\n  HERE;\r\n'],
    ['nginx', '# gwlint-ignore timeout: the whole group\nHERE;'],
    ['nginx', '# gwlint-ignore upstream/x, timeout/order: both\nHERE;'],
    ['nginx', '# gwlint-ignore upstream/x: one\n# gwlint-ignore timeout/order: two\nHERE;'],
    ['nginx', '# gwlint-ignore timeout/order: a reason\n# that goes on\nHERE;'],
    ['nginx', '{# gwlint-ignore timeout/order: in a template #}\nHERE;'],
    ['nginx', '#gwlint-ignore timeout/order:tight\nHERE;'],
    ['gunicorn', 'HERE = 1  # gwlint-ignore timeout/order: in Python'],
    ['python', '# gwlint-ignore timeout/order: in Python\nHERE()'],
    ['uwsgi', '; gwlint-ignore timeout/order: in an ini file\nHERE = 1'],
    ['uwsgi', '# gwlint-ignore timeout/order: in an ini file\nHERE = 1'],
    ['uwsgi', 'HERE: 1 # gwlint-ignore timeout/order: in YAML', 'uwsgi.yaml'],
    ['uwsgi', '<!-- gwlint-ignore timeout/order: in XML -->\n<HERE/>', 'uwsgi.xml'],
    ['uwsgi', '<HERE/> <!-- gwlint-ignore timeout/order: in XML -->', 'uwsgi.xml'],
    ['compose', '    # gwlint-ignore timeout/order: in YAML\n    HERE: 1'],
    ['kubernetes', 'HERE: 1 # gwlint-ignore timeout/order: in YAML'],
    ['kubernetes', '  nginx.conf: |\n    # gwlint-ignore timeout/order: embedded\n    HERE;'],
    ['dockerfile', '# gwlint-ignore timeout/order: in an image\nCMD HERE'],
    ['dockerfile', 'CMD HERE # gwlint-ignore timeout/order: a shell reads it'],
    ['systemd', '; gwlint-ignore timeout/order: in a unit\nExecStart=HERE'],
    ['systemd', '# gwlint-ignore timeout/order: in a unit\nExecStart=HERE'],
    ['supervisor', 'command=HERE ; gwlint-ignore timeout/order: in a program'],
    ['supervisor', '; gwlint-ignore timeout/order: in a program\ncommand=HERE'],
    ['procfile', '# gwlint-ignore timeout/order: in a Procfile\nweb: HERE'],
    ['shell', 'HERE # gwlint-ignore timeout/order: in a script'],
    ['environment', '# gwlint-ignore timeout/order: in an environment\nHERE=1'],
    ['nginx', '# gwlint-ignore-file timeout/order: a file of examples\n\n\nHERE;'],
    ['nginx', 'HERE;\n# gwlint-ignore-file timeout: at the end'],
    ['systemd', '[Service]\n; gwlint-ignore-file timeout: of this unit\nA=1\nExecStart=HERE'],
  ])('%s: by %j', (kind, text, path) => {
    expect(silences(text, kind, path)).toBe(true);
  });
});

describe('a finding stays', () => {
  test.each<[FileKind, string, string, string?]>([
    ['nginx', '# gwlint-ignore timeout/order\nHERE;', 'without a reason'],
    ['nginx', '# gwlint-ignore timeout/order:   \nHERE;', 'with an empty reason'],
    ['nginx', '# gwlint-ignore-file timeout/order\nHERE;', 'without a reason for the file'],
    ['nginx', '# gwlint-ignore timeout/other: why\nHERE;', 'for another rule'],
    ['nginx', '# gwlint-ignore time: why\nHERE;', 'for half a group'],
    ['nginx', '# gwlint-ignore timeout/order: why\n\nHERE;', 'two lines below'],
    ['nginx', 'x; # gwlint-ignore timeout/order: why\nHERE;', 'below a comment behind other code'],
    ['nginx', 'gwlint-ignore timeout/order: why\nHERE;', 'where it is no comment'],
    ['nginx', 'HERE;\n# gwlint-ignore timeout/order: why', 'above the comment'],
    ['nginx', '# gwlint-ignore-next-line timeout/order: why\nHERE;', 'for a word that there is not'],
    ['nginx', 'x; gwlint-ignore timeout/order: why\nHERE;', 'behind a semicolon of nginx'],
    ['nginx', '// gwlint-ignore timeout/order: why\nHERE;', 'with the comment of another language'],
    ['uwsgi', 'HERE = 1 # gwlint-ignore timeout/order: why', 'in a value of an ini file'],
    ['uwsgi', '{"//": "# gwlint-ignore timeout/order: why", "HERE": 1}', 'in JSON', 'uwsgi.json'],
    ['uwsgi', '# gwlint-ignore timeout/order: why\n<HERE/>', 'in XML by a comment of ini', 'uwsgi.xml'],
    ['systemd', 'ExecStart=HERE # gwlint-ignore timeout/order: why', 'in a value of a unit'],
    ['dockerfile', 'EXPOSE HERE # gwlint-ignore timeout/order: why', 'behind a port'],
    ['supervisor', 'command=HERE # gwlint-ignore timeout/order: why', 'in a value of supervisor'],
  ])('%s: %j: %s', (kind, text, _, path) => {
    expect(silences(text, kind, path)).toBe(false);
  });
});

describe('of a finding with two ends', () => {
  const gateway = { path: 'nginx.conf', text: 'wait;\nother;\nNEAR;\n' };
  const comment = '# gwlint-ignore timeout/order: why\n';
  const found = (server: SourceFile, related: readonly string[], nginx: SourceFile = gateway) => {
    const rule: Rule = {
      id: 'timeout/order',
      summary: '',
      severity: 'error',
      symptom: '504',
      fix: 'none',
      check: (_, report) =>
        report({
          span: at(nginx, 'wait'),
          message: 'x',
          related: related.map(words => ({
            span: at([nginx, server].find(({ text }) => text.includes(words)) ?? server, words),
            message: words,
          })),
        }),
    };
    return runRules([rule], deploymentOf(nginx, server)).length;
  };
  const limit = { path: 'gunicorn.conf.py', text: `${comment}limit = 1\n` };

  test('a comment at either one counts', () => {
    expect(found(limit, ['limit'])).toBe(0);
    expect(found({ ...limit, text: 'limit = 1\n' }, ['limit'])).toBe(1);
    expect(found(limit, ['NEAR', 'limit'])).toBe(0);
    expect(found({ ...limit, text: 'limit = 1\n' }, ['limit'], { ...gateway, text: `${comment}wait;\nNEAR;\n` })).toBe(
      0,
    );
  });

  test('a comment at one of several places that suffer from it does not', () => {
    const routes = { path: 'nginx.conf', text: `wait;\n${comment}NEAR;\n` };
    expect(found({ ...limit, text: 'limit = 1\n' }, ['limit', 'NEAR'], routes)).toBe(1);
  });

  test('of one stack, that of another stays', () => {
    const other = { path: 'other.conf.py', text: 'limit = 2\n' };
    const rule: Rule = {
      id: 'timeout/order',
      summary: '',
      severity: 'error',
      symptom: '504',
      fix: 'none',
      check: (_, report) => {
        for (const file of [limit, other]) {
          report({
            span: at(gateway, 'wait'),
            message: 'x',
            related: [{ span: at(file, 'limit'), message: file.path }],
          });
        }
      },
    };
    const [one, ...more] = runRules([rule], deploymentOf(gateway, limit, other));
    expect(more).toEqual([]);
    expect(one?.related.map(step => step.message)).toEqual(['other.conf.py']);
  });
});

test('a comment around an embedded text counts', () => {
  const text = 'data:\n  # gwlint-ignore timeout: why\n  nginx.conf: HERE\n';
  const whole = { path: 'x.yaml', text };
  const start = text.indexOf('HERE');
  const embedded = maskOutside(whole, [{ start, end: start + 4 }]);
  const rule: Rule = {
    id: 'timeout/order',
    summary: '',
    severity: 'error',
    symptom: '504',
    fix: 'none',
    check: (_, report) => report({ span: at(embedded, 'HERE'), message: 'x' }),
  };
  expect(runRules([rule], deploymentOf(whole))).toEqual([]);
});

describe('a comment that silences nothing', () => {
  async function told(comment: string, code = 'x;'): Promise<readonly string[]> {
    const file = { path: 'nginx.conf', text: `${comment}\n${code}\n` };
    const order = { ...unusedIgnore, id: 'timeout/order', check: () => undefined };
    const { checkIgnores: _, ...silent } = order;
    const known = ['timeout/order', 'timeout/other', unusedIgnore.id];
    return runRules([silent, unusedIgnore], deploymentOf(file), noChoices, { known }).map(({ message }) => message);
  }

  test.each([
    ['# gwlint-ignore timeout/order', 'gwlint-ignore needs a reason to count: gwlint-ignore timeout/order: <reason>.'],
    [
      '# gwlint-ignore-file timeout',
      'gwlint-ignore-file needs a reason to count: gwlint-ignore-file timeout: <reason>.',
    ],
    ['# gwlint-ignore', 'gwlint-ignore needs a rule and a reason: gwlint-ignore <rule>: <reason>.'],
    ['# gwlint-ignore timeout/oder: why', 'There is no rule or group timeout/oder; did you mean timeout/order?'],
    ['# gwlint-ignore timeout/order: why', 'Nothing of timeout/order is found here'],
    ['# gwlint-ignore-file timeout/order: why', 'Nothing of timeout/order is found in this file'],
    ['# gwlint-ignore-line timeout/order: why', 'gwlint knows gwlint-ignore, on the line or above it'],
    ['x; gwlint-ignore timeout/order: why', 'There is no comment in this place'],
  ])('%s', async (comment, start) => {
    const [message, ...more] = await told(comment);
    expect(more).toEqual([]);
    expect(message?.slice(0, start.length)).toBe(start);
  });

  test('of a rule that did not run is not known to', async () => {
    expect(await told('# gwlint-ignore timeout/other: why')).toEqual([]);
  });

  test('may be kept', async () => {
    expect(await told('# gwlint-ignore timeout/order, gwlint/unused-ignore: comes and goes')).toEqual([]);
    expect(await told('# gwlint-ignore-file gwlint: a file of examples\n# gwlint-ignore timeout/order: why')).toEqual(
      [],
    );
  });
});

test('any text can be searched, and every comment lies in it', () => {
  const piece = fc.constantFrom(
    '# gwlint-ignore',
    '-file',
    '{#',
    '#}',
    ' a/b',
    ': why',
    '\n',
    '\r',
    '#',
    ';',
    '-->',
    '<!--',
    ' ',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      for (const { span } of suppressionsIn({ path: 'x', text })) {
        expect(text.slice(span.start, span.end)).toMatch(/^gwlint-ignore[^\n\r]*$/);
      }
    }),
  );
});
