import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSupervisor, joinSystemd, splitPlaced, splitWords } from '../../src/syntax/shell/split.js';

const file = (text: string) => ({ path: 'x', text });
const words = (text: string) => splitWords(file(text), 0, text.length).words.map(word => word.text);
const unit = (text: string) => splitPlaced(joinSystemd(file(text), 0, text.length), 'systemd').words;

const pieces = fc.array(fc.constantFrom('a', 'b', ' ', '"', "'", '\\', '\n', '$', '#', ':', '\t'), { maxLength: 14 });
const samples = fc.sample(pieces, { numRuns: 400, seed: 7 }).map(all => all.join(''));
const python = shlex(samples);

/** What Python makes of each text (null: it refuses it); undefined where there is no Python. */
function shlex(texts: readonly string[]): readonly (readonly string[] | null)[] | undefined {
  const script = `import json, shlex, sys
out = []
for text in json.load(sys.stdin):
    try:
        out.append(shlex.split(text))
    except ValueError:
        out.append(None)
json.dump(out, sys.stdout)`;
  try {
    return JSON.parse(execFileSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

describe('words of a command that no shell reads', () => {
  it.each([
    ['gunicorn -b 0.0.0.0:8000  app:app', ['gunicorn', '-b', '0.0.0.0:8000', 'app:app']],
    [`sh -c "exec gunicorn 'a b'" ''`, ['sh', '-c', "exec gunicorn 'a b'", '']],
    [`a"b c"d'e f' \\"x\\" "\\$y \\"z\\\\"`, ['ab cde f', '"x"', '\\$y "z\\']],
    ['a\\\nb # c $X && d', ['a\nb', '#', 'c', '$X', '&&', 'd']],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('says where each word stands, quotes included', () => {
    const text = '  sh -c "a b" ';
    const { words: found } = splitWords(file(text), 2, text.length);
    expect(found.map(word => text.slice(word.start, word.end))).toEqual(['sh', '-c', '"a b"']);
  });

  it('notes a quote that is not closed', () => {
    expect(splitWords(file('a "b c'), 0, 6).problems.map(one => [one.span.start, one.message])).toEqual([
      [2, 'this quote is never closed'],
    ]);
  });

  it.skipIf(python === undefined)('agrees with Python', () => {
    const compared = samples.flatMap((text, index) => {
      const expected = python?.[index];
      return expected ? [{ text, ours: words(text), theirs: expected }] : [];
    });
    expect(compared.length).toBeGreaterThan(100);
    for (const { text, ours, theirs } of compared) expect(ours, JSON.stringify(text)).toEqual(theirs);
  });
});

describe('words of systemd', () => {
  it('joins continued lines and leaves out comments between them', () => {
    const text = '/usr/bin/gunicorn \\\n  # the address\n  --bind :80 \\\n; another\n  app:app';
    const found = unit(text);
    expect(found.map(word => word.text)).toEqual(['/usr/bin/gunicorn', '--bind', ':80', 'app:app']);
    expect(found.map(word => text.slice(word.start, word.end))).toEqual([
      '/usr/bin/gunicorn',
      '--bind',
      ':80',
      'app:app',
    ]);
  });

  it('decodes C escapes, in quotes and outside', () => {
    expect(unit(`a\\sb "c\\td" 'e\\x41' f\\101 "g 'h'"`).map(word => word.text)).toEqual([
      'a b',
      'c\td',
      'eA',
      'fA',
      "g 'h'",
    ]);
  });
});

describe('values of supervisor', () => {
  it('leaves out comments behind white space and comment lines', () => {
    const text = 'gunicorn app:app ; the server\n  ; a comment\n  --bind :80#x';
    const found = splitPlaced(joinSupervisor(file(text), 0, text.length), 'shlex').words;
    expect(found.map(word => word.text)).toEqual(['gunicorn', 'app:app', '--bind', ':80#x']);
    expect(found.map(word => text.slice(word.start, word.end))).toEqual(['gunicorn', 'app:app', '--bind', ':80#x']);
  });
});

describe('any text', () => {
  it('never throws, and words are in order and inside the range', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(10), (text, skip) => {
        const start = Math.min(skip, text.length);
        for (const found of [
          splitWords(file(text), start, text.length),
          splitPlaced(joinSystemd(file(text), start, text.length), 'systemd'),
        ]) {
          let at = start;
          for (const word of found.words) {
            expect(word.start).toBeGreaterThanOrEqual(at);
            expect(word.end).toBeGreaterThan(word.start);
            expect(word.end).toBeLessThanOrEqual(text.length);
            at = word.end;
          }
        }
      }),
    );
  });
});
