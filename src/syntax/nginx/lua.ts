export type LuaBlock =
  | { readonly closed: true /** Offset of the closing brace. */; readonly closeAt: number }
  | {
      readonly closed: false /** OpenResty's message. */;
      readonly nginx: string /** Where it is missing its end. */;
      readonly at: number;
    };

/** True for a directive whose block OpenResty reads as Lua (`content_by_lua_block` and its kin). */
export function isLuaBlock(name: string): boolean {
  return name.endsWith('_by_lua_block');
}

const unterminated = 'unexpected end of file, expecting terminating characters for lua code block';

/**
 * Finds the brace that ends a block of Lua whose `{` stands at `openAt`, as OpenResty's lexer does (lua-nginx-module,
 * ngx_http_lua_lex.c): strings end on their line or are none, a line comment needs its line end, long brackets may hold anything.
 * OpenResty's limit on the length of one string or comment is not applied.
 */
export function scanLua(text: string, openAt: number): LuaBlock {
  let depth = 1;
  let lastOpen = openAt;
  // A quote that finds no partner on its line is an ordinary character, and so are all of its kind up to the end of that line.
  const deadUntil = { '"': -1, "'": -1 };
  let i = openAt + 1;
  while (i < text.length) {
    const char = text[i];
    if (char === '{') {
      depth++;
      lastOpen = i++;
    } else if (char === '}') {
      if (--depth === 0) return { closed: true, closeAt: i };
      i++;
    } else if (char === '"' || char === "'") {
      const end = i < deadUntil[char] ? -1 : stringEnd(text, i, char);
      if (end < 0 && i >= deadUntil[char]) deadUntil[char] = lineEndFrom(text, i);
      i = end < 0 ? i + 1 : end;
    } else if (char === '[' || (char === '-' && text[i + 1] === '-')) {
      const skipped = skipBracketOrComment(text, i, char === '-');
      if (skipped.at < 0)
        return { closed: false, nginx: skipped.nginx ?? unterminated, at: skipped.nginx ? i : lastOpen };
      i = skipped.at;
    } else {
      i++;
    }
  }
  return { closed: false, nginx: unterminated, at: lastOpen };
}

/** Behind a long bracket or a comment; at -1 when its end is missing. */
function skipBracketOrComment(
  text: string,
  at: number,
  comment: boolean,
): { readonly at: number; readonly nginx?: string } {
  const bracket = comment ? at + 2 : at;
  let level = bracket + 1;
  if (text[bracket] === '[') while (text[level] === '=') level++;
  if (text[bracket] === '[' && text[level] === '[') {
    const close = `]${text.slice(bracket + 1, level)}]`;
    const found = text.indexOf(close, level + 1);
    if (found >= 0) return { at: found + close.length };
    return {
      at: -1,
      nginx: `Lua code block missing the closing long bracket "${close}", the inlined Lua code may be too long`,
    };
  }
  if (!comment) return { at: at + 1 };
  const newline = text.indexOf('\n', at);
  return { at: newline < 0 ? -1 : newline + 1 };
}

/** Behind the closing quote of a string on one line, or -1. A backslash hides the next character, but not a line feed. */
function stringEnd(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '\n') return -1;
    if (char === quote) return i + 1;
    if (char === '\\' && text[i + 1] !== '\n') i++;
  }
  return -1;
}

function lineEndFrom(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}
