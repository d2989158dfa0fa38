import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { analyze } from '../src/analyze.js';
import { decodeText } from '../src/host/decode.js';
import { memoryHost } from '../src/host/memory.js';
import { fixAll } from '../src/lint/fix.js';
import type { Diagnostic, Rule } from '../src/lint/rule.js';
import { createLocate } from '../src/report/report.js';
import { type Span, spanText } from '../src/text/source.js';
import { filesBelow, isThere, projectRoot } from './sources.js';

const update = process.env['UPDATE'] === '1';

const symptoms = new Map(rules.map(({ id, symptom }) => [id, symptom]));

/** The small deployments of a rule: their files by path, without what is expected of them. */
function casesOf(id: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const folder = `fixtures/rules/${id}`;
  const cases = new Map<string, Map<string, string>>();
  if (!isThere(folder)) return cases;
  for (const path of filesBelow(folder)) {
    const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
    const files = cases.get(name) ?? new Map();
    cases.set(name, files);
    if (rest.length > 0 && rest.join('/') !== 'expected.txt') {
      files.set(rest.join('/'), decodeText(readFileSync(join(projectRoot, path))).text);
    }
  }
  return cases;
}

async function lint(files: ReadonlyMap<string, string>, which: readonly Rule[]) {
  const [only, ...more] = which;
  // A rule about what others found is asked together with them.
  const asked = only?.checkIgnores ? rules : which;
  const known = rules.map(({ id }) => id);
  const { deployment, diagnostics: all } = await analyze(memoryHost(files), { rules: asked, known });
  const diagnostics = only && more.length === 0 ? all.filter(one => one.rule === only.id) : all;
  return { diagnostics, problems: deployment.files.reduce((sum, file) => sum + file.problems.length, 0) };
}

function shown(diagnostics: readonly Diagnostic[]): string {
  const locate = createLocate();
  const place = (span: Span) => `${span.file.path}:${locate(span).start.line}:${locate(span).start.column}`;
  return diagnostics
    .map(({ span, severity, rule, message, related, fixes, symptom, log }) =>
      [
        `${place(span)} ${severity} ${rule}: ${message}`,
        // What a user sees is told where it is not what the rule says of itself.
        ...(symptom === symptoms.get(rule) ? [] : [`  symptom: ${symptom}`]),
        ...(log === undefined ? [] : [`  log: ${log}`]),
        ...related.map(step => `  ${place(step.span)} ${step.message}`),
        ...fixes.flatMap(({ safety, title, edits }) => [
          `  fix (${safety}): ${title}`,
          ...edits.map(
            edit => `    ${place(edit.span)} ${JSON.stringify(spanText(edit.span))} -> ${JSON.stringify(edit.text)}`,
          ),
        ]),
        '',
      ].join('\n'),
    )
    .join('');
}

/** Offers one fix of one finding, and no other. */
function offering(diagnostics: readonly Diagnostic[], finding: Diagnostic, index: number): readonly Diagnostic[] {
  const isIt = (one: Diagnostic) =>
    one.rule === finding.rule && one.message === finding.message && one.span.file.path === finding.span.file.path;
  return diagnostics.map(one => ({ ...one, fixes: isIt(one) ? one.fixes.slice(index, index + 1) : [] }));
}

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  for (const [name, files] of casesOf(id)) {
    if (name.startsWith('ok-')) {
      test(`${name}: says nothing`, async () => {
        expect(shown((await lint(files, [rule])).diagnostics)).toBe('');
      });
      continue;
    }

    test(`${name}: says what is expected`, async () => {
      const path = join(projectRoot, 'fixtures/rules', id, name, 'expected.txt');
      const { diagnostics } = await lint(files, [rule]);
      expect(diagnostics).not.toEqual([]);
      if (update) writeFileSync(path, shown(diagnostics));
      expect(shown(diagnostics)).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
    });

    test(`${name}: each fix takes its finding away and brings no other`, async () => {
      const before = await lint(files, rules);
      for (const finding of before.diagnostics.filter(one => one.rule === id)) {
        for (const [i, fix] of finding.fixes.entries()) {
          const offered = { ...before, diagnostics: offering(before.diagnostics, finding, i) };
          let tried = before.diagnostics;
          const outcome = await fixAll(
            offered,
            path => files.get(path),
            async texts => {
              const after = await lint(new Map([...files, ...texts]), rules);
              tried = after.diagnostics;
              return { ...after, diagnostics: offering(after.diagnostics, finding, i) };
            },
            { unsafe: true, wanted: () => true },
          );
          const applied = outcome.applied.map(one => one.fix.title);
          expect(applied, `${fix.title}\nbefore:\n${shown(before.diagnostics)}after:\n${shown(tried)}`).toContain(
            fix.title,
          );
          expect(outcome.refused).toEqual([]);
        }
      }
    });
  }

  test('offers only fixes of the kind that it declares', async () => {
    const kinds = new Set<string>();
    for (const [name, files] of casesOf(id)) {
      if (!name.startsWith('bad-')) continue;
      for (const { fixes } of (await lint(files, [rule])).diagnostics) {
        if (fixes.length > 1) kinds.add('alternatives');
        else for (const { safety } of fixes) kinds.add(safety);
      }
    }
    const declared = {
      none: [],
      safe: ['safe', 'unsafe'],
      unsafe: ['unsafe'],
      alternatives: ['alternatives', 'unsafe', 'safe'],
    }[rule.fix];
    expect([...kinds].filter(kind => !declared.some(one => one === kind))).toEqual([]);
  });
});
