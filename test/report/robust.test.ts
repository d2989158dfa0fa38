import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactReport } from '../../src/report/compact.js';
import { jsonReport } from '../../src/report/json.js';
import { prettyReport } from '../../src/report/pretty.js';
import { displayWidth, wrap } from '../../src/report/visible.js';
import { diagnostic } from '../lint/findings.js';

const piece = fc.constantFrom(
  'a',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\u001b[2J',
  '漢',
  '\ufeff',
  '\ud800',
  '\u{1f600}',
  'TOKEN=x',
  '"',
  'word '.repeat(40),
);
const text = fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join(''));

test('any text with any span is reported, and no line of code is wider than the terminal', () => {
  fc.assert(
    fc.property(text, fc.nat(400), fc.nat(80), fc.integer({ min: 40, max: 120 }), (content, start, length, width) => {
      const span = { file: { path: 'x', text: content }, start, end: start + length };
      const report = {
        diagnostics: [diagnostic(span, { related: [{ span, message: content }] })],
        unresolved: [],
        files: 1,
      };
      const lines = prettyReport(report, { width }).split('\n');
      const code = lines.filter(line => /^ +\d* \| /.test(line));
      expect(code.length).toBeGreaterThanOrEqual(4);
      for (const line of code) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(compactReport(report).split('\n')).toHaveLength(2);
      expect(JSON.parse(jsonReport(report, { name: 'gwlint', version: '0' })).diagnostics).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});

test('a mark behind a line that fills the terminal stays inside', () => {
  const content = 'x'.repeat(34);
  const span = { file: { path: 'x', text: content }, start: 34, end: 34 };
  const lines = prettyReport({ diagnostics: [diagnostic(span)], unresolved: [], files: 1 }, { width: 40 }).split('\n');
  const mark = lines.find(line => /^ +\| +\^$/.test(line)) ?? '';
  expect(mark).not.toBe('');
  expect(displayWidth(mark)).toBeLessThanOrEqual(40);
});

test('wrapping loses no word and keeps to the width where words allow it', () => {
  const words = fc.array(fc.stringMatching(/^[a-z漢]{1,12}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 30, max: 100 }), (all, width) => {
      const lines = wrap(all.join(' '), width, '  ');
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(all);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test('thousands of findings in one large file take no long time', () => {
  const file = { path: 'x', text: 'server 127.0.0.1:8000;\n'.repeat(50_000) };
  const diagnostics = Array.from({ length: 2000 }, (_, i) => diagnostic({ file, start: i * 500, end: i * 500 + 5 }));
  const started = performance.now();
  prettyReport({ diagnostics, unresolved: [], files: 1 });
  jsonReport({ diagnostics, unresolved: [], files: 1 }, { name: 'gwlint', version: '0' });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('a line of many megabytes is shown in part', () => {
  const file = { path: 'x', text: `${'a '.repeat(2_000_000)}HERE${' b'.repeat(2_000_000)}` };
  const start = file.text.indexOf('HERE');
  const started = performance.now();
  const shown = prettyReport({ diagnostics: [diagnostic({ file, start, end: start + 4 })], unresolved: [], files: 1 });
  expect(shown).toContain('HERE');
  expect(shown.length).toBeLessThan(1000);
  expect(performance.now() - started).toBeLessThan(20_000);
});
