/**
 * Text as it may be printed: control characters, marks that turn the writing direction and other invisible ones are written out
 * (`\x1b`, `\u202e`), so that nothing in a file can drive the terminal or hide itself. A tab becomes a space.
 */
export function visible(text: string): string {
  let out = '';
  for (const character of text) out += visibleCharacter(character);
  return out;
}

export function visibleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 9) return ' ';
  if (code === 10) return '\\n';
  if (code === 13) return '\\r';
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${code.toString(16).padStart(2, '0')}`;
  return isInvisible(code) ? `\\u${code.toString(16).padStart(4, '0')}` : character;
}

function isInvisible(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    (code >= 0xe0000 && code <= 0xe007f) ||
    (code & 0xfffe) === 0xfffe ||
    code === 0xad ||
    code === 0x061c ||
    code === 0xfeff
  );
}

/** A document with a line end. JSON itself leaves DEL and the C1 control characters as they are, which some terminals obey. */
export function printableJson(document: unknown): string {
  const json = JSON.stringify(document, undefined, 2);
  return `${json.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/**
 * Lines for people as they may stand in the log of a pipeline: what its runner would take for a command of the tool (`::error ::`,
 * `##[error]`, `##vso[...]`, `##teamcity[...]`) is written so that it does not.
 */
export function withoutCommands(text: string): string {
  return text
    .split('\n')
    .map(withoutCommand)
    .join('\n')
    .replace(/#(?=#(?:\[|vso\[|teamcity\[))/gi, '\\x23');
}

function withoutCommand(line: string): string {
  const start = line.length - line.trimStart().length;
  if (!/^::[\w-]+(?: .*)?::/.test(line.slice(start))) return line;
  return `${line.slice(0, start)}\\x3a${line.slice(start + 1)}`;
}

/** Columns that a terminal gives to a text: two for East Asian wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}

function characterWidth(code: number): number {
  if (code < 0x300) return 1;
  if (code <= 0x36f || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0x1ab0 && code <= 0x1aff)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Words of a text on lines of at most `width` columns, each after `indent`. A longer word stands on its own line. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(/ +/)) {
    const size = displayWidth(word);
    if (line !== '' && indent.length + used + 1 + size > width) {
      lines.push(indent + line);
      line = word;
      used = size;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used = line === word ? size : used + 1 + size;
    }
  }
  lines.push(indent + line);
  return lines;
}
