import type { SourceFile } from '../../../text/source.js';
import { isTemplateName } from '../template.js';
import type { PyModule } from '../tree.js';
import { readStatements } from './blocks.js';
import { type Cursor, doubt, spareLinks } from './cursor.js';
import { tokenize } from './tokens.js';

/** Files longer than this are not code that somebody wrote; they are left unread so that time stays bounded. */
export const maxLength = 4_000_000;

/**
 * Reads a module in which nothing is unusual: the same tree as with tree-sitter, in a fraction of the time and without loading it. Undefined
 * for any other text, which parse.ts then reads with care: Python 2, `match`, type parameters, mistakes, whatever is rare.
 */
export function readPlain(file: SourceFile): PyModule | undefined {
  const { text } = file;
  if (text.length > maxLength || isTemplateName(file.path)) return undefined;
  const tokens = tokenize(text);
  if (!tokens) return undefined;
  const cursor: Cursor = {
    text,
    tokens,
    at: 0,
    function: 'none',
    loop: false,
    yields: false,
    groups: 0,
    depth: 0,
    spareLinks,
    names: new Map(),
  };
  try {
    return { file, body: readStatements(cursor, 'end'), problems: [], templated: false };
  } catch (error) {
    if (error === doubt) return undefined;
    throw error;
  }
}
