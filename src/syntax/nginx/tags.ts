import type { Frame } from './frame.js';
import { endsLine, indentBefore } from './layout.js';
import { commentEnd, skipSpace } from './lexer.js';
import type { Pass } from './pass.js';
import type { NginxWord } from './tree.js';

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

/**
 * A placeholder alone on its line and no part of a directive stands for configuration that nobody can see: it is no word. So is
 * a bare name in capital letters, as installers replace it.
 */
export function takeInsertion(pass: Pass): void {
  const word = pass.words[0];
  if (!word || pass.words.length !== 1 || word.quote !== undefined || typeof pass.frame.inside === 'string') return;
  if (!isPlaceholder(word) || !endsLine(pass.text, word.end) || indentBefore(pass.text, word.start) === undefined)
    return;
  let next = skipSpace(pass.text, word.end);
  while (pass.text[next] === '#') next = skipSpace(pass.text, commentEnd(pass.text, next));
  if (pass.text[next] === ';' || pass.text[next] === '{') return;
  pass.words.length = 0;
  pass.inserted.push({ start: word.start, end: word.end });
  pass.opaque = true;
}

function isPlaceholder(word: NginxWord): boolean {
  if (!word.masked) return isInstallersName(word.value);
  let covered = 0;
  for (const { start, end } of word.masked) covered += end - start;
  return covered >= word.end - word.start;
}

/** A bare name in capital letters, as installers replace it. */
export function isInstallersName(word: string): boolean {
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(word);
}
