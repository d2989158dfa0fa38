/** Same length as the text it stands for; never part of a real configuration (private use area). */
const filler = '\uE0F5';

export interface MaskedText {
  /** The text with template blocks blanked and placeholders filled, same length and line ends. */
  readonly text: string;
  readonly templated: boolean;
}

const openers: readonly (readonly [string, string])[] = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['<%', '%>'],
];

/**
 * Takes templates (Jinja, Helm, ERB) out of a YAML text, so that what is left parses. A line that holds nothing but template
 * blocks becomes blank; a placeholder inside a line becomes one opaque word. Offsets and lines stay as they are.
 */
export function maskTemplates(text: string): MaskedText {
  const blocks = findBlocks(text);
  if (blocks.length === 0) return { text, templated: false };
  let out = '';
  let at = 0;
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    if (!block || block.start < at) continue;
    const whole = wholeLines(text, blocks, index);
    const end = whole ?? block.end;
    const raw = text.slice(block.start, end);
    const value = whole === undefined && (block.open === '{{' || raw.startsWith('<%=')) && !/[\r\n]/.test(raw);
    out += text.slice(at, block.start) + (value ? filler.repeat(raw.length) : blank(raw));
    at = end;
  }
  return { text: out + text.slice(at), templated: true };
}

/** Puts the original text back where the masked one holds fillers: `value` was read from the range that starts at `start`. */
export function unmask(value: string, original: string, masked: string, start: number): string {
  if (!value.includes(filler)) return value;
  let from = start;
  return value.replace(/\uE0F5+/g, run => {
    const found = masked.indexOf(run, from);
    if (found < 0) return run;
    from = found + run.length;
    return original.slice(found, from);
  });
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly open: string;
}

function findBlocks(text: string): readonly Block[] {
  const found: Block[] = [];
  const exhausted = new Set<string>();
  let at = 0;
  while (at < text.length) {
    const candidates = /\{\{|\{%|<%/g;
    candidates.lastIndex = at;
    const match = candidates.exec(text);
    if (!match) break;
    const pair = openers.find(([open]) => open === match[0]);
    const close = pair?.[1] ?? '';
    const end = exhausted.has(close) ? -1 : text.indexOf(close, match.index + 2);
    if (end < 0) {
      exhausted.add(close);
      at = match.index + 2;
      continue;
    }
    // `{{{x}}}`: the closing braces belong to the placeholder.
    let behind = end + 2;
    if (close === '}}' && text[match.index + 2] === '{' && text[behind] === '}') behind++;
    found.push({ start: match.index, end: behind, open: match[0] });
    at = behind;
  }
  return found;
}

/** Where the blocks that begin with `blocks[index]` fill their lines alone, the end of the last; else undefined. */
function wholeLines(text: string, blocks: readonly Block[], index: number): number | undefined {
  const first = blocks[index];
  if (!first || !blankBefore(text, first.start)) return undefined;
  let end = first.end;
  for (let next = index + 1; ; next++) {
    const rest = skipBlanks(text, end);
    if (rest >= text.length || text[rest] === '\n' || text[rest] === '\r') return end;
    const block = blocks[next];
    if (!block || block.start !== rest) return undefined;
    end = block.end;
  }
}

function blankBefore(text: string, offset: number): boolean {
  let at = offset - 1;
  while (at >= 0 && (text[at] === ' ' || text[at] === '\t')) at--;
  return at < 0 || text[at] === '\n' || text[at] === '\r';
}

function skipBlanks(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
