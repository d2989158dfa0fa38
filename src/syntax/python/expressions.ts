import { decodeNumber, decodeText, literalOf, pushText, readPrefix } from './literals.js';
import { child, has, named, type RawNode } from './raw.js';
import type {
  PyArgument,
  PyComprehension,
  PyConstant,
  PyExpression,
  PyParameter,
  PyRange,
  PySlice,
  PyTextPart,
  PyUnary,
} from './tree.js';

/** Turns tree-sitter's expression nodes into ours; what is not known becomes opaque. */
export function toExpression(node: RawNode | undefined, text: string): PyExpression {
  if (!node || node.cut) return { kind: 'opaque', start: node?.start ?? 0, end: node?.end ?? 0 };
  const range = { start: node.start, end: node.end };
  const convert = (each: RawNode | undefined): PyExpression => toExpression(each, text);
  switch (node.type) {
    case 'identifier':
      return { kind: 'name', id: text.slice(node.start, node.end), ...range };
    case 'keyword_identifier':
    case 'dotted_name':
      return dotted(node, text);
    case 'integer':
    case 'float':
      return { kind: 'constant', ...decodeNumber(text.slice(node.start, node.end)), ...range };
    case 'true':
    case 'false':
      return { kind: 'constant', type: 'bool', value: node.type === 'true', ...range };
    case 'none':
      return { kind: 'constant', type: 'none', value: null, ...range };
    case 'ellipsis':
      return { kind: 'constant', type: 'other', value: undefined, ...range };
    case 'string':
      return literal([node], range, text);
    case 'concatenated_string':
      return literal(named(node), range, text);
    case 'list':
    case 'list_pattern':
      return { kind: 'list', items: named(node).map(convert), ...range };
    case 'tuple':
    case 'tuple_pattern':
    case 'expression_list':
    case 'pattern_list':
      return { kind: 'tuple', items: named(node).map(convert), ...range };
    case 'set':
      return { kind: 'set', items: named(node).map(convert), ...range };
    case 'dictionary':
      return { kind: 'dict', entries: named(node).map(each => dictEntry(each, text)), ...range };
    case 'parenthesized_expression':
    case 'as_pattern_target':
    case 'type':
      return convert(named(node)[0]);
    case 'not_operator':
      return { kind: 'unary', operator: 'not', operand: convert(child(node, 'argument')), ...range };
    case 'unary_operator': {
      const operator = (child(node, 'operator')?.type ?? '-') as PyUnary['operator'];
      return { kind: 'unary', operator, operand: convert(child(node, 'argument')), ...range };
    }
    case 'binary_operator':
    case 'boolean_operator':
      return operation(node, text);
    case 'comparison_operator':
      return comparison(node, text);
    case 'conditional_expression': {
      const [value, test, otherwise] = named(node);
      return {
        kind: 'conditional',
        value: convert(value),
        test: convert(test),
        otherwise: convert(otherwise),
        ...range,
      };
    }
    case 'attribute': {
      const name = child(node, 'attribute');
      if (!name) return { kind: 'opaque', ...range };
      const of = convert(child(node, 'object'));
      return unstarred(of, range, (object, rest) => ({
        kind: 'attribute',
        object,
        name: text.slice(name.start, name.end),
        ...rest,
      }));
    }
    case 'subscript':
      return subscript(node, text);
    case 'slice':
      return slice(node, text);
    case 'call': {
      const list = toArguments(child(node, 'arguments'), text);
      const of = convert(child(node, 'function'));
      return unstarred(of, range, (callee, rest) => ({ kind: 'call', callee, arguments: list, ...rest }));
    }
    case 'lambda':
      return {
        kind: 'lambda',
        parameters: toParameters(child(node, 'parameters'), text),
        body: convert(child(node, 'body')),
        ...range,
      };
    case 'list_comprehension':
      return comprehension(node, 'list', text);
    case 'set_comprehension':
      return comprehension(node, 'set', text);
    case 'dictionary_comprehension':
      return comprehension(node, 'dict', text);
    case 'generator_expression':
      return comprehension(node, 'generator', text);
    case 'await':
      return { kind: 'await', value: convert(named(node)[0]), ...range };
    case 'yield': {
      const value = named(node)[0];
      return { kind: 'yield', from: has(node, 'from'), ...(value && { value: convert(value) }), ...range };
    }
    case 'named_expression': {
      const name = child(node, 'name');
      const target = {
        kind: 'name' as const,
        id: text.slice(name?.start, name?.end),
        start: name?.start ?? 0,
        end: name?.end ?? 0,
      };
      return { kind: 'walrus', target, value: convert(child(node, 'value')), ...range };
    }
    case 'list_splat':
    case 'list_splat_pattern':
      return { kind: 'starred', value: convert(named(node)[0]), ...range };
    default:
      return { kind: 'opaque', ...range };
  }
}

