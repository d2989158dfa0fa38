import { toArguments, toExpression, toParameters } from './expressions.js';
import { child, has, named, type RawNode } from './raw.js';
import { flatTargets } from './targets.js';
import type {
  PyConstant,
  PyExpression,
  PyHandler,
  PyIf,
  PyImportedName,
  PyMatch,
  PyRange,
  PyStatement,
  PyWith,
} from './tree.js';

/** Turns the children of a module or block into statements; what could not be parsed becomes opaque. */
export function toBlock(node: RawNode | undefined, text: string): readonly PyStatement[] {
  if (!node) return [];
  if (node.cut) return [{ kind: 'opaque', start: node.start, end: node.end }];
  return named(node).map(each => toStatement(each, text));
}

function toStatement(node: RawNode, text: string): PyStatement {
  const range = { start: node.start, end: node.end };
  if (node.cut) return { kind: 'opaque', ...range };
  const convert = (each: RawNode | undefined): PyExpression => toExpression(each, text);
  switch (node.type) {
    case 'expression_statement':
      return expressionStatement(node, text);
    case 'import_statement':
      return { kind: 'import', names: importedNames(node, text), ...range };
    case 'import_from_statement':
      return importFrom(node, text);
    case 'future_import_statement': {
      const moduleRange = { start: node.start + 5, end: node.start + 15 };
      return {
        kind: 'import from',
        level: 0,
        module: '__future__',
        moduleRange,
        names: importedNames(node, text),
        ...range,
      };
    }
    case 'pass_statement':
      return { kind: 'pass', ...range };
    case 'break_statement':
      return { kind: 'break', ...range };
    case 'continue_statement':
      return { kind: 'continue', ...range };
    case 'return_statement': {
      const value = named(node)[0];
      return { kind: 'return', ...(value && { value: convert(value) }), ...range };
    }
    case 'raise_statement': {
      const value = node.children.find(each => each.named && each.field !== 'cause');
      return { kind: 'raise', ...(value && { value: convert(value) }), ...range };
    }
    case 'assert_statement':
      return { kind: 'assert', test: convert(named(node)[0]), ...range };
    case 'delete_statement':
      return { kind: 'delete', targets: named(node).flatMap(each => flatTargets(convert(each))), ...range };
    case 'global_statement':
    case 'nonlocal_statement': {
      const names = named(node).map(each => text.slice(each.start, each.end));
      return { kind: node.type === 'global_statement' ? 'global' : 'nonlocal', names, ...range };
    }
    case 'if_statement':
      return ifStatement(node, text);
    case 'for_statement': {
      const otherwise = elseBlock(node, text);
      return {
        kind: 'for',
        target: convert(child(node, 'left')),
        iterable: convert(child(node, 'right')),
        body: toBlock(child(node, 'body'), text),
        ...(otherwise && { otherwise }),
        ...range,
      };
    }
    case 'while_statement': {
      const otherwise = elseBlock(node, text);
      const body = toBlock(child(node, 'body'), text);
      return {
        kind: 'while',
        test: convert(child(node, 'condition')),
        body,
        ...(otherwise && { otherwise }),
        ...range,
      };
    }
    case 'try_statement':
      return tryStatement(node, text);
    case 'with_statement':
      return withStatement(node, text);
    case 'match_statement':
      return matchStatement(node, text);
    case 'function_definition':
    case 'class_definition':
      return definition(node, [], range, text);
    case 'decorated_definition': {
      const inner = child(node, 'definition');
      const decorators = node.children.filter(each => each.type === 'decorator').map(each => convert(named(each)[0]));
      return inner ? definition(inner, decorators, range, text) : { kind: 'opaque', ...range };
    }
    case 'type_alias_statement': {
      const name = child(node, 'left');
      return { kind: 'type alias', name: text.slice(name?.start, name?.end), ...range };
    }
    default:
      return { kind: 'opaque', ...range };
  }
}

