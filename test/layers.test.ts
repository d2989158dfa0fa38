import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, textOf } from './sources.js';

/** Who may import whom. This table is the architecture; docs/architecture.md shows it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/text': [],
  'src/host': ['src/text'],
  'src/syntax': ['src/text'],
  'src/facts': [],
  'src/model': ['src/text'],
  'src/extract': ['src/text', 'src/host', 'src/syntax', 'src/facts', 'src/model'],
  'src/link': ['src/text', 'src/model'],
  'src/edits': ['src/text', 'src/model'],
  'src/lint': ['src/text', 'src/model'],
  rules: ['src/text', 'src/model', 'src/edits', 'src/lint', 'src/facts'],
  'src/config': ['src/text', 'src/host', 'src/syntax', 'src/model', 'src/lint'],
  'src/cache': ['src/text', 'src/host', 'src/lint', 'src/model'],
  'src/report': ['src/text', 'src/lint', 'src/model'],
  'src/chunks': [],
};

/** The top: the pipeline, the public API and the edges to the outside. */
const top = [
  'src/analyze.ts',
  'src/configure.ts',
  'src/index.ts',
  'src/piecemeal.ts',
  'src/plugin.ts',
  'src/testing.ts',
  'src/cli',
  'src/lsp',
];

const packages: Readonly<Record<string, string>> = {
  yaml: 'src/syntax/yaml',
  'toml-eslint-parser': 'src/syntax/toml',
  'web-tree-sitter': 'src/syntax/python',
  'dockerfile-ast': 'src/syntax/dockerfile',
  saxes: 'src/syntax/xml',
  tinyglobby: 'src/host',
  ignore: 'src/host',
  'vscode-languageserver': 'src/lsp',
  'vscode-languageserver/node': 'src/lsp',
  'vscode-languageserver-textdocument': 'src/lsp',
};

const sources = [...filesBelow('src'), ...filesBelow('rules')].filter(path => path.endsWith('.ts'));

function importsOf(path: string): readonly string[] {
  const code = textOf(path);
  const statements = /^(?:import|export)\s[^'"`;]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...code.matchAll(statements)].map(match => match[1] ?? match[2] ?? match[3] ?? '');
}

function layerOf(path: string): string | undefined {
  return Object.keys(allowed).find(layer => path.startsWith(`${layer}/`));
}

/** Folders whose code may touch files, processes and the like. */
const edges = [
  'src/chunks/',
  'src/cli/',
  'src/cache/',
  'src/lsp/',
  'src/configure.ts',
  'src/plugin.ts',
  'src/host/',
  'src/syntax/python/',
];

/** Every import of every source, with what `judge` says against it. */
function objections(judge: (path: string, name: string) => boolean): readonly string[] {
  return sources.flatMap(path =>
    importsOf(path)
      .filter(name => judge(path, name))
      .map(name => `${path} imports ${name}`),
  );
}

function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some(folder => path === folder || path.startsWith(`${folder}/`));
}

test('every source belongs to a layer', () => {
  expect(sources.filter(path => layerOf(path) === undefined && !isIn(path, top))).toEqual([]);
});

test('every layer imports only what it may', () => {
  const wrong = objections((path, name) => {
    const layer = layerOf(path);
    if (layer === undefined || !name.startsWith('.')) return false;
    return !isIn(posix.join(posix.dirname(path), name), [layer, ...(allowed[layer] ?? [])]);
  });
  expect(wrong).toEqual([]);
});

test('packages are imported only where they belong', () => {
  const isPackage = (name: string) => !name.startsWith('.') && !name.startsWith('node:');
  expect(objections((path, name) => isPackage(name) && !isIn(path, [packages[name] ?? 'nowhere']))).toEqual([]);
});

test('only the edges touch files and processes', () => {
  const touches = (name: string) => name.startsWith('node:') && name !== 'node:path';
  expect(objections((path, name) => touches(name) && !edges.some(edge => path.startsWith(edge)))).toEqual([]);
});

test('every source is short enough to be read', () => {
  const most = (path: string) => (path.startsWith('rules/') && path !== 'rules/index.ts' ? 120 : 400);
  const long = sources
    .filter(path => !path.startsWith('src/facts/'))
    .map(path => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > most(path));
  expect(long).toEqual([]);
});

test('nothing gets its name from being of use', () => {
  expect(sources.filter(path => /(?:^|\/)(?:utils?|common|helpers?)(?:\/|\.ts$)/.test(path))).toEqual([]);
});

test('imports are found in all their forms', () => {
  const found = ['src/analyze.ts', 'src/syntax/languages.ts', 'src/index.ts'].flatMap(importsOf);
  expect(found).toContain('./extract/reader.js');
  expect(found).toContain('./yaml/parse.js');
  expect(found).toContain('../rules/index.js');
});

test('the page about the architecture shows the same table', () => {
  const page = textOf('docs/architecture.md');
  for (const [layer, may] of Object.entries(allowed)) {
    const row = page.split('\n').find(line => line.startsWith(`| \`${layer}/`));
    const cells = row?.split('|').map(cell => cell.trim()) ?? [];
    const short = may.map(one => one.replace('src/', ''));
    expect(cells[3] === '-' ? [] : cells[3]?.split(', ').sort(), layer).toEqual([...short].sort());
  }
});
