import { decodeText, literalOf, pushText, readPrefix, type TextPrefix } from '../literals.js';
import type { PyConstant, PyExpression, PyTextPart } from '../tree.js';
import { accept, type Cursor, doubt, endOf, expect, kindOf, lastStart, lastText, startOf } from './cursor.js';
import { readExpression } from './expressions.js';

interface Literal {
  readonly parts: PyTextPart[];
  /** False: an escape names a character, so that the text is not known. */
  known: boolean;
}

/** One literal or several that stand beside each other. */
export function readLiteral(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  const literal: Literal = { parts: [], known: true };
  let type: PyConstant['type'] = 'str';
  for (;;) {
    if (accept(cursor, 'string')) {
      if (plainString(cursor, literal).bytes) type = 'bytes';
    } else if (accept(cursor, 'f-start')) formatted(cursor, literal);
    else break;
  }
  const { parts, known } = literal;
  return literalOf(parts, type, known, { start, end: endOf(cursor) });
}

function plainString(cursor: Cursor, literal: Literal): TextPrefix {
  const { text } = cursor;
  const start = lastStart(cursor);
  const end = endOf(cursor);
  let quoteAt = start;
  for (let code = text.charCodeAt(quoteAt); code !== 34 && code !== 39; code = text.charCodeAt(++quoteAt));
  const triple = end - quoteAt >= 6 && text.startsWith(text.charAt(quoteAt).repeat(3), quoteAt);
  const width = triple ? 3 : 1;
  const prefix = quoteAt === start ? noPrefix : readPrefix(text.slice(start, quoteAt));
  add(literal, decodeText(text.slice(quoteAt + width, end - width), prefix));
  return prefix;
}

const noPrefix = readPrefix('');

function formatted(cursor: Cursor, literal: Literal): void {
  const prefix = readPrefix(lastText(cursor));
  while (!accept(cursor, 'f-end')) {
    if (accept(cursor, 'text'))
      add(literal, decodeText(lastText(cursor).replaceAll('{{', '{').replaceAll('}}', '}'), prefix));
    else field(cursor, literal.parts);
  }
}

function add(literal: Literal, decoded: string | undefined): void {
  if (decoded === undefined) literal.known = false;
  else pushText(literal.parts, decoded);
}

/** `{value}`, `{value!r:>10}`, `{value=}` */
function field(cursor: Cursor, parts: PyTextPart[]): void {
  expect(cursor, 'field');
  const open = endOf(cursor);
  const value = readExpression(cursor);
  const equals = accept(cursor, 'field =');
  if (equals) pushText(parts, cursor.text.slice(open, endOf(cursor)));
  const written = accept(cursor, 'conversion') ? lastText(cursor).slice(1) : undefined;
  const format = accept(cursor, 'specification') ? specification(cursor) : undefined;
  expect(cursor, 'field end');
  const conversion = written ?? (equals && !format ? 'r' : undefined);
  parts.push({ value, ...(conversion && { conversion }), ...(format && { format }) });
}

function specification(cursor: Cursor): readonly PyTextPart[] {
  const parts: PyTextPart[] = [];
  for (;;) {
    if (accept(cursor, 'text')) pushText(parts, lastText(cursor));
    else if (kindOf(cursor) === 'field') field(cursor, parts);
    else if (kindOf(cursor) === 'field end') return parts;
    else throw doubt;
  }
}
