import type { LexicalProblem } from './lines.js';
import { child, has, named, type RawNode } from './raw.js';

interface Around {
  readonly function: 'none' | 'plain' | 'async' | 'lambda';
  readonly loop: boolean;
}

/** What tree-sitter's grammar accepts and Python 3 refuses when it compiles: the first place in the file. */
export function checkTree(root: RawNode, text: string): LexicalProblem | undefined {
  const outside: Around = { function: 'none', loop: false };
  const pending: { readonly node: RawNode; readonly around: Around }[] = [{ node: root, around: outside }];
  let first: LexicalProblem | undefined;
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, around } = next;
    if (first && node.start > first.start) continue;
    const message = refusal(node, around, text);
    if (message !== undefined) {
      first = { start: node.start, end: node.end, message };
      continue;
    }
    for (const each of node.children) {
      if (each.children.length > 0 || each.named) pending.push({ node: each, around: within(node, each, around) });
    }
  }
  return first;
}

function within(node: RawNode, inner: RawNode, around: Around): Around {
  // A generator expression may await wherever it stands.
  if (node.type === 'generator_expression') return { ...around, function: 'async' };
  if (inner.field !== 'body') return around;
  switch (node.type) {
    case 'function_definition':
      return { function: has(node, 'async') ? 'async' : 'plain', loop: false };
    case 'lambda':
      return { function: 'lambda', loop: false };
    case 'class_definition':
      return { function: 'none', loop: false };
    case 'for_statement':
    case 'while_statement':
      return { ...around, loop: true };
    default:
      return around;
  }
}

function refusal(node: RawNode, around: Around, text: string): string | undefined {
  switch (node.type) {
    case 'print_statement':
      return node.children.some(each => each.type === 'chevron') ? undefined : "missing parentheses in call to 'print'";
    case 'exec_statement':
      return "missing parentheses in call to 'exec'";
    case 'raise_statement':
      return node.children.some(each => each.type === 'expression_list')
        ? 'invalid syntax: "raise" takes one value'
        : undefined;
    case 'integer':
      return /^0[0-9_]*[1-9]/.test(text.slice(node.start, node.end)) ||
        /[0-9a-f][lL]$/.test(text.slice(node.start, node.end))
        ? 'Python 3 does not know this form of a number'
        : undefined;
    case 'comparison_operator':
      return node.children.some(each => each.field === 'operators' && each.type === '<>')
        ? 'Python 3 does not know "<>"'
        : undefined;
    case 'return_statement':
      return around.function === 'none' ? "'return' outside function" : undefined;
    case 'yield':
      return around.function === 'none' ? "'yield' outside function" : undefined;
    case 'await':
      return around.function === 'none'
        ? "'await' outside function"
        : around.function === 'plain'
          ? "'await' outside async function"
          : undefined;
    case 'break_statement':
      return around.loop ? undefined : "'break' outside loop";
    case 'continue_statement':
      return around.loop ? undefined : "'continue' not properly in loop";
    case 'argument_list':
      return refusedArguments(node);
    case 'parameters':
    case 'lambda_parameters':
      return refusedParameters(node, text);
    default:
      return undefined;
  }
}

function refusedArguments(node: RawNode): string | undefined {
  let keyword = false;
  let unpacked = false;
  for (const each of named(node)) {
    if (each.type === 'keyword_argument') keyword = true;
    else if (each.type === 'dictionary_splat') unpacked = true;
    else if (each.type === 'list_splat') {
      if (unpacked) return 'iterable argument unpacking follows keyword argument unpacking';
    } else if (keyword || unpacked) return 'positional argument follows keyword argument';
  }
  return undefined;
}

function refusedParameters(node: RawNode, text: string): string | undefined {
  const names = new Set<string>();
  let fallback = false;
  let last = false;
  for (const each of named(node)) {
    if (each.type === 'tuple_pattern') return 'Python 3 does not unpack parameters';
    if (each.type === 'positional_separator') continue;
    const inner = each.type === 'typed_parameter' ? named(each)[0] : each;
    const star = inner?.type === 'list_splat_pattern' || inner?.type === 'dictionary_splat_pattern';
    const defaulted = each.type === 'default_parameter' || each.type === 'typed_default_parameter';
    if (star || each.type === 'keyword_separator') fallback = false;
    const name = star ? named(inner)[0] : defaulted ? child(each, 'name') : inner;
    if (defaulted) fallback = true;
    else if (fallback && !star && !last && each.type !== 'keyword_separator')
      return 'parameter without a default follows parameter with a default';
    if (each.type === 'keyword_separator' || inner?.type === 'list_splat_pattern') last = true;
    if (name?.type !== 'identifier') continue;
    const spelt = text.slice(name.start, name.end);
    if (names.has(spelt)) return `duplicate argument '${spelt}' in function definition`;
    names.add(spelt);
  }
  return undefined;
}
