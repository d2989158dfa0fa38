import { expect, test } from 'vitest';
import { keep, unkeep } from '../../src/lint/keep.js';
import type { Diagnostic } from '../../src/lint/rule.js';
import type { SourceFile } from '../../src/text/source.js';

const nginx: SourceFile = { path: 'a/nginx.conf', text: 'proxy_pass http://app;' };
const compose: SourceFile = { path: 'a/compose.yaml', text: 'services: {}' };

function finding(change: Partial<Diagnostic> = {}): Diagnostic {
  return {
    rule: 'upstream/address-mismatch',
    severity: 'error',
    confidence: 'proved',
    symptom: '502',
    message: 'nothing listens at „app:8001" \ud800',
    log: 'connect() failed',
    span: { file: nginx, start: 11, end: 21 },
    related: [
      { span: { file: compose, start: 0, end: 8 }, message: 'the service' },
      { span: { file: nginx, start: 0, end: 10 }, message: 'the directive' },
    ],
    fixes: [
      {
        title: 'Use 8000',
        safety: 'safe',
        edits: [
          { span: { file: compose, start: 9, end: 9 }, text: 'app' },
          { span: { file: nginx, start: 18, end: 21 }, text: 'app:8000' },
        ],
      },
    ],
    ...change,
  };
}

test('findings that were kept are equal to what they were, with the same files', () => {
  const said = [
    finding(),
    finding({ span: { file: compose, start: 3, end: 4 }, related: [], fixes: [], subject: 'app' }),
  ];
  const again = unkeep(keep(said, new Map()));
  expect(again).toEqual(said);
  expect(again[0]?.span.file).toBe(nginx);
  expect(again[0]?.fixes[0]?.edits[0]?.span.file).toBe(compose);
  expect(unkeep(keep([], new Map()))).toEqual([]);
});

test('nothing that a place leads to beside its file is kept', () => {
  const word = { file: nginx, start: 0, end: 10, tree: { nodes: [] } };
  expect(unkeep(keep([finding({ span: word })], new Map()))[0]?.span).toEqual({ file: nginx, start: 0, end: 10 });
});

test('what is said alike of two stacks is kept once, and each has its own places', () => {
  const texts = new Map<string, string>();
  const other: SourceFile = { path: 'b/nginx.conf', text: '# b\nproxy_pass http://app;' };
  const first = keep([finding({ related: [], fixes: [] })], texts);
  const second = keep([finding({ related: [], fixes: [], span: { file: other, start: 15, end: 25 } })], texts);
  expect(texts.size).toBe(1);
  expect(second.text).toBe(first.text);
  expect(unkeep(first)[0]?.span).toEqual({ file: nginx, start: 11, end: 21 });
  expect(unkeep(second)[0]?.span).toEqual({ file: other, start: 15, end: 25 });
});
