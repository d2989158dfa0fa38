import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/lsp/settings.js';
import { parseToml } from '../../src/syntax/toml/parse.js';
import { filesBelow, textOf } from '../sources.js';

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const found = textOf(page).matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm);
  return [...found].map(match => ({ language: match[1] ?? '', text: match[2] ?? '' }));
}

const pages = filesBelow('docs/editors').filter(path => path.endsWith('.md'));
const { targets: _, ...read } = readSettings({});
const names = [...Object.keys(read), 'targetVersion'];

/** Brackets and quotes of a text that do not come in pairs. */
function unpaired(text: string, comment: RegExp): string {
  const code = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""').replace(comment, '');
  let open = '';
  for (const [bracket] of code.matchAll(/[()[\]{}]/g)) {
    const opens = { ')': '(', ']': '[', '}': '{' }[bracket];
    open = opens === undefined ? open + bracket : open.endsWith(opens) ? open.slice(0, -1) : `${open}${bracket}`;
  }
  return open;
}

describe.each(pages)('%s', page => {
  const blocks = blocksOf(page);

  test('has configurations that their editors can read', () => {
    for (const { language, text } of blocks) {
      if (language === 'json') expect(() => JSON.parse(text), text).not.toThrow();
      if (language === 'toml') expect(parseToml({ path: 'x.toml', text }).problems, text).toEqual([]);
      if (language === 'lua') expect(unpaired(text, /--[^\n]*/g), text).toBe('');
      if (language === 'elisp')
        expect(unpaired(text.replaceAll("'(", '(').replaceAll("#'", ''), /;[^\n]*/g), text).toBe('');
      if (language === 'rust') expect(unpaired(text, /\/\/[^\n]*/g), text).toBe('');
    }
  });

  test('has Lua that Lua can read, where there is one to ask', ({ skip }) => {
    const lua = blocks.filter(({ language }) => language === 'lua');
    if (lua.length === 0 || spawnSync('luac', ['-v']).error) return skip('no Lua');
    for (const { text } of lua) {
      const { status, stderr } = spawnSync('luac', ['-p', '-'], { input: text, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });
});

test('every editor has a page, which the list names', () => {
  const list = textOf('docs/editors/README.md');
  const own = pages.filter(path => !path.endsWith('/README.md'));
  expect(own.length).toBeGreaterThanOrEqual(6);
  for (const path of own) expect(list).toContain(`(${path.slice(path.lastIndexOf('/') + 1)})`);
});

test('the settings are those that the server reads', () => {
  const section = /## Settings\n([\s\S]*?)\n## /.exec(textOf('docs/editors/README.md'))?.[1] ?? '';
  const told = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(match => match[1]);
  expect(told.sort()).toEqual([...names].sort());
});

test('every page starts the server in the same way', () => {
  for (const path of pages) {
    // The extensions name the program and its argument in code.
    if (/README|vscode|zed/.test(path)) continue;
    expect(textOf(path).replace(/["',\s\][=()]+/g, ' '), path).toMatch(/gwlint lsp|command gwlint args lsp/);
  }
});
