import { expect, test } from 'vitest';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { runRules } from '../../src/lint/run.js';
import { selectRules } from '../../src/lint/select.js';
import { at, deploymentOf, replaceFix } from './findings.js';

const file = { path: 'nginx.conf', text: 'listen 80;\nproxy_pass http://app;\n' };
const other = { path: 'gunicorn.conf.py', text: 'bind = "x"\n' };

function rule(id: string, ...findings: readonly Finding[]): Rule {
  return {
    id,
    summary: '',
    severity: 'warning',
    symptom: '504',
    fix: 'none',
    check: (_, report) => {
      for (const finding of findings) report(finding);
    },
  };
}

test('a finding takes what it does not say from its rule', () => {
  const [plain, own] = runRules(
    [
      rule(
        'a/b',
        { span: at(file, '80'), message: 'x' },
        { span: at(file, 'app'), message: 'y', severity: 'info', symptom: '502', confidence: 'likely' },
      ),
    ],
    deploymentOf(file),
  );
  expect(plain).toMatchObject({
    rule: 'a/b',
    severity: 'warning',
    symptom: '504',
    confidence: 'proved',
    related: [],
    fixes: [],
  });
  expect(own).toMatchObject({ severity: 'info', symptom: '502', confidence: 'likely' });
});

test('findings are in the order of file, place and rule, whatever the rules’ order', () => {
  const found = runRules(
    [
      rule('z/z', { span: at(file, 'app'), message: '1' }, { span: at(other, 'bind'), message: '2' }),
      rule('a/a', { span: at(file, 'app'), message: '3' }, { span: at(file, '80'), message: '4' }),
    ],
    deploymentOf(file, other),
  );
  expect(found.map(({ message }) => message)).toEqual(['2', '4', '3', '1']);
});

test('what several stacks say about one place is said once, with the evidence of all', () => {
  const copy = { ...file };
  const step = { span: at(other, 'bind'), message: 'bound here' };
  const [found, ...more] = runRules(
    [
      rule(
        'a/b',
        {
          span: at(file, 'app'),
          message: 'x',
          related: [step],
          fixes: [replaceFix(at(file, 'app'), 'web')],
          severity: 'info',
        },
        {
          span: at(copy, 'app'),
          message: 'x',
          related: [step, { span: at(other, '"x"'), message: 'and here' }],
          fixes: [replaceFix(at(copy, 'app'), 'web')],
        },
      ),
    ],
    deploymentOf(file),
  );
  expect(more).toEqual([]);
  expect(found?.severity).toBe('warning');
  expect(found?.related.map(({ message }) => message)).toEqual(['bound here', 'and here']);
  expect(found?.fixes).toHaveLength(1);
});

test('the same sentence about two places stays two findings', () => {
  const found = runRules(
    [rule('a/b', { span: at(file, '80'), message: 'x' }, { span: at(file, 'app'), message: 'x' })],
    deploymentOf(file),
  );
  expect(found).toHaveLength(2);
});

test('rules are chosen by id or by group', () => {
  const all = [rule('timeout/a'), rule('timeout/b'), rule('timeouts/c')];
  const ids = (select: string[], ignore: string[]) => selectRules(all, select, ignore).map(({ id }) => id);
  expect(ids([], [])).toEqual(['timeout/a', 'timeout/b', 'timeouts/c']);
  expect(ids(['timeout'], [])).toEqual(['timeout/a', 'timeout/b']);
  expect(ids(['timeout'], ['timeout/a'])).toEqual(['timeout/b']);
  expect(ids(['timeout/b', 'timeouts'], [])).toEqual(['timeout/b', 'timeouts/c']);
  expect(ids([], ['timeout/b', 'timeouts'])).toEqual(['timeout/a']);
});

test('the same fix of two stacks is one fix in both places, and no choice between them', () => {
  const third = { path: 'compose.prod.yml', text: 'bind = "y"\n' };
  const here = replaceFix(at(other, '"x"'), '"z"');
  const there = replaceFix(at(third, '"y"'), '"z"');
  const gateway = replaceFix(at(file, 'app'), 'web');
  const span = at(file, 'app');
  const [found] = runRules(
    [
      rule(
        'a/b',
        { span, message: 'x', fixes: [here, gateway] },
        { span, message: 'x', fixes: [there, gateway] },
        { span, message: 'x', fixes: [here] },
      ),
    ],
    deploymentOf(file, other, third),
  );
  expect(found?.fixes).toEqual([{ ...here, edits: [...here.edits, ...there.edits] }, gateway]);
});

test('fixes that would overlap stay a choice', () => {
  const span = at(file, 'app');
  const all = replaceFix(at(file, 'http://app'), 'x', { title: 'Repair' });
  const part = replaceFix(span, 'y', { title: 'Repair' });
  const found = runRules(
    [rule('a/b', { span, message: 'x', fixes: [all] }, { span, message: 'x', fixes: [part] })],
    deploymentOf(file),
  );
  expect(found[0]?.fixes).toEqual([all, part]);
});