function expressionStatement(node: RawNode, text: string): PyStatement {
  const range = { start: node.start, end: node.end };
  const parts = named(node);
  const [only] = parts;
  if (only?.type === 'assignment') {
    const targets: PyExpression[] = [];
    let at: RawNode | undefined = only;
    let annotated = false;
    while (at?.type === 'assignment') {
      targets.push(toExpression(child(at, 'left'), text));
      if (child(at, 'type')) annotated = true;
      at = child(at, 'right');
    }
    return { kind: 'assign', targets, annotated, ...(at && { value: toExpression(at, text) }), ...range };
  }
  if (only?.type === 'augmented_assignment') {
    const operator = (child(only, 'operator')?.type ?? '+=').slice(0, -1);
    const target = toExpression(child(only, 'left'), text);
    return { kind: 'augmented', target, operator, value: toExpression(child(only, 'right'), text), ...range };
  }
  if (parts.length === 1 && !has(node, ',')) return { kind: 'expression', value: toExpression(only, text), ...range };
  const items = parts.map(each => toExpression(each, text));
  return { kind: 'expression', value: { kind: 'tuple', items, ...range }, ...range };
}

function importedNames(node: RawNode, text: string): readonly PyImportedName[] {
  return node.children
    .filter(each => each.field === 'name')
    .map(each => {
      const range = { start: each.start, end: each.end };
      if (each.type !== 'aliased_import') return { name: compact(text.slice(each.start, each.end)), ...range };
      const name = child(each, 'name');
      const alias = child(each, 'alias');
      return {
        name: compact(text.slice(name?.start, name?.end)),
        alias: text.slice(alias?.start, alias?.end),
        ...range,
      };
    });
}

/** A dotted name without the blanks and continuation lines that may stand around its dots. */
function compact(name: string): string {
  return name.replace(/[\s\\]+/g, '');
}

function importFrom(node: RawNode, text: string): PyStatement {
  const source = child(node, 'module_name');
  const moduleRange = { start: source?.start ?? node.start, end: source?.end ?? node.start };
  const written = compact(text.slice(moduleRange.start, moduleRange.end));
  const module = written.replace(/^\.+/, '');
  const names = node.children.some(each => each.type === 'wildcard_import') ? '*' : importedNames(node, text);
  return {
    kind: 'import from',
    level: written.length - module.length,
    module,
    moduleRange,
    names,
    start: node.start,
    end: node.end,
  };
}

function headerOf(node: RawNode): PyRange {
  const colon = node.children.find(each => !each.named && each.type === ':');
  return { start: node.start, end: colon?.end ?? node.end };
}

function ifStatement(node: RawNode, text: string): PyIf {
  const branch = (each: RawNode): PyIf['branches'][number] => ({
    test: toExpression(child(each, 'condition'), text),
    header: headerOf(each),
    body: toBlock(child(each, 'consequence'), text),
  });
  const elifs = node.children.filter(each => each.type === 'elif_clause').map(branch);
  const otherwise = elseBlock(node, text);
  return {
    kind: 'if',
    branches: [branch(node), ...elifs],
    ...(otherwise && { otherwise }),
    start: node.start,
    end: node.end,
  };
}

function elseBlock(node: RawNode, text: string): readonly PyStatement[] | undefined {
  const clause = node.children.find(each => each.type === 'else_clause');
  return clause && toBlock(child(clause, 'body'), text);
}

function tryStatement(node: RawNode, text: string): PyStatement {
  const handlers = node.children
    .filter(each => each.type === 'except_clause')
    .map((each): PyHandler => {
      const value = child(each, 'value');
      const caught = value?.type === 'as_pattern' ? named(value)[0] : value;
      const target = value?.type === 'as_pattern' ? child(value, 'alias') : child(each, 'alias');
      const body = toBlock(
        each.children.findLast(part => part.type === 'block'),
        text,
      );
      return {
        ...(caught && { type: toExpression(caught, text) }),
        ...(target && { name: text.slice(target.start, target.end) }),
        body,
        start: each.start,
        end: each.end,
      };
    });
  const otherwise = elseBlock(node, text);
  const last = node.children.find(each => each.type === 'finally_clause');
  const closing =
    last &&
    toBlock(
      last.children.find(each => each.type === 'block'),
      text,
    );
  return {
    kind: 'try',
    body: toBlock(child(node, 'body'), text),
    handlers,
    ...(otherwise && { otherwise }),
    ...(closing && { finally: closing }),
    start: node.start,
    end: node.end,
  };
}

function withStatement(node: RawNode, text: string): PyWith {
  const clause = node.children.find(each => each.type === 'with_clause');
  const values = (clause ? named(clause) : [])
    .filter(each => each.type === 'with_item')
    .map(each => child(each, 'value'));
  const [only] = values;
  // Two items in brackets and no `as` look like a tuple to the grammar.
  const items = values.length === 1 && only?.type === 'tuple' && text[only.start] === '(' ? named(only) : values;
  const body = toBlock(child(node, 'body'), text);
  return { kind: 'with', items: items.map(each => withItem(each, text)), body, start: node.start, end: node.end };
}

