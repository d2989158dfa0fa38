import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import type { SourceFile } from '../../text/source.js';
import { scanLines, unfold } from './lines.js';
import { maxLength } from './plain/read.js';
import { findProblems } from './problems.js';
import { type CopiedTree, copyTree } from './raw.js';
import { toBlock } from './statements.js';
import { isTemplate } from './template.js';
import type { PyModule } from './tree.js';

type ParsePython = (file: SourceFile) => PyModule;

/**
 * The one parser of the process. web-tree-sitter keeps its wasm module in a global: two that are started at the same time leave the
 * first parser with the memory of the second, and it never returns.
 */
let loaded: Promise<ParsePython> | undefined;

/**
 * Loads tree-sitter and its Python grammar, and gives a parser that never throws. The wasm files lie beside the bundle; in
 * development they come out of their packages. Loading again gives the same parser.
 */
export function loadPython(): Promise<ParsePython> {
  loaded ??= startParser();
  return loaded;
}

/** What is used of WebAssembly, which the types of Node.js leave out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
};

/** Compiles here and now: V8 leaves each function until it is called, so that another thread would have nothing to do but to answer. */
async function startParser(): Promise<ParsePython> {
  const quickly = await withoutBetterCode();
  const core = await readWasm('tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm');
  const grammar = await readWasm('tree-sitter-python.wasm', 'tree-sitter-python/tree-sitter-python.wasm');
  const modules = quickly(() => ({ core: new WebAssembly.Module(core), grammar: new WebAssembly.Module(grammar) }));
  await Parser.init({
    instantiateWasm(imports: object, receive: (instance: object, module: object) => void) {
      receive(new WebAssembly.Instance(modules.core, imports), modules.core);
    },
  });
  const parser = new Parser();
  parser.setLanguage(Language.loadSync(modules.grammar));
  return file => quickly(() => parseModule(parser, file));
}

/**
 * The grammar is used for moments. The V8 of Node.js 20 takes a tenth of a second to make better code of its largest function; later ones see
 * that it does not pay. The flags are set back at once: V8 takes kept code (src/chunks/kept.ts) only under the flags that it was made with.
 */
async function withoutBetterCode(): Promise<<T>(work: () => T) => T> {
  if (Number.parseInt(process.versions.v8, 10) >= 12) return work => work();
  const { setFlagsFromString } = await import('node:v8');
  return work => {
    for (const flag of tierFlags) setFlagsFromString(`--no-${flag}`);
    try {
      return work();
    } finally {
      for (const flag of tierFlags) setFlagsFromString(`--${flag}`);
    }
  };
}

const tierFlags = ['wasm-tier-up', 'wasm-dynamic-tiering'];

async function readWasm(name: string, inPackage: string): Promise<Uint8Array> {
  const beside = join(import.meta.dirname, name);
  if (existsSync(beside)) return readFileSync(beside);
  const { createRequire } = await import('node:module');
  return readFileSync(createRequire(import.meta.url).resolve(inPackage));
}

function parseModule(parser: Parser, file: SourceFile): PyModule {
  const { text } = file;
  let parsed = text.length > maxLength ? undefined : parseText(parser, text);
  if (!parsed) return { file, body: [{ kind: 'opaque', start: 0, end: text.length }], problems: [], templated: false };
  const scanned = scanLines(text);
  const unfolded = parsed.errors.length > 0 ? unfold(text, scanned) : text;
  if (parsed.errors.length > 0 && scanned.problems.length === 0 && scanned.blanks.length > 0) {
    // The grammar stumbles over some lines in brackets that begin left of their statement; Python does not.
    const again = parseText(parser, unfolded);
    if (again && again.errors.length === 0) parsed = again;
  }
  const { root, errors } = parsed;
  const found = findProblems(file, scanned, root, errors, end => hasError(parser, unfolded.slice(0, end)));
  const templated = isTemplate(file, found, errors);
  return { file, body: toBlock(root, text), problems: templated ? [] : found, templated };
}

function hasError(parser: Parser, text: string): boolean {
  const tree = parser.parse(`${text}\n`);
  const failed = tree?.rootNode.hasError ?? true;
  tree?.delete();
  return failed;
}

/** Undefined where the text makes the parser do far more work than its length warrants. */
function parseText(parser: Parser, text: string): CopiedTree | undefined {
  let steps = 0;
  const limit = 20_000 + text.length * 2;
  const tree = parser.parse(text, null, { progressCallback: () => ++steps > limit });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  const copied = copyTree(tree);
  tree.delete();
  return copied;
}