function dotted(node: RawNode, text: string): PyExpression {
  let out: PyExpression | undefined;
  for (const part of named(node)) {
    const name = text.slice(part.start, part.end);
    out = out
      ? {
          kind: 'attribute',
          object: out,
          name,
          start: node.start,
          end: part.end,
        }
      : { kind: 'name', id: name, start: part.start, end: part.end };
  }
  return out ?? { kind: 'name', id: text.slice(node.start, node.end), start: node.start, end: node.end };
}

function dictEntry(node: RawNode, text: string): { key?: PyExpression; value: PyExpression } {
  if (node.type === 'dictionary_splat') return { value: toExpression(named(node)[0], text) };
  return { key: toExpression(child(node, 'key'), text), value: toExpression(child(node, 'value'), text) };
}

function operation(node: RawNode, text: string): PyExpression {
  const left = toExpression(child(node, 'left'), text);
  const right = toExpression(child(node, 'right'), text);
  const operator = child(node, 'operator')?.type ?? '';
  const range = { start: node.start, end: node.end };
  if (node.type === 'binary_operator') return { kind: 'binary', operator, left, right, ...range };
  return { kind: 'boolean', operator: operator === 'or' ? 'or' : 'and', left, right, ...range };
}

function comparison(node: RawNode, text: string): PyExpression {
  const [first, ...values] = node.children.filter(each => each.field !== 'operators' && each.named);
  const operators = node.children.filter(each => each.field === 'operators');
  const rest = values.map((value, i) => ({ operator: operators[i]?.type ?? '', value: toExpression(value, text) }));
  return { kind: 'comparison', first: toExpression(first, text), rest, start: node.start, end: node.end };
}

function subscript(node: RawNode, text: string): PyExpression {
  const indexes = node.children.filter(each => each.field === 'subscript').map(each => toExpression(each, text));
  const [first] = indexes;
  const only = indexes.length === 1 && first && !node.children.some(each => each.type === ',');
  const index: PyExpression = only
    ? first
    : { kind: 'tuple', items: indexes, start: first?.start ?? node.end, end: indexes.at(-1)?.end ?? node.end };
  const of = toExpression(child(node, 'value'), text);
  return unstarred(of, node, (object, rest) => ({ kind: 'subscript', object, index, ...rest }));
}

/** The grammar takes `*a.b` for `(*a).b` in places: the star belongs to the whole. */
function unstarred(
  of: PyExpression,
  { start, end }: PyRange,
  make: (inner: PyExpression, range: PyRange) => PyExpression,
): PyExpression {
  if (of.kind !== 'starred') return make(of, { start, end });
  return { kind: 'starred', value: make(of.value, { start: of.value.start, end }), start, end };
}

function slice(node: RawNode, text: string): PySlice {
  const parts: (RawNode | undefined)[] = [undefined, undefined, undefined];
  let at = 0;
  for (const each of node.children) {
    if (each.named) parts[at] = each;
    else if (each.type === ':') at++;
  }
  const [lower, upper, step] = parts.map(part => part && toExpression(part, text));
  return {
    kind: 'slice',
    ...(lower && { lower }),
    ...(upper && { upper }),
    ...(step && { step }),
    start: node.start,
    end: node.end,
  };
}

function comprehension(node: RawNode, type: PyComprehension['type'], text: string): PyExpression {
  const body = child(node, 'body');
  const results = body?.type === 'pair' ? [child(body, 'key'), child(body, 'value')] : [body];
  const clauses: PyComprehension['clauses'][number][] = [];
  for (const each of named(node)) {
    if (each.type === 'for_in_clause') {
      const iterable = toExpression(
        each.children.findLast(part => part.field === 'right'),
        text,
      );
      clauses.push({ kind: 'for', target: toExpression(child(each, 'left'), text), iterable });
    } else if (each.type === 'if_clause') clauses.push({ kind: 'if', test: toExpression(named(each)[0], text) });
  }
  const range = { start: node.start, end: node.end };
  return { kind: 'comprehension', type, results: results.map(each => toExpression(each, text)), clauses, ...range };
}

