import { isBlank, type LogicalLine, logicalSpan } from './lines.js';
import type { DockerWord } from './tree.js';

/** Takes quotes and escapes away as Docker's word reader does; variables stay as they are. */
export function unquoteDocker(raw: string, escaping: string): { readonly text: string; readonly literal: boolean } {
  let text = '';
  let quote: string | undefined;
  let variables = false;
  let single = false;
  for (let at = 0; at < raw.length; at++) {
    const character = raw[at] as string;
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else text += character;
    } else if (character === escaping && at + 1 < raw.length) {
      const next = raw[at + 1] as string;
      if (quote === '"' && next !== '"' && next !== '$' && next !== escaping) text += character;
      text += next;
      at++;
    } else if (quote !== undefined) {
      if (character === '"') quote = undefined;
      else text += character;
      if (character === '$') variables = true;
    } else if (character === '"' || character === "'") {
      quote = character;
      if (character === "'") single = true;
    } else {
      text += character;
      if (character === '$') variables = true;
    }
  }
  return { text, literal: single && !variables };
}

export function wordOf(line: LogicalLine, start: number, end: number, escaping: string): DockerWord {
  const raw = line.text.slice(start, end);
  return { ...unquoteDocker(raw, escaping), raw, span: logicalSpan(line, start, end) };
}

/** Words between blanks; quotes do not hold them together (FROM, COPY, EXPOSE ...). */
export function splitPlain(line: LogicalLine, from: number, escaping: string): readonly DockerWord[] {
  const words: DockerWord[] = [];
  let at = from;
  while (at < line.text.length) {
    while (isBlank(line.text[at])) at++;
    const start = at;
    while (at < line.text.length && !isBlank(line.text[at])) at++;
    if (at > start) words.push(wordOf(line, start, at, escaping));
  }
  return words;
}

/** Words between blanks that quotes and escapes hold together (ENV, ARG, LABEL): ranges in the joined text. */
export function splitQuoted(line: LogicalLine, from: number, escaping: string): readonly (readonly [number, number])[] {
  const { text } = line;
  const words: (readonly [number, number])[] = [];
  let at = from;
  while (at < text.length) {
    while (isBlank(text[at])) at++;
    const start = at;
    let quote: string | undefined;
    while (at < text.length && (quote !== undefined || !isBlank(text[at]))) {
      const character = text[at];
      if (character === escaping && quote !== "'") at++;
      else if (quote !== undefined) {
        if (character === quote) quote = undefined;
      } else if (character === '"' || character === "'") quote = character;
      at++;
    }
    at = Math.min(at, text.length);
    if (at > start) words.push([start, at]);
  }
  return words;
}

/**
 * The JSON form: an array of texts and nothing behind it. Undefined for anything else, which Docker then takes for a
 * shell command or plain words.
 */
export function jsonWords(line: LogicalLine, from: number): readonly DockerWord[] | undefined {
  const body = line.text.slice(from);
  if (!body.startsWith('[')) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || !values.every(value => typeof value === 'string')) return undefined;
  const words: DockerWord[] = [];
  let at = from;
  for (const text of values as readonly string[]) {
    const start = line.text.indexOf('"', at);
    at = start + 1;
    while (at < line.text.length && line.text[at] !== '"') at += line.text[at] === '\\' ? 2 : 1;
    at++;
    words.push({ text, raw: line.text.slice(start, at), span: logicalSpan(line, start, at), literal: false });
  }
  return words;
}