function withItem(value: RawNode | undefined, text: string): PyWith['items'][number] {
  const target = (pattern: RawNode) => toExpression(child(pattern, 'alias'), text);
  if (value?.type === 'as_pattern') return { value: toExpression(named(value)[0], text), target: target(value) };
  const inner = value?.type === 'parenthesized_expression' ? named(value)[0] : undefined;
  if (inner?.type === 'conditional_expression') return withItem(inner, text);
  const last = value?.type === 'conditional_expression' ? named(value)[2] : undefined;
  if (!value || last?.type !== 'as_pattern') return { value: toExpression(value, text) };
  // `a if b else c as d`: the grammar has the name bound to `c` alone.
  const [end] = named(last);
  const children = value.children.map(each => (each === last && end ? end : each));
  const whole = toExpression({ ...value, children, end: end?.end ?? value.end }, text);
  return { value: whole, target: target(last) };
}

function definition(node: RawNode, decorators: readonly PyExpression[], range: PyRange, text: string): PyStatement {
  const name = child(node, 'name');
  const shared = {
    name: text.slice(name?.start, name?.end),
    header: headerOf(node),
    decorators,
    body: toBlock(child(node, 'body'), text),
    ...range,
  };
  if (node.type === 'class_definition') {
    return { kind: 'class', arguments: toArguments(child(node, 'superclasses'), text), ...shared };
  }
  return {
    kind: 'function',
    parameters: toParameters(child(node, 'parameters'), text),
    asynchronous: has(node, 'async'),
    generator: yields(child(node, 'body')),
    ...shared,
  };
}

/** A `yield` belongs to the innermost function around it; class bodies and lambdas have their own scope. */
function yields(node: RawNode | undefined): boolean {
  const pending = node ? [node] : [];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (at.type === 'yield') return true;
    if (at.type === 'function_definition' || at.type === 'class_definition' || at.type === 'lambda') continue;
    for (const each of at.children) if (each.named) pending.push(each);
  }
  return false;
}

function matchStatement(node: RawNode, text: string): PyMatch {
  const subjects = node.children.filter(each => each.field === 'subject').map(each => toExpression(each, text));
  const [only] = subjects;
  const subject: PyExpression =
    subjects.length === 1 && only
      ? only
      : { kind: 'tuple', items: subjects, start: only?.start ?? node.start, end: subjects.at(-1)?.end ?? node.start };
  const block = child(node, 'body');
  const cases = (block ? block.children : [])
    .filter(each => each.type === 'case_clause')
    .map(each => {
      const patterns = each.children.filter(part => part.type === 'case_pattern');
      const guard = child(each, 'guard');
      const binds: string[] = [];
      for (const pattern of patterns) collectBinds(pattern, text, binds);
      const [pattern] = patterns;
      return {
        binds,
        matches: patterns.length === 1 && pattern ? matchesOf(pattern, text) : undefined,
        ...(guard && { guard: toExpression(named(guard)[0], text) }),
        body: toBlock(child(each, 'consequence'), text),
      };
    });
  return { kind: 'match', subject, cases, start: node.start, end: node.end };
}

function collectBinds(node: RawNode, text: string, out: string[]): void {
  for (const each of node.children) {
    if (each.type === 'dotted_name') {
      const inPattern = node.type !== 'class_pattern' && each.children.length === 1;
      if (inPattern) out.push(text.slice(each.start, each.end));
    } else if (each.type === 'identifier') {
      if (node.type === 'as_pattern' || node.type === 'splat_pattern') out.push(text.slice(each.start, each.end));
    } else if (each.named) collectBinds(each, text, out);
  }
}

function matchesOf(pattern: RawNode, text: string): readonly PyConstant[] | 'always' | undefined {
  const [inner] = pattern.children;
  if (!inner || pattern.children.length !== 1) return undefined;
  if (inner.type === '_') return 'always';
  if (inner.type === 'dotted_name') return inner.children.length === 1 ? 'always' : undefined;
  const options = inner.type === 'union_pattern' ? named(inner) : [inner];
  const constants: PyConstant[] = [];
  for (const option of options) {
    const value = toExpression(option, text);
    if (value.kind !== 'constant' || value.value === undefined) return undefined;
    constants.push(value);
  }
  return constants;
}
