import type { Setting } from '../../model/setting.js';
import type { SourceFile } from '../../text/source.js';
import { expandVariables, type VariableLookup } from '../place/expand.js';

/**
 * Variables of a `.env` file as Compose reads it (compose-go, package dotenv): `export` in front is dropped, a value in single quotes is literal, one in
 * double quotes has escapes and variables and may run over lines, any other ends at the line end or at ` #`.
 * Variables are filled from earlier lines, then from `outside`. Lines that are no assignment are skipped.
 */
export function composeEnvFile(
  file: SourceFile,
  outside: VariableLookup = () => undefined,
): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  const lookup: VariableLookup = name => found.get(name) ?? outside(name);
  const { text } = file;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed;
    const head = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*/.exec(
      text.slice(at, Math.min(end, at + 500)),
    );
    if (!head) {
      at = end + 1;
      continue;
    }
    const name = head[1] ?? '';
    const value = readValue(text, at + head[0].length, end);
    const span = { file, start: value.start, end: value.end };
    const facts = { name, origin: 'environment' as const, span };
    if (value.literal) found.set(name, { ...facts, known: true, value: value.text });
    else {
      const { parts } = expandVariables(value.text, { unset: one => `${one} is not stated in ${file.path}` }, lookup);
      const unknown = parts.find(part => !part.known);
      if (unknown && !unknown.known) found.set(name, { ...facts, known: false, why: unknown.why });
      else found.set(name, { ...facts, known: true, value: parts.map(part => part.text).join('') });
    }
    at = value.next;
  }
  return found;
}

interface Value {
  readonly text: string;
  readonly literal: boolean;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

function readValue(text: string, start: number, lineEnd: number): Value {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    let at = start + 1;
    while (at < text.length && text[at] !== quote) at += text[at] === '\\' && quote === '"' ? 2 : 1;
    if (at < text.length) {
      const inner = text.slice(start + 1, at);
      const feed = text.indexOf('\n', at);
      return {
        text: quote === '"' ? withoutEscapes(inner) : inner,
        literal: quote === "'",
        start: start + 1,
        end: at,
        next: feed < 0 ? text.length : feed + 1,
      };
    }
  }
  let end = lineEnd;
  for (let at = start; at < lineEnd; at++) {
    if (text[at] === '#' && (at === start || text[at - 1] === ' ' || text[at - 1] === '\t')) {
      end = at;
      break;
    }
  }
  while (end > start && /\s/.test(text[end - 1] as string)) end--;
  return { text: text.slice(start, end), literal: false, start, end, next: lineEnd + 1 };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** Escapes of a double-quoted value. An escaped dollar sign is left to the expansion, which knows it as `$$`. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gs, (whole, character: string) => escapes[character] ?? whole);
}
