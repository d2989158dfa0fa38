import type { Frame } from './frame.js';
import { endsLine, indentBefore } from './layout.js';
import { commentEnd, skipSpace } from './lexer.js';
import type { Pass } from './pass.js';

/** Passes the template tags that lie before the present place: branches go back to the block in which they began. */
export function passTags(pass: Pass): void {
  for (let tag = pass.tags[pass.nextTag]; tag && tag.start < pass.at; tag = pass.tags[++pass.nextTag]) {
    if (tag.role === 'expression') continue;
    if (tag.role !== 'silent' && pass.words.length > 0) pass.cut = true;
    if (tag.role === 'insert') pass.opaque = true;
    if (tag.role === 'open') pass.branches.push({ frame: pass.frame });
    else if (tag.role === 'end') pass.branches.pop();
    else if (tag.role === 'else') returnTo(pass, pass.branches.at(-1)?.frame);
    if (tag.role === 'open' || tag.role === 'end') pass.opaque = true;
  }
}

/** Where both branches open a block, what follows belongs to the last one; where both close one, it is open again for the second. */
function returnTo(pass: Pass, frame: Frame | undefined): void {
  if (frame && pass.words.length === 0) pass.frame = frame;
}

/** An expression alone on its line and no part of a directive stands for configuration that nobody can see: no word. */
export function takeInsertion(pass: Pass): void {
  const word = pass.words.at(-1);
  if (!word || pass.words.length !== 1 || !word.masked) return;
  let covered = 0;
  for (const { start, end, kind } of word.masked) if (kind === 'expression') covered += end - start;
  if (covered < word.end - word.start) return;
  if (!endsLine(pass.text, word.end) || indentBefore(pass.text, word.start) === undefined) return;
  let next = skipSpace(pass.text, word.end);
  while (pass.text[next] === '#') next = skipSpace(pass.text, commentEnd(pass.text, next));
  if (pass.text[next] === ';' || pass.text[next] === '{') return;
  pass.words.length = 0;
  pass.opaque = true;
}
