import { describe, expect, test } from 'vitest';
import { chooseFixes, fixAll, type LintState } from '../../src/lint/fix.js';
import type { Diagnostic, Severity } from '../../src/lint/rule.js';
import { at, diagnostic, replaceFix } from './findings.js';

const file = { path: 'a.conf', text: 'one two three' };

describe('chosen by themselves are', () => {
  const one = at(file, 'one');
  test('safe fixes, and unsafe ones only when asked for', () => {
    const safe = diagnostic(one, { fixes: [replaceFix(one, '1')] });
    const unsafe = diagnostic(at(file, 'two'), { fixes: [replaceFix(at(file, 'two'), '2', { safety: 'unsafe' })] });
    expect(chooseFixes([safe, unsafe], false).map(({ fix }) => fix.title)).toEqual(['Write 1']);
    expect(chooseFixes([safe, unsafe], true).map(({ fix }) => fix.title)).toEqual(['Write 1', 'Write 2']);
  });

  test('no alternatives', () => {
    expect(chooseFixes([diagnostic(one, { fixes: [replaceFix(one, '1'), replaceFix(one, 'I')] })], true)).toEqual([]);
  });

  test('of two that touch the same text the first, but equal edits together', () => {
    const span = at(file, 'one two');
    const first = diagnostic(span, { fixes: [replaceFix(span, 'x')] });
    const second = diagnostic(at(file, 'two'), { fixes: [replaceFix(at(file, 'two'), 'y')] });
    const third = diagnostic(at(file, 'three'), { fixes: [replaceFix(span, 'x')] });
    expect(chooseFixes([first, second, third], false).map(({ diagnostic: one }) => one)).toEqual([first, third]);
  });

  test('none that contradicts itself', () => {
    const edits = [
      { span: at(file, 'one two'), text: 'x' },
      { span: at(file, 'two'), text: 'y' },
    ];
    expect(chooseFixes([diagnostic(one, { fixes: [{ title: 'x', safety: 'safe', edits }] })], false)).toEqual([]);
  });
});

/** A linter of one file: every word of `rules` that stands in the text is a finding, repaired by its replacement. */
function toy(
  text: string,
  rules: Readonly<Record<string, string>>,
  severities: Readonly<Record<string, Severity>> = {},
) {
  const lint = async (texts: ReadonlyMap<string, string>): Promise<LintState> => {
    const now = { path: 'a.conf', text: texts.get('a.conf') ?? text };
    const diagnostics: Diagnostic[] = [];
    for (const [word, replacement] of Object.entries(rules)) {
      for (let i = now.text.indexOf(word); i >= 0; i = now.text.indexOf(word, i + 1)) {
        const span = { file: now, start: i, end: i + word.length };
        diagnostics.push(
          diagnostic(span, {
            rule: `word/${word}`,
            message: word,
            severity: severities[word] ?? 'error',
            fixes: [replaceFix(span, replacement)],
          }),
        );
      }
    }
    return { diagnostics, problems: now.text.split('broken').length };
  };
  return { lint, textOf: (path: string) => (path === 'a.conf' ? text : undefined) };
}

async function fixed(
  text: string,
  rules: Readonly<Record<string, string>>,
  wanted: (one: Diagnostic) => boolean = () => true,
) {
  const { lint, textOf } = toy(text, rules);
  const outcome = await fixAll(await lint(new Map()), textOf, lint, { unsafe: false, wanted });
  return {
    text: outcome.texts.get('a.conf'),
    applied: outcome.applied.map(({ fix }) => fix.title),
    refused: outcome.refused.map(({ fix }) => fix.title),
    left: outcome.after.diagnostics.map(({ message }) => message),
  };
}

