import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/lint/rule.js';
import { runRules } from '../../src/lint/run.js';
import { suppressionProblems, suppressionsIn } from '../../src/lint/suppress.js';
import { maskOutside } from '../../src/text/mask.js';
import { at, deploymentOf } from './findings.js';

function isSilent(text: string, id = 'timeout/order'): boolean {
  const file = { path: 'x.conf', text };
  const rule: Rule = {
    id,
    summary: '',
    severity: 'error',
    symptom: '504',
    fix: 'none',
    check: (_, report) => report({ span: at(file, 'HERE'), message: 'x' }),
  };
  return runRules([rule], deploymentOf(file)).length === 0;
}

describe('a finding is silenced', () => {
  test.each([
    'HERE; # gwlint-ignore timeout/order: slow on purpose',
    '# gwlint-ignore timeout/order: slow on purpose\nHERE;',
    '  # gwlint-ignore timeout/order: slow on purpose\r\n  HERE;\r\n',
    '# gwlint-ignore timeout: the whole group\nHERE;',
    '# gwlint-ignore upstream/x, timeout/order: both\nHERE;',
    '# gwlint-ignore upstream/x: one\n# gwlint-ignore timeout/order: two\nHERE;',
    '; gwlint-ignore timeout/order: in an ini file\nHERE = 1',
    '<!-- gwlint-ignore timeout/order: in XML -->\n<HERE/>',
    '// gwlint-ignore timeout/order: in other files\nHERE',
  ])('by %j', text => {
    expect(isSilent(text)).toBe(true);
  });
});

describe('a finding stays', () => {
  test.each([
    ['# gwlint-ignore timeout/order\nHERE;', 'without a reason'],
    ['# gwlint-ignore timeout/order:   \nHERE;', 'with an empty reason'],
    ['# gwlint-ignore timeout/other: why\nHERE;', 'for another rule'],
    ['# gwlint-ignore time: why\nHERE;', 'for half a group'],
    ['# gwlint-ignore timeout/order: why\n\nHERE;', 'two lines below'],
    ['x; # gwlint-ignore timeout/order: why\nHERE;', 'below a comment behind other code'],
    ['gwlint-ignore timeout/order: why\nHERE;', 'where it is no comment'],
    ['HERE;\n# gwlint-ignore timeout/order: why', 'above the comment'],
  ])('%j: %s', text => {
    expect(isSilent(text)).toBe(false);
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

test('comments without effect are told', () => {
  const text =
    '# gwlint-ignore timeout/order\n# gwlint-ignore\n# gwlint-ignore timeout/oder: why\n# gwlint-ignore timeout: why\n';
  const problems = suppressionProblems(deploymentOf({ path: 'x', text }).files, ['timeout/order']);
  expect(problems.map(({ message }) => message)).toEqual([
    'gwlint-ignore needs a reason to count: # gwlint-ignore timeout/order: <reason>',
    'gwlint-ignore needs a rule: # gwlint-ignore <rule>: <reason>',
    'gwlint-ignore names timeout/oder, which is no rule',
  ]);
});

test('any text can be searched, and every comment lies in it', () => {
  const piece = fc.constantFrom('# gwlint-ignore', ' a/b', ': why', '\n', '\r', '#', ';', '-->', '<!--', ' ', 'x');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      for (const { span } of suppressionsIn({ path: 'x', text })) {
        expect(text.slice(span.start, span.end)).toMatch(/^gwlint-ignore[^\n\r]*$/);
      }
    }),
  );
});
