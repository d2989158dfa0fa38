import type { SourceFile } from '../../text/source.js';
import { opensBlock } from './blocks.js';
import { columns, isBalancing, lineOf, reportExtra, settleClose, settleFrame } from './braces.js';
import { fileFrame, namelessFrame } from './frame.js';
import { indentBefore, indentWidth } from './layout.js';
import { commentEnd, isSpace, skipSpace } from './lexer.js';
import { isLuaBlock, scanLua } from './lua.js';
import { add, type Mode, missingSemicolon, openFrame, type Pass, refuse, report, shown, withoutColon } from './pass.js';
import { closingQuote, splitStatements } from './statements.js';
import { passTags, takeInsertion } from './tags.js';
import type { TemplateTag } from './template.js';
import type { NginxPlaceholder, NginxProblem, NginxWord } from './tree.js';
import { checkComment, endInDirective, readWord } from './words.js';

const endInBlock = 'unexpected end of file, expecting "}"';

export interface Source {
  readonly file: SourceFile;
  readonly text: string;
  readonly tags: readonly TemplateTag[];
  readonly marks: readonly NginxPlaceholder[];
}

/** Reads a text from its first to its last character, as nginx's tokenizer does, and goes on behind every mistake. */
export function readText(source: Source, mode: Mode): Pass {
  const root = fileFrame();
  const pass: Pass = {
    ...source,
    mode,
    comments: [],
    problems: [],
    used: [],
    inserted: [],
    root,
    frame: root,
    words: [],
    at: 0,
    depth: 0,
    refusal: undefined,
    missingLeft: mode.missing,
    extraLeft: mode.extra,
    skipLeft: mode.skip,
    misfits: 0,
    unclosed: 0,
    unopened: 0,
    nextTag: 0,
    nextMark: 0,
    branches: [],
    cut: false,
    opaque: false,
    brokenLua: 0,
    spellings: new Map(),
  };
  skipByteOrderMark(pass);
  while (pass.at < pass.text.length) step(pass);
  passTags(pass);
  endOfFile(pass);
  return pass;
}

function step(pass: Pass): void {
  const code = pass.text.charCodeAt(pass.at);
  if (isSpace(code)) {
    pass.at = skipSpace(pass.text, pass.at);
    return;
  }
  if (pass.tags.length > 0) passTags(pass);
  if (code === 35) readComment(pass);
  else if (code === 59) readSemicolon(pass);
  else if (code === 123) readOpenBrace(pass);
  else if (code === 125) readCloseBrace(pass);
  else {
    readWord(pass);
    if (pass.words.length === 1) takeInsertion(pass);
  }
}

function skipByteOrderMark(pass: Pass): void {
  if (pass.text.charCodeAt(0) !== 0xfeff) return;
  report(
    pass,
    'bom',
    0,
    1,
    "The file begins with a byte order mark, which nginx takes for a part of the first directive's name",
    {
      nginx: `unknown directive "\ufeff${/^\ufeff([^\s;{]{0,60})/.exec(pass.text)?.[1] ?? ''}"`,
      repair: { title: 'Remove the byte order mark', start: 0, end: 1, text: '' },
    },
  );
  pass.at = 1;
}

function readComment(pass: Pass): void {
  const start = pass.at;
  const end = commentEnd(pass.text, start);
  checkComment(pass, start, end);
  pass.comments.push({ start, end });
  pass.at = end;
}

function readSemicolon(pass: Pass): void {
  const at = pass.at++;
  if (pass.words.length > 0) {
    endDirective(pass, ';', at);
    return;
  }
  refuse(pass, 'unexpected ";"', at);
  if (pass.opaque && pass.tags.length > 0) return;
  report(pass, 'stray', at, at + 1, 'This ";" ends nothing', {
    nginx: 'unexpected ";"',
    repair: { title: 'Remove ";"', start: at, end: at + 1, text: '' },
  });
}

function readOpenBrace(pass: Pass): void {
  const at = pass.at++;
  pass.depth++;
  if (pass.words.length > 0) {
    endDirective(pass, '{', at);
    return;
  }
  refuse(pass, 'unexpected "{"', at);
  const last = pass.frame.children.at(-1);
  const closed =
    last?.terminator === ';' && opensBlock(last.name, pass.frame.inside) && isSpaceOnly(pass, last.end, at);
  if (last && closed) {
    report(
      pass,
      'stray',
      last.terminatorAt,
      last.terminatorAt + 1,
      `The ";" ends "${last.name}" before its block begins`,
      {
        nginx: 'unexpected "{"',
        repair: { title: 'Remove ";"', start: last.terminatorAt, end: last.terminatorAt + 1, text: '' },
      },
    );
    last.terminator = '{';
    last.terminatorAt = at;
    last.end = at + 1;
    openFrame(pass, last);
    return;
  }
  report(pass, 'stray', at, at + 1, 'A block needs a name before its "{"', { nginx: 'unexpected "{"' });
  pass.frame = namelessFrame(pass.frame);
}

