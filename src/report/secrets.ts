/** A half-open range of UTF-16 offsets in one text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Names whose values are nobody's business: `*_KEY`, `*SECRET*`, `*PASSWORD*`, `*TOKEN*`. */
const secretWord = /_KEY(?![A-Za-z0-9_])|SECRET|PASSWORD|PASSWD|TOKEN/gi;

/** Assignments by a space instead of `=` or `:`, in front of the name. */
const spaceAssigns =
  /(?:^|\s)(?:ENV|ARG|proxy_set_header|add_header|(?:uwsgi|fastcgi|scgi)_param)\s+["']?[\w.-]{0,200}$/i;

/** Values that only say where the secret comes from. */
const reference =
  /^(?:\$|\{\{|%\(|<|os\.|env\b|environ|getenv|config\(|decouple|settings\.|secrets\.|None\b|null\b|get_random_secret_key)/;

/** A call or a part of something, as code has it: `client.fetch(`, and behind ` = ` `get_token(` or `cookies[`. */
const code = /^(?:(?:[A-Za-z_]\w{0,60}\.){1,8}[A-Za-z_]\w{0,60}[([]|\s(?:await\s|[a-z][a-z_]{3,60}[([]))/;

/** A name behind a key in quotes at the end of a call: `{'token': token})`. */
const handedOn = /^[A-Za-z_][\w.]{0,100}\}\)/;

/** Where in a text (a line of code, a message) the values of secrets stand, by their start. Takes time in proportion to its length. */
export function secretRanges(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [...passwordsInUrls(text)];
  const words = new RegExp(secretWord);
  for (let hit = words.exec(text); hit; hit = words.exec(text)) {
    const nameEnd = skip(text, hit.index + hit[0].length, /[A-Za-z0-9_-]/);
    words.lastIndex = nameEnd;
    const value = valueAfter(text, nameEnd, hit.index);
    if (!value) continue;
    if (value.end > value.start) ranges.push(value);
    words.lastIndex = Math.max(nameEnd, value.end);
  }
  return ranges.sort((a, b) => a.start - b.start);
}

/** The text with every secret replaced by as many asterisks. */
export function maskSecrets(text: string): string {
  let masked = '';
  let at = 0;
  for (const { start, end } of secretRanges(text)) {
    const from = Math.max(at, start);
    if (end <= from) continue;
    masked += text.slice(at, from) + '*'.repeat(end - from);
    at = end;
  }
  return masked + text.slice(at);
}

function valueAfter(text: string, nameEnd: number, nameStart: number): TextRange | undefined {
  let at = skip(text, nameEnd, /["'\])]/);
  at = skip(text, at, /[ \t]/);
  const assigned = text[at] === '=' || text[at] === ':';
  if (assigned) at = skip(text, skip(text, at, /[=:>]/), /[ \t]/);
  else if (at === nameEnd || !spaceAssigns.test(text.slice(Math.max(0, nameStart - 260), nameStart))) return undefined;
  const quote = text[at] === '"' || text[at] === "'" ? text[at] : undefined;
  const start = quote ? at + 1 : at;
  if (!quote && reference.test(text.slice(start, start + 40))) return { start, end: start };
  if (!quote && assigned && isCode(text, start, nameEnd)) return { start, end: start };
  if (quote && /^(?:\$|\{\{|%\()/.test(text.slice(start, start + 4))) return { start, end: start };
  const end = quote ? closing(text, start, quote) : skip(text, start, /[^\s;,)}\]"'#]/);
  return { start, end };
}

function isCode(text: string, start: number, nameEnd: number): boolean {
  const value = text.slice(start, start + 600);
  if (code.test(value) || (text[start - 1] === ' ' && code.test(` ${value}`))) return true;
  return /["']/.test(text[nameEnd] ?? '') && handedOn.test(value);
}

function closing(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote || text[i] === '\n') return i;
  }
  return text.length;
}

function skip(text: string, from: number, what: RegExp): number {
  let at = from;
  while (at < text.length && what.test(text.charAt(at))) at++;
  return at;
}

/** `scheme://user:password@host`. */
function passwordsInUrls(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const end = skip(text, at + 3, /[^\s/"'@]/);
    const colon = text.indexOf(':', at + 3);
    if (text[end] === '@' && colon > 0 && colon < end && text[colon + 1] !== '$')
      ranges.push({ start: colon + 1, end });
  }
  return ranges;
}
