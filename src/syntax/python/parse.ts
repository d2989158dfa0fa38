import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Parser, Tree } from 'web-tree-sitter';
import type { SourceFile } from '../../text/source.js';
import { findProblems, isTemplate } from './problems.js';
import { copyTree } from './raw.js';
import { toBlock } from './statements.js';
import type { PyModule } from './tree.js';

/** Files longer than this are not code that somebody wrote; they are left unread so that time stays bounded. */
const maxLength = 4_000_000;

/**
 * Loads tree-sitter and its Python grammar, and gives a parser that never throws. The wasm files lie beside the bundle; in
 * development they come out of their packages.
 */
export async function loadPython(): Promise<(file: SourceFile) => PyModule> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init({ wasmBinary: readWasm('tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(
    await Language.load(readWasm('tree-sitter-python.wasm', 'tree-sitter-python/tree-sitter-python.wasm')),
  );
  return file => parseModule(parser, file);
}

function readWasm(name: string, inPackage: string): Uint8Array {
  const beside = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(inPackage));
}

function parseModule(parser: Parser, file: SourceFile): PyModule {
  const tree = file.text.length > maxLength ? null : parseText(parser, file.text);
  if (!tree) {
    return { file, body: [{ kind: 'opaque', start: 0, end: file.text.length }], problems: [], templated: false };
  }
  const { root, errors } = copyTree(tree);
  tree.delete();
  const found = findProblems(file, root, errors);
  const templated = isTemplate(file, found.length > 0);
  return { file, body: toBlock(root, file.text), problems: templated ? [] : found, templated };
}

/** Null where the text makes the parser do far more work than its length warrants. */
function parseText(parser: Parser, text: string): Tree | null {
  let steps = 0;
  const limit = 20_000 + text.length * 2;
  const tree = parser.parse(text, null, { progressCallback: () => ++steps > limit });
  if (!tree) parser.reset();
  return tree;
}
