import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, overlaps } from '../../src/text/apply.js';
import { lineAt, lineEnd, lineStarts, positionAt } from '../../src/text/lines.js';
import { maskOutside } from '../../src/text/mask.js';
import { nearest } from '../../src/text/near.js';

const file = (text: string) => ({ path: 'a.conf', text });

describe('positions', () => {
  it('counts LF, CRLF and a lone CR as one line end each', () => {
    const text = 'one\ntwo\r\nthree\rfour';
    const starts = lineStarts(text);
    expect(['one', 'two', 'three', 'four'].map(word => positionAt(starts, text.indexOf(word)))).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
    ]);
    expect(positionAt(starts, text.length)).toEqual({ line: 4, column: 5 });
  });

  it('finds the whole line of an offset and the line end in use', () => {
    expect(lineAt('a\r\nbcd\r\ne', 4)).toEqual({ start: 3, end: 6 });
    expect([lineEnd('a\r\nb\n'), lineEnd('a'), lineEnd('a\rb')]).toEqual(['\r\n', '\n', '\r']);
  });

  it('gives a real place for every offset of any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(200), (text, offset) => {
        const { line, column } = positionAt(lineStarts(text), offset);
        return line >= 1 && column >= 1;
      }),
    );
  });
});

describe('edits', () => {
  it('applies several, equal ones once, wherever they come from', () => {
    const source = file('listen 80;\nroot /a;\n');
    const port = { span: { file: source, start: 7, end: 9 }, text: '8080' };
    const root = { span: { file: file(source.text), start: 16, end: 18 }, text: '/b' };
    expect(applyEdits(source.text, [root, port, { ...port }])).toBe('listen 8080;\nroot /b;\n');
  });

  it('refuses edits that overlap or lie outside', () => {
    const source = file('abcdef');
    const edit = (start: number, end: number) => ({ span: { file: source, start, end }, text: 'x' });
    expect(() => applyEdits(source.text, [edit(0, 3), edit(2, 4)])).toThrow(RangeError);
    expect(() => applyEdits(source.text, [edit(5, 9)])).toThrow(RangeError);
    expect(overlaps(edit(0, 2), edit(2, 4))).toBe(false);
    expect(overlaps(edit(1, 1), edit(1, 1))).toBe(true);
  });
});

describe('maskOutside', () => {
  it('keeps offsets, lines and length', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(30), fc.nat(30), (text, a, b) => {
        const start = Math.min(a, b, text.length);
        const end = Math.min(Math.max(a, b), text.length);
        const masked = maskOutside(file(text), [{ start, end }]).text;
        return (
          masked.length === text.length &&
          masked.slice(start, end) === text.slice(start, end) &&
          lineStarts(masked).length === lineStarts(text).length
        );
      }),
    );
  });
});

describe('nearest: did you mean', () => {
  it.each([
    ['bakend', ['backend', 'frontend'], 'backend'],
    ['proxy_read_timout', ['proxy_read_timeout', 'proxy_send_timeout'], 'proxy_read_timeout'],
    ['Web_App', ['web-app'], 'web-app'],
    ['db', ['da', 'dc'], undefined],
    ['redis', ['backend', 'web'], undefined],
    ['web', ['web'], undefined],
  ])('%s among %j: %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