describe('fixing', () => {
  test('repairs everything at once where nothing stands against it', async () => {
    expect(await fixed('bad worse bad', { bad: 'good', worse: 'better' })).toEqual({
      text: 'good better good',
      applied: ['Write good', 'Write good', 'Write better'],
      refused: [],
      left: [],
    });
  });

  test('takes back a fix that leaves its finding', async () => {
    expect(await fixed('bad worse', { bad: 'bad again', worse: 'better' })).toEqual({
      text: 'bad better',
      applied: ['Write better'],
      refused: ['Write bad again'],
      left: ['bad'],
    });
  });

  test('takes back a fix that brings another finding, or text that cannot be read', async () => {
    expect(await fixed('bad', { bad: 'worse', worse: 'worst' })).toMatchObject({
      text: undefined,
      refused: ['Write worse'],
    });
    expect(await fixed('bad', { bad: 'broken' })).toMatchObject({ text: undefined, refused: ['Write broken'] });
  });

  test('may uncover what is less grave than what it repairs, and nothing as grave', async () => {
    const uncover = async (severity: Severity, uncovered: Severity) => {
      const { lint, textOf } = toy('hidden', { hidden: 'seen', seen: 'seen' }, { hidden: severity, seen: uncovered });
      const { applied } = await fixAll(await lint(new Map()), textOf, lint, { unsafe: false, wanted: () => true });
      return applied.length === 1;
    };
    expect(await uncover('error', 'warning')).toBe(true);
    expect(await uncover('error', 'info')).toBe(true);
    expect(await uncover('warning', 'info')).toBe(true);
    expect(await uncover('error', 'error')).toBe(false);
    expect(await uncover('info', 'info')).toBe(false);
    expect(await uncover('warning', 'error')).toBe(false);
  });

  test('tells a finding that stays from the one that was repaired, wherever the text moves it', async () => {
    const [first, third] = [({ span }: Diagnostic) => span.start === 0, ({ span }: Diagnostic) => span.start === 8];
    expect(await fixed('bad bad bad', { bad: 'much better' }, first)).toMatchObject({
      text: 'much better bad bad',
      refused: [],
      left: ['bad', 'bad'],
    });
    expect(await fixed('bad bad bad', { bad: 'x' }, third)).toMatchObject({ text: 'bad bad x', left: ['bad', 'bad'] });
    expect(await fixed('bad\nbad', { bad: 'better' }, first)).toMatchObject({ text: 'better\nbad', left: ['bad'] });
    // The repaired place has it again, beside one that was there.
    expect(await fixed('bad, bad', { bad: 'not bad' }, first)).toMatchObject({
      text: undefined,
      refused: ['Write not bad'],
    });
  });

  test('comes to an end when two fixes undo each other', async () => {
    expect(await fixed('ping', { ping: 'pong', pong: 'ping' })).toMatchObject({ text: undefined, left: ['ping'] });
  });

  test('finds the one bad fix among many', async () => {
    const words = Array.from({ length: 40 }, (_, i) => `w${i};`);
    const rules = Object.fromEntries(words.map((word, i) => [word, i === 17 ? 'broken' : 'ok']));
    const outcome = await fixed(words.join(' '), rules);
    expect(outcome.refused).toEqual(['Write broken']);
    expect(outcome.left).toEqual(['w17;']);
  });

  test('leaves alone what was not asked for', async () => {
    const outcome = await fixed('bad worse', { bad: 'good', worse: 'better' }, ({ rule }) => rule === 'word/worse');
    expect(outcome).toMatchObject({ text: 'bad better', left: ['bad'] });
  });

  test('does not touch a file that must not be written', async () => {
    const other = { path: 'outside.conf', text: 'bad' };
    const span = at(other, 'bad');
    const state = { diagnostics: [diagnostic(span, { fixes: [replaceFix(span, 'good')] })], problems: 0 };
    const outcome = await fixAll(
      state,
      () => undefined,
      async () => state,
      { unsafe: false, wanted: () => true },
    );
    expect(outcome.texts.size).toBe(0);
    expect(outcome.refused).toHaveLength(1);
  });
});
