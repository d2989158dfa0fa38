// node --test rules/
import test from 'node:test';
import { testRule } from 'gwlint/testing';
import { workerCount } from './shop.mjs';

const procfile = workers => ({ Procfile: `web: gunicorn --workers ${workers} shop:application\n` });

test('shop/worker-count', () =>
  testRule(workerCount, {
    valid: [
      { name: 'enough', files: procfile('2') },
      { name: 'a number that only the environment knows', files: procfile('$WORKERS') },
      { name: 'the default, which nobody wrote', files: { Procfile: 'web: gunicorn shop:application\n' } },
    ],
    invalid: [
      {
        name: 'one worker',
        files: procfile('1'),
        findings: ['Gunicorn has 1 workers here; we agreed on 2 at least.'],
        fixed: procfile('2'),
      },
      { name: 'fewer than the option asks for', files: procfile('3'), options: { least: 4 }, findings: [/has 3 workers/] },
    ],
  }));
