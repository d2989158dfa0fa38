import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../fuzz/nginx.js';
import { parseWithCare } from '../../src/syntax/nginx/parse.js';
import { nginxNames, outline, parseText } from '../oracles/nginx-names.js';
import { dumpNginxTree } from '../oracles/nginx-tree.js';

/**
 * Compares with nginx's own tokenizer on a collection of real texts, one JSON object a line: `id`, `template`, `valid`, `text`, and
 * `tree` (as test/oracles/nginx-tree.ts writes it) or `line` and `message`. The collection is not part of the project.
 */
const path = process.env['GWLINT_NGINX_CORPUS'];

interface Sample {
  readonly id: string;
  readonly template: string;
  readonly valid: boolean;
  readonly text: string;
  readonly tree?: string | readonly string[];
  readonly line?: number;
  readonly message?: string;
}

const samples: readonly Sample[] =
  path === undefined
    ? []
    : readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
const plain = samples.filter(({ template }) => template === 'none');
const templates = samples.filter(({ template }) => template !== 'none');

function expectedTree({ tree = '' }: Sample): string {
  return typeof tree === 'string' ? tree.replace(/\n$/, '') : tree.join('\n');
}

function failing(of: readonly Sample[], holds: (sample: Sample) => boolean): readonly string[] {
  return of.filter(sample => !holds(sample)).map(({ id }) => id);
}

describe.skipIf(path === undefined)('texts with the verdict of nginx', () => {
  test('there are some', () => {
    expect(plain.length).toBeGreaterThan(1000);
  });

  test('what nginx accepts has its tree and no problems', () => {
    const valid = plain.filter(sample => sample.valid);
    expect(failing(valid, sample => dumpNginxTree(parseText(sample.text)) === expectedTree(sample))).toEqual([]);
    expect(failing(valid, sample => parseText(sample.text).problems.length === 0)).toEqual([]);
  });

  test('a plain reading gives what a reading with care gives', () => {
    for (const names of [undefined, nginxNames]) {
      for (const { text } of samples)
        expect(shapeOf(parseText(text, names))).toEqual(shapeOf(parseWithCare({ path: 'nginx.conf', text }, names)));
    }
  });

  test('what nginx refuses is refused in its words and on its line', () => {
    const invalid = plain.filter(sample => !sample.valid);
    expect(
      failing(invalid, ({ text, line, message }) => {
        const { refusal, problems } = parseText(text);
        return problems.length > 0 && refusal?.line === line && refusal?.message === message;
      }),
    ).toEqual([]);
  });

  test('the place of the mistake is never behind that of nginx', () => {
    const invalid = plain.filter(sample => !sample.valid);
    expect(
      failing(invalid, ({ text, line = 0 }) => {
        const first = parseText(text, nginxNames).problems[0];
        return first !== undefined && text.slice(0, first.span.start).split('\n').length <= line;
      }),
    ).toEqual([]);
  });

  test('names find a missing ";" only where one is missing, or something is left out', () => {
    const found = plain.filter(({ valid, text }) => valid && parseText(text, nginxNames).problems.length > 0);
    const unexplained = found.filter(
      ({ text }) => !outline(parseText(text)).some(line => /(?:^| )\.\.\.(?: |$)/.test(line)),
    );
    // Four texts, read one by one: two lack a ";", one holds shell commands, one is no configuration of nginx.
    expect(unexplained.length).toBeLessThanOrEqual(4);
  });

  test('of the templates, nearly all parse without a problem', () => {
    const quiet = templates.filter(({ text }) => parseText(text, nginxNames).problems.length === 0);
    expect(quiet.length / templates.length).toBeGreaterThan(0.95);
  });
});
