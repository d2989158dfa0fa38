import type { Origin, Setting } from '../../model/setting.js';
import { literalWord, type Word, whyUnknown } from '../../model/word.js';
import type { Span } from '../../text/source.js';
import { spanText } from '../../text/source.js';

/** The place of a word without the quotes around it, where the quotes are all that the file adds. */
export function contentSpan(word: Word): Span {
  const raw = spanText(word.span);
  if (raw === word.text) return word.span;
  for (const quote of ['"', "'"]) {
    if (raw === `${quote}${word.text}${quote}`) {
      return { ...word.span, start: word.span.start + 1, end: word.span.end - 1 };
    }
  }
  return word.span;
}

/** True when the file shows the word letter by letter, so that it can be replaced where it stands. */
export function isVerbatim(word: Word): boolean {
  return spanText(contentSpan(word)) === word.text;
}

export function wordSetting(name: string, word: Word, origin: Origin): Setting<string> {
  const facts = { name, origin, span: contentSpan(word), ...(word.via && { via: word.via }) };
  return word.known ? { ...facts, known: true, value: word.text } : { ...facts, known: false, why: whyUnknown(word) };
}

/** An environment variable that holds a command line: its words, as Python's `shlex.split` makes them; undefined for an open quote. */
export function variableWords(
  setting: Setting<string> & { readonly known: true },
  fallback: Span,
): readonly Word[] | undefined {
  const span = setting.span ?? fallback;
  const whole = spanText(span);
  const words = shlexSplit(setting.value);
  if (!words) return undefined;
  const exact = whole.startsWith(setting.value) ? 0 : whole.slice(1).startsWith(setting.value) ? 1 : undefined;
  return words.map(({ text, start, end }) => {
    const at =
      exact === undefined ? span : { ...span, start: span.start + exact + start, end: span.start + exact + end };
    return { ...literalWord(text, at), ...(setting.via && { via: setting.via }) };
  });
}

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Python's `shlex.split(text)`: POSIX quotes, no comments. Undefined where a quote or escape is left open (it raises ValueError). */
export function shlexSplit(text: string): readonly Piece[] | undefined {
  const words: Piece[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at++;
    if (at >= text.length) return words;
    const start = at;
    let word = '';
    while (at < text.length && !' \t\r\n'.includes(text[at] ?? '')) {
      const char = text[at] ?? '';
      if (char === "'" || char === '"') {
        const quoted = readQuoted(text, at);
        if (!quoted) return undefined;
        word += quoted.text;
        at = quoted.end;
      } else if (char === '\\') {
        if (at + 1 >= text.length) return undefined;
        word += text[at + 1];
        at += 2;
      } else {
        word += char;
        at++;
      }
    }
    words.push({ text: word, start, end: at });
  }
}

function readQuoted(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const quote = text[start];
  let out = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === quote) return { text: out, end: at + 1 };
    const next = text[at + 1];
    if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) {
      out += next;
      at++;
    } else out += char;
  }
  return undefined;
}

/**
 * Why a word that stands by itself may be any number of words, options among them: an unquoted `$OPTIONS`. Undefined for a word
 * that is surely one.
 */
export function mayBeSeveral(word: Word): string | undefined {
  const only = word.parts.length === 1 ? word.parts[0] : undefined;
  if (word.known || !only || only.known) return undefined;
  const quote = word.span.file.text[word.span.start];
  return quote === '"' || quote === "'" ? undefined : only.why;
}