/** Arguments of a call or the bases of a class. */
export function toArguments(node: RawNode | undefined, text: string): readonly PyArgument[] {
  if (!node) return [];
  if (node.type === 'generator_expression') {
    return [{ value: toExpression(node, text), start: node.start, end: node.end }];
  }
  return named(node).map(each => {
    const range = { start: each.start, end: each.end };
    if (each.type === 'keyword_argument') {
      const name = child(each, 'name');
      return { name: text.slice(name?.start, name?.end), value: toExpression(child(each, 'value'), text), ...range };
    }
    if (each.type === 'list_splat') return { star: '*', value: toExpression(named(each)[0], text), ...range };
    if (each.type === 'dictionary_splat') return { star: '**', value: toExpression(named(each)[0], text), ...range };
    const value = toExpression(each, text);
    return value.kind === 'starred' ? { star: '*', value: value.value, ...range } : { value, ...range };
  });
}

/** Parameters of a function or lambda; `/` and the bare `*` only set the kind of the others. */
export function toParameters(node: RawNode | undefined, text: string): readonly PyParameter[] {
  const out: PyParameter[] = [];
  let kind: PyParameter['kind'] = 'plain';
  for (const each of node ? named(node) : []) {
    const range = { start: each.start, end: each.end };
    const inner = each.type === 'typed_parameter' ? named(each)[0] : each;
    if (each.type === 'keyword_separator') kind = 'keyword';
    else if (inner?.type === 'list_splat_pattern' || inner?.type === 'dictionary_splat_pattern') {
      const star = inner.type === 'list_splat_pattern' ? '*' : '**';
      out.push({ name: nameOf(named(inner)[0], text), kind: star, ...range });
      kind = 'keyword';
    } else if (each.type === 'default_parameter' || each.type === 'typed_default_parameter') {
      out.push({
        name: nameOf(child(each, 'name'), text),
        kind,
        default: toExpression(child(each, 'value'), text),
        ...range,
      });
    } else if (inner?.type === 'identifier') out.push({ name: nameOf(inner, text), kind, ...range });
  }
  return out;
}

function nameOf(node: RawNode | undefined, text: string): string {
  return node ? text.slice(node.start, node.end) : '';
}

function literal(nodes: readonly RawNode[], range: PyRange, text: string): PyExpression {
  const parts: PyTextPart[] = [];
  let type: PyConstant['type'] = 'str';
  let known = true;
  for (const node of nodes) {
    const start = node.children.find(each => each.type === 'string_start');
    const prefix = readPrefix(start ? text.slice(start.start, start.end) : '');
    if (prefix.format === 't' || node.cut || !start) return { kind: 'opaque', ...range };
    if (prefix.bytes) type = 'bytes';
    const closing = node.children.find(each => each.type === 'string_end');
    // In a raw literal of nothing but backslashes these count to what closes it.
    const triple = start.end - start.start >= 3 && text[start.end - 2] === text[start.end - 1];
    const end = closing ? closing.end - (triple ? 3 : 1) : node.end;
    let at = start.end;
    const pushContent = (upTo: number) => {
      const raw = text.slice(at, upTo);
      const decoded = decodeText(prefix.format ? raw.replaceAll('{{', '{').replaceAll('}}', '}') : raw, prefix);
      if (decoded === undefined) known = false;
      else pushText(parts, decoded);
    };
    for (const each of node.children) {
      if (each.type !== 'interpolation') continue;
      pushContent(each.start);
      pushField(parts, each, text);
      at = each.end;
    }
    pushContent(end);
  }
  return literalOf(parts, type, known, range);
}

function pushField(parts: PyTextPart[], node: RawNode, text: string): void {
  const value = child(node, 'expression');
  const conversion = node.children.find(each => each.type === 'type_conversion');
  const specifier = node.children.find(each => each.type === 'format_specifier');
  const equals = node.children.find(each => !each.named && each.type === '=');
  if (equals) pushText(parts, text.slice(node.start + 1, equals.end));
  const letter = conversion
    ? text.slice(conversion.start + 1, conversion.end).trim()
    : equals && !specifier
      ? 'r'
      : undefined;
  parts.push({
    value: toExpression(value, text),
    ...(letter && { conversion: letter }),
    ...(specifier && { format: formatParts(specifier, text) }),
  });
}

function formatParts(node: RawNode, text: string): readonly PyTextPart[] {
  const parts: PyTextPart[] = [];
  let at = node.start + 1;
  for (const each of node.children) {
    if (each.type !== 'format_expression' && each.type !== 'interpolation') continue;
    pushText(parts, text.slice(at, each.start));
    pushField(parts, each, text);
    at = each.end;
  }
  pushText(parts, text.slice(at, node.end));
  return parts;
}
