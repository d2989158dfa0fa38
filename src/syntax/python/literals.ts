import type { PyConstant, PyExpression, PyRange, PyTextPart } from './tree.js';

/** Value of a number as it stands in the source. */
export function decodeNumber(text: string): Pick<PyConstant, 'type' | 'value'> {
  const plain = text.replaceAll('_', '').toLowerCase();
  if (plain.endsWith('j')) return { type: 'other', value: undefined };
  if (/^0[xob]/.test(plain) || /^\d+$/.test(plain)) {
    const value = Number(plain);
    return { type: 'int', value: Number.isSafeInteger(value) ? value : undefined };
  }
  const value = Number(plain);
  return { type: 'float', value: Number.isFinite(value) ? value : undefined };
}

export interface TextPrefix {
  readonly raw: boolean;
  readonly bytes: boolean;
  /** `f`: replacement fields; `t`: a template, which is no text. */
  readonly format: 'f' | 't' | undefined;
}

/** What stands before the quotes: `rb`, `f`, `u`. */
export function readPrefix(start: string): TextPrefix {
  const letters = start.replace(/["']/g, '').toLowerCase();
  return {
    raw: letters.includes('r'),
    bytes: letters.includes('b'),
    format: letters.includes('t') ? 't' : letters.includes('f') ? 'f' : undefined,
  };
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Text of a literal's content: escapes decoded unless it is raw, line ends as Python reads them. Undefined where an escape
 * names a character (`\N{BULLET}`) or stands for none.
 */
export function decodeText(content: string, prefix: TextPrefix): string | undefined {
  const text = content.replace(/\r\n?/g, '\n');
  if (prefix.raw || !text.includes('\\')) return text;
  let out = '';
  let at = 0;
  for (;;) {
    const slash = text.indexOf('\\', at);
    if (slash < 0 || slash + 1 >= text.length) return out + text.slice(at);
    out += text.slice(at, slash);
    const decoded = readEscape(text, slash + 1, prefix.bytes);
    if (!decoded) return undefined;
    out += decoded.text;
    at = decoded.end;
  }
}

function readEscape(text: string, at: number, bytes: boolean): { text: string; end: number } | undefined {
  const letter = text[at] ?? '';
  const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  if (simple !== undefined) return { text: simple, end: at + 1 };
  const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
  if (octal) return { text: String.fromCharCode(Number.parseInt(octal, 8)), end: at + octal.length };
  const length = letter === 'x' ? 2 : bytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (length > 0) {
    const digits = text.slice(at + 1, at + 1 + length);
    if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const code = Number.parseInt(digits, 16);
    return code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), end: at + 1 + length };
  }
  if (letter === 'N' && !bytes) return undefined;
  return { text: `\\${letter}`, end: at + letter.length };
}

/** Adds text behind the parts of a literal. */
export function pushText(parts: PyTextPart[], more: string): void {
  const last = parts.at(-1);
  if (typeof last === 'string') parts[parts.length - 1] = last + more;
  else if (more !== '') parts.push(more);
}

/** The literal that these parts make up. `known`: no escape in it names a character. */
export function literalOf(
  parts: readonly PyTextPart[],
  type: PyConstant['type'],
  known: boolean,
  { start, end }: PyRange,
): PyExpression {
  if (parts.some(part => typeof part !== 'string'))
    return known ? { kind: 'joined', parts, start, end } : { kind: 'opaque', start, end };
  return { kind: 'constant', type, value: known ? parts.join('') : undefined, start, end };
}