function isSpaceOnly(pass: Pass, start: number, end: number): boolean {
  return skipSpace(pass.text, start) === end;
}

function readCloseBrace(pass: Pass): void {
  const at = pass.at++;
  if (pass.words.length > 0) {
    refuse(pass, 'unexpected "}"', at);
    endUnfinished(pass, 'unexpected "}"');
  }
  if (pass.depth === 0) refuse(pass, 'unexpected "}"', at);
  else pass.depth--;
  if (isBalancing(pass) && settleClose(pass, at)) return;
  const { frame } = pass;
  if (!frame.parent) {
    pass.unopened++;
    reportExtra(pass, at);
    return;
  }
  if (frame.node) {
    frame.node.closeAt = at;
    frame.node.end = at + 1;
    if (isBalancing(pass)) frame.parent.closed = { frame, indent: columns(pass, at) };
  }
  pass.frame = frame.parent;
}

/** Words that a `}` or the end of the file cuts short, with what nginx says there. */
function endUnfinished(pass: Pass, nginx: string): void {
  const { cut } = pass;
  const before = pass.problems.length;
  endDirective(pass, undefined, -1, nginx);
  if (cut) pass.problems.length = before;
}

/**
 * Ends the pending directive (or the directives that were run together) with this terminator. `nginx` is what nginx says about a
 * terminator that is missing.
 */
function endDirective(pass: Pass, terminator: ';' | '{' | undefined, at: number, nginx?: string): void {
  const statements = splitStatements(pass, pass.words, terminator);
  for (let i = 0; i < statements.length; i++) {
    const { words, missing } = statements[i] ?? none;
    const name = words[0];
    if (!name) continue;
    if (isBalancing(pass)) settleFrame(pass, name, missing === undefined && terminator === '{');
    noteClosingQuote(pass, words);
    if (missing === ';') {
      const message = i === 0 ? openedByMistake(pass, name.value, terminator) : undefined;
      const swallowed = i === 0 && terminator === ';' ? swallowedBy(pass, name.value, statements.slice(1)) : [];
      const more = { ...(message !== undefined && { nginx: message }), ...(swallowed.length > 0 && { swallowed }) };
      addUnended(pass, words, { heuristic: true, ...more });
    } else if (missing === '{') {
      openMissing(pass, words, terminator);
    } else if (terminator === undefined && nginx !== undefined) {
      addUnended(pass, words, { nginx });
    } else {
      endLast(pass, words, terminator, at);
    }
  }
  pass.words = [];
  pass.cut = false;
}

const none = { words: [], missing: undefined };

function addUnended(
  pass: Pass,
  words: readonly NginxWord[],
  more: Partial<Pick<NginxProblem, 'nginx' | 'heuristic' | 'swallowed'>>,
): void {
  const kept = withoutColon(pass, words);
  missingSemicolon(pass, kept, more);
  add(pass, kept, undefined, -1);
}

/** Names of the directives that nginx takes for further words of one that takes any. */
function swallowedBy(pass: Pass, name: string, rest: readonly { readonly words: readonly NginxWord[] }[]): string[] {
  return pass.mode.names?.takesAnyWords?.(name) ? rest.flatMap(({ words }) => words[0]?.value ?? []) : [];
}

function noteClosingQuote(pass: Pass, words: readonly NginxWord[]): void {
  const word = pass.cut ? undefined : closingQuote(pass, words);
  if (!word) return;
  const message = `The ${pass.text[word.end - 1]} at the end of "${shown(pass, [word])}" closes nothing: it was never opened`;
  report(pass, 'quote', word.start, word.end, message, {
    heuristic: true,
    nginx: `invalid number of arguments in "${words[0]?.value}" directive`,
  });
}

function openedByMistake(pass: Pass, name: string, terminator: string | undefined): string | undefined {
  if (terminator !== '{' || !pass.mode.names?.isDirective(name) || opensBlock(name, undefined)) return undefined;
  return `directive "${name}" is not terminated by ";"`;
}

