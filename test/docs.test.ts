import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { analyze } from '../src/analyze.js';
import { memoryHost } from '../src/host/memory.js';
import type { Rule } from '../src/lint/rule.js';
import { namedBlocks, prose, sectionsOf } from './pages.js';
import { filesBelow, isThere, textOf } from './sources.js';

async function messages(files: ReadonlyMap<string, string>, rule: Rule): Promise<readonly string[]> {
  // A rule about what others found is asked together with them.
  const { diagnostics } = await analyze(memoryHost(files), { rules: rule.checkIgnores ? rules : [rule] });
  return diagnostics.filter(one => one.rule === rule.id).map(({ message }) => message);
}

describe.each(rules.map(rule => [rule.id, rule] as const))('the examples of %s', (id, rule) => {
  const sections = sectionsOf(isThere(`docs/rules/${id}.md`) ? textOf(`docs/rules/${id}.md`) : '');
  const failing = namedBlocks(sections.get('Fails') ?? '');
  const passing = namedBlocks(sections.get('Passes') ?? '');
  const filesOf = (...blocks: typeof failing) => new Map(blocks.map(({ file, text }) => [file, text]));

  test('name each file once', () => {
    for (const blocks of [failing, passing]) {
      expect(blocks).not.toEqual([]);
      expect(filesOf(...blocks).size).toBe(blocks.length);
    }
  });

  test('fail where the page says so', async () => {
    expect(await messages(filesOf(...failing), rule)).not.toEqual([]);
  });

  test('pass where the page says so', async () => {
    expect(await messages(filesOf(...failing, ...passing), rule)).toEqual([]);
  });
});

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs').filter(path => path.endsWith('.md')),
];

describe.each(pages)('%s', page => {
  const text = prose(textOf(page));

  test('links only to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1] ?? '');
    const inside = links.filter(link => !/^[a-z]+:|^#/.test(link)).map(link => link.replace(/#.*$/, ''));
    expect(inside.filter(link => !isThere(posix.join(posix.dirname(page), link)))).toEqual([]);
  });

  test('names only paths that are there', () => {
    // A name in capitals stands for one that the reader chooses.
    const words = [...text.matchAll(/`([^`\n]+)`/g)]
      .map(match => match[1] ?? '')
      .filter(word => !/\b[A-Z]{3,}\b(?!\.)/.test(word));
    const paths = words.filter(word =>
      /^(?:src|rules|test|docs|fixtures|examples|bench|scripts|\.ci)\/[\w./-]*$/.test(word),
    );
    expect(paths.filter(path => !isThere(path))).toEqual([]);
  });
});
