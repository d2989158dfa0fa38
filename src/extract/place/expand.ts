import type { Setting } from '../../model/setting.js';
import type { Word, WordPart } from '../../model/word.js';
import type { Span, Step } from '../../text/source.js';

/** How a text is read: Dockerfiles have quotes and an escape character, compose files have `$$`. */
export interface ExpansionStyle {
  /** Quotes and this escape character are read and taken away. */
  readonly escape?: string;
  /** The escape character is taken away in front of anything between double quotes, not only of what is special there. */
  readonly escapesAll?: boolean;
  /** Variables are filled in between single quotes too. */
  readonly quotesExpand?: boolean;
  /** `$$` is a dollar sign. */
  readonly doubled?: boolean;
  /** What a variable is that nothing states and that has no default: the empty text, or unknown for this reason. */
  readonly unset: 'empty' | ((name: string) => string);
}

/** The value of a variable; undefined where nothing states it. */
export type VariableLookup = (name: string) => Setting<string> | undefined;

export interface Expansion {
  readonly parts: readonly WordPart[];
  /** Where the variables got their values. */
  readonly via: readonly Step[];
}

const deepestNesting = 20;
/** Variables that double each other would otherwise grow without end. */
const longestValue = 100_000;
const longestHistory = 20;

/**
 * Replaces `$NAME`, `${NAME}` and the forms with a default or alternative (`:-` `-` `:+` `+` `:?` `?`). Anything else
 * behind a name (`%`, `#`, `/`) gives an unknown part. Linear in the text; nothing is run.
 */
export function expandVariables(text: string, style: ExpansionStyle, lookup: VariableLookup, depth = 0): Expansion {
  const out: WordPart[] = [];
  const via: Step[] = [];
  let literal = '';
  let quote: string | undefined;
  let filled = 0;
  const flush = () => {
    if (literal !== '') out.push({ known: true, text: literal });
    literal = '';
  };
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (quote === "'" && !(character === '$' && style.quotesExpand)) {
      if (character === "'") quote = undefined;
      else literal += character;
      at++;
    } else if (character === style.escape && at + 1 < text.length && quote !== "'") {
      const next = text[at + 1] as string;
      const kept = quote === '"' && !style.escapesAll && next !== '"' && next !== '$' && next !== style.escape;
      literal += kept ? character + next : next;
      at += 2;
    } else if (style.escape !== undefined && (character === '"' || (character === "'" && quote === undefined))) {
      quote = quote === undefined ? character : undefined;
      at++;
    } else if (character === '$') {
      const found = variableAt(text, at, style, lookup, depth);
      if (found.parts) {
        flush();
        out.push(...found.parts);
        via.push(...(found.via ?? []).slice(0, longestHistory - via.length));
        for (const part of found.parts) filled += part.text.length;
        if (filled > longestValue) return { parts: [{ known: false, text, why: 'it grows too large' }], via };
      } else literal += found.literal;
      at = found.end;
    } else {
      literal += character;
      at++;
    }
  }
  flush();
  return { parts: merged(out), via };
}

interface Found {
  readonly end: number;
  readonly literal?: string;
  readonly parts?: readonly WordPart[];
  readonly via?: readonly Step[];
}

function nameEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[A-Za-z0-9_]/.test(text[at] as string)) at++;
  return /[A-Za-z_]/.test(text[from] ?? '') ? at : from;
}

function variableAt(text: string, at: number, style: ExpansionStyle, lookup: VariableLookup, depth: number): Found {
  if (style.doubled && text[at + 1] === '$') return { end: at + 2, literal: '$' };
  const braced = text[at + 1] === '{';
  const start = at + (braced ? 2 : 1);
  const end = nameEnd(text, start);
  const name = text.slice(start, end);
  if (!braced)
    return name === '' ? { end: at + 1, literal: '$' } : { end, ...plain(name, text.slice(at, end), style, lookup) };
  const close = closingBrace(text, end);
  if (name === '' || close < 0)
    return {
      end: close < 0 ? text.length : close + 1,
      parts: [odd(text.slice(at, close < 0 ? undefined : close + 1))],
    };
  const written = text.slice(at, close + 1);
  const body = text.slice(end, close);
  if (body === '') return { end: close + 1, ...plain(name, written, style, lookup) };
  return { end: close + 1, ...withOperator(name, body, written, style, lookup, depth) };
}

/** The brace that closes `${`; `${` inside opens another. */
function closingBrace(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') open++;
    else if (text[at] === '}' && open-- === 0) return at;
  }
  return -1;
}

function odd(written: string): WordPart {
  return { known: false, text: written, why: `${written.slice(0, 60)} cannot be read` };
}

type Value = Pick<Found, 'parts' | 'via'>;

function ofSetting(setting: Setting<string>, name: string, written: string): Value {
  const via = setting.span
    ? [{ span: setting.span, message: `${name} is set here` }, ...(setting.via ?? [])]
    : (setting.via ?? []);
  if (!setting.known) return { parts: [{ known: false, text: written, why: setting.why }], via };
  return { parts: [{ known: true, text: setting.value }], via };
}

function plain(name: string, written: string, style: ExpansionStyle, lookup: VariableLookup): Value {
  const setting = lookup(name);
  if (setting) return ofSetting(setting, name, written);
  if (style.unset === 'empty') return { parts: [{ known: true, text: '' }] };
  return { parts: [{ known: false, text: written, why: style.unset(name) }] };
}

function withOperator(
  name: string,
  body: string,
  written: string,
  style: ExpansionStyle,
  lookup: VariableLookup,
  depth: number,
): Value {
  const colon = body[0] === ':';
  const operator = body[colon ? 1 : 0];
  if ((operator !== '-' && operator !== '+' && operator !== '?') || depth >= deepestNesting)
    return { parts: [odd(written)] };
  const setting = lookup(name);
  const word = () => expandVariables(body.slice(colon ? 2 : 1), style, lookup, depth + 1);
  if (setting && !setting.known) return ofSetting(setting, name, written);
  const present = setting?.known === true && !(colon && setting.value === '');
  if (operator === '+') return present ? word() : { parts: [{ known: true, text: '' }] };
  if (present && setting) return ofSetting(setting, name, written);
  if (operator === '-') return word();
  return { parts: [{ known: false, text: written, why: `${name} must be given from outside` }] };
}

function merged(parts: readonly WordPart[]): readonly WordPart[] {
  const out: WordPart[] = [];
  for (const part of parts) {
    const last = out[out.length - 1];
    if (last?.known && part.known) out[out.length - 1] = { known: true, text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

/** The word that an expansion gives, at the place where it is used. */
export function expandedWord(expansion: Expansion, span: Span): Word {
  const { parts, via } = expansion;
  return {
    text: parts.map(part => part.text).join(''),
    known: parts.every(part => part.known),
    parts,
    span,
    ...(via.length > 0 && { via }),
  };
}
