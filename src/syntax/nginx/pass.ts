import type { SourceFile } from '../../text/source.js';
import { addNode, blockFrame, type Draft, draft, type Frame } from './frame.js';
import { excerpt } from './layout.js';
import type { TemplateTag } from './template.js';
import type { NginxComment, NginxNames, NginxPlaceholder, NginxProblem, NginxProblemKind, NginxWord } from './tree.js';

/** How a text is read. */
export interface Mode {
  readonly names: NginxNames | undefined;
  /** nginx refuses the text, so what it would swallow without a word is looked at too. */
  readonly recover: boolean;
  /** Blocks that may be closed, and closing braces that may be passed over, where layout and names say so. */
  readonly missing: number;
  readonly extra: number;
  /** Signs of a misplaced brace to pass over before the first one that is acted upon. */
  readonly skip: number;
}

/** One reading of a text, while it goes on. */
export interface Pass {
  readonly file: SourceFile;
  /** The file's text with template tags masked. */
  readonly text: string;
  readonly mode: Mode;
  readonly tags: readonly TemplateTag[];
  readonly marks: readonly NginxPlaceholder[];
  readonly comments: NginxComment[];
  readonly problems: NginxProblem[];
  /** Placeholders that stand in words. */
  readonly used: NginxPlaceholder[];
  /** Placeholders that stand for whole directives. */
  readonly inserted: { readonly start: number; readonly end: number }[];
  readonly root: Frame;
  frame: Frame;
  words: NginxWord[];
  at: number;
  /** Open blocks as nginx counts them. */
  depth: number;
  refusal: { readonly message: string; readonly at: number } | undefined;
  missingLeft: number;
  extraLeft: number;
  skipLeft: number;
  /** Signs of misplaced braces that were not acted upon: names and indentation that do not fit. */
  misfits: number;
  /** Blocks left open at the end, and closing braces with nothing to close. */
  unclosed: number;
  unopened: number;
  nextTag: number;
  nextMark: number;
  branches: { readonly frame: Frame }[];
  /** The directive being read has a template tag in it. */
  cut: boolean;
  /** A template inserts pieces that may hold anything. */
  opaque: boolean;
  /** Lua blocks without an end so far. */
  brokenLua: number;
  /** Short words met so far: each is kept once, however often it stands in the file. */
  readonly spellings: Map<string, string>;
}

/** Notes what nginx refuses first. Only the first time counts: nginx stops there. */
export function refuse(pass: Pass, message: string, at: number): void {
  pass.refusal ??= { message, at };
}

export function report(
  pass: Pass,
  kind: NginxProblemKind,
  start: number,
  end: number,
  message: string,
  more: Pick<NginxProblem, 'nginx' | 'heuristic' | 'swallowed' | 'repair'> = {},
): void {
  pass.problems.push({ kind, span: { file: pass.file, start, end }, message, ...more });
}

/** The words of a directive as a message shows them. */
export function shown(pass: Pass, words: readonly NginxWord[]): string {
  return excerpt(pass.file.text, words[0]?.start ?? 0, words.at(-1)?.end ?? 0);
}

/** A placeholder at the end of a directive may bring the `;` with it. */
function mayBringSemicolon(word: NginxWord): boolean {
  const mark = word.masked?.find(({ end }) => end === word.end);
  return mark !== undefined && (mark.kind !== 'variable' || /^[A-Z]/.test(mark.name ?? ''));
}

/**
 * The words of a directive that lacks its `;`, where a `:` stands in its place: without it. A socket's path may end in a colon, and so
 * may an IPv6 address.
 */
export function withoutColon(pass: Pass, words: readonly NginxWord[]): readonly NginxWord[] {
  const last = words.at(-1);
  if (!last || last.quote !== undefined || last.end - last.start < 2) return words;
  if (!/[^:]:$/.test(pass.text.slice(last.end - 2, last.end)) || last.value.includes('unix:')) return words;
  return [...words.slice(0, -1), { ...last, value: last.value.slice(0, -1), end: last.end - 1 }];
}

/** Reports that a directive lacks its `;` behind these words. */
export function missingSemicolon(
  pass: Pass,
  words: readonly NginxWord[],
  more: Partial<Pick<NginxProblem, 'nginx' | 'heuristic' | 'swallowed'>>,
): void {
  const last = words.at(-1);
  if (!last || mayBringSemicolon(last)) return;
  if (words.some(({ value }) => value === '...' || value === '\u2026')) {
    const message = `"${shown(pass, words)}" leaves something out, and nginx reads it as a directive without its ";"`;
    report(pass, 'missing-semicolon', last.start, last.end, message, more);
    return;
  }
  const colon = last.quote === undefined && pass.text[last.end] === ':';
  const message = colon
    ? `"${shown(pass, words)}:" ends with ":" where ";" belongs`
    : `";" is missing after "${shown(pass, words)}"`;
  const repair = colon
    ? { title: 'Put ";" in place of ":"', start: last.end, end: last.end + 1, text: ';' }
    : { title: 'Add ";"', start: last.end, end: last.end, text: ';' };
  // The colon behind a socket's path may belong to it or stand for the ";".
  const unclear = last.value.length > 5 && last.value.includes('unix:') && last.value.endsWith(':');
  const known = pass.mode.names?.isDirective(words[0]?.value ?? '') !== false || typeof pass.frame.inside === 'string';
  report(pass, 'missing-semicolon', last.start, last.end, message, known && !unclear ? { ...more, repair } : more);
}

/** Adds a directive to the open block. */
export function add(pass: Pass, words: readonly NginxWord[], terminator: Draft['terminator'], at: number): Draft {
  const node = draft(words, terminator, at);
  if (pass.branches.length > 0 || pass.cut) node.conditional = true;
  addNode(pass.text, pass.frame, node);
  return node;
}

export function openFrame(pass: Pass, node: Draft): void {
  pass.frame = blockFrame(pass.text, node, pass.frame);
}