/** A block whose `{` is missing. Its `}` will come, so it is open from here on. */
function openMissing(pass: Pass, words: readonly NginxWord[], terminator: string | undefined): void {
  const last = words.at(-1);
  const name = words[0]?.value ?? '';
  if (!last) return;
  report(pass, 'missing-open', last.start, last.end, `"{" is missing after "${shown(pass, words)}"`, {
    heuristic: true,
    ...(terminator === ';' && { nginx: `directive "${name}" has no opening "{"` }),
    repair: { title: 'Add "{"', start: last.end, end: last.end, text: ' {' },
  });
  openFrame(pass, add(pass, words, undefined, -1));
}

function endLast(pass: Pass, words: readonly NginxWord[], terminator: ';' | '{' | undefined, at: number): void {
  if (terminator === '{' && isLuaBlock(words[0]?.value ?? '')) {
    readLua(pass, words, at);
    return;
  }
  if (terminator === '{') noteBlockInFreeForm(pass, words, at);
  const node = add(pass, words, terminator, at);
  if (terminator === '{') openFrame(pass, node);
}

/** A `map` and its like hold lines of their own form, and nginx refuses any block in them. */
function noteBlockInFreeForm(pass: Pass, words: readonly NginxWord[], at: number): void {
  const outer = pass.frame.node?.name;
  if (outer === undefined || typeof pass.frame.inside !== 'string' || !pass.mode.names || pass.opaque) return;
  report(pass, 'stray', at, at + 1, `No block may stand inside "${outer}", and "${shown(pass, words)}" opens one`, {
    heuristic: true,
    nginx: 'unexpected "{"',
  });
}

/** Each block of Lua without an end is searched for one up to the end of the file; behind so many the rest is taken as Lua. */
const mostBrokenLua = 20;

function readLua(pass: Pass, words: readonly NginxWord[], at: number): void {
  pass.depth--;
  const node = add(pass, words, 'lua', at);
  const block = scanLua(pass.text, at);
  if (block.closed) {
    node.closeAt = block.closeAt;
    node.end = block.closeAt + 1;
  } else {
    refuse(pass, block.nginx, block.at);
    report(pass, 'lua', at, at + 1, `The Lua block that opens here has no end: ${block.nginx}`, { nginx: block.nginx });
    const close = ++pass.brokenLua > mostBrokenLua ? -1 : closingLine(pass, node.start, at);
    node.closeAt = close;
    node.end = close < 0 ? pass.text.length : close + 1;
  }
  pass.at = node.end;
}

/** The next `}` alone in the column of the directive or further left; -1 where there is none. */
function closingLine(pass: Pass, start: number, from: number): number {
  const own = indentBefore(pass.text, start);
  if (own === undefined) return -1;
  for (const found of pass.text.slice(from).matchAll(/\n([ \t]*)\}[ \t]*(?=[\r\n]|$)/g)) {
    const indent = found[1] ?? '';
    if (indentWidth(indent) <= indentWidth(own)) return from + found.index + 1 + indent.length;
  }
  return -1;
}

function endOfFile(pass: Pass): void {
  const end = pass.text.length;
  if (pass.words.length > 0) {
    refuse(pass, endInDirective, end);
    const quoteOpen =
      pass.problems.at(-1)?.kind === 'quote' && pass.problems.at(-1)?.span.end === pass.words.at(-1)?.end;
    if (quoteOpen) endDirective(pass, undefined, -1);
    else endUnfinished(pass, endInDirective);
  }
  if (pass.depth > 0) refuse(pass, endInBlock, end);
  const open: string[] = [];
  let only = true;
  for (let frame = pass.frame; frame.parent; frame = frame.parent) {
    pass.unclosed++;
    if (frame.node && open.length < 4) open.push(`"${frame.node.name}" of line ${lineOf(pass, frame.node.start)}`);
    else only = false;
  }
  if (pass.unclosed === 0) return;
  const last = Math.max(0, pass.text.trimEnd().length);
  const what =
    pass.unclosed === 1
      ? '"}" is missing at the end of the file'
      : `${pass.unclosed} "}" are missing at the end of the file`;
  const which = only ? `: ${open.join(', ')} ${pass.unclosed === 1 ? 'is' : 'are'} never closed` : '';
  report(pass, 'missing-close', Math.max(0, last - 1), last, what + which, { nginx: endInBlock });
}
