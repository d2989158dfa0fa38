import { joinInside } from '../../model/place.js';
import { valueOf as knownOf } from '../../model/setting.js';
import type { ShellWord } from '../../syntax/shell/tree.js';
import { locate } from '../place/files.js';
import { expandValue, expandWord, patternOf } from './expand.js';
import { globMatches } from './glob.js';
import { lookUp, type Machine, type State, valueText, variable } from './state.js';

export type Truth = 'yes' | 'no' | 'unknown';

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : truth === 'yes' ? 'no' : 'yes';
}

function truth(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** One argument of a test: its text, or undefined where it is not known. */
interface Token {
  readonly text: string | undefined;
  readonly word: ShellWord;
  /** Written without quotes and expansions, so it may be an operator. */
  readonly bare: boolean;
}

/** Decides `[ ... ]`, `test ...` or `[[ ... ]]` (`words` without the brackets) as far as the files allow. */
export function decideTest(machine: Machine, state: State, words: readonly ShellWord[], double: boolean): Truth {
  state.emptyUnset = true;
  const tokens = words.slice(0, 200).flatMap(word => tokensOf(machine, state, word, double));
  state.emptyUnset = false;
  return decide({ machine, state, tokens, at: 0, double, depth: 0 });
}

function tokensOf(machine: Machine, state: State, word: ShellWord, double: boolean): readonly Token[] {
  const bare = word.parts.every(part => part.kind === 'text' && !part.quoted);
  if (double) return [{ text: textOf(machine, state, word), word, bare }];
  const expanded = expandWord(machine, state, word);
  if (expanded.length === 1) return [{ text: textOf(machine, state, word), word, bare }];
  return expanded.map(item => ({ text: item.known ? item.text : undefined, word, bare: false }));
}

function textOf(machine: Machine, state: State, word: ShellWord): string | undefined {
  const part = word.parts[0];
  const plain =
    word.parts.length === 1 && part?.kind === 'parameter' && part.subscript === undefined ? part : undefined;
  const optional =
    plain && (plain.operator === '' || (/^:?[-+]$/.test(plain.operator) && plain.operand?.parts.length === 0));
  if (optional && machine.defaultsHold && /^[A-Za-z_]/.test(plain.name) && lookUp(state, plain.name).kind === 'outside')
    return '';
  return valueText(expandValue(machine, state, word));
}

interface Expression {
  readonly machine: Machine;
  readonly state: State;
  readonly tokens: readonly Token[];
  at: number;
  readonly double: boolean;
  depth: number;
}

function decide(expression: Expression): Truth {
  const result = either(expression);
  return expression.at < expression.tokens.length ? 'unknown' : result;
}

function operatorAt(expression: Expression, ahead = 0): string | undefined {
  const token = expression.tokens[expression.at + ahead];
  return token?.bare ? token.text : undefined;
}

function either(expression: Expression): Truth {
  let result = both(expression);
  while (operatorAt(expression) === (expression.double ? '||' : '-o')) {
    expression.at++;
    const next = both(expression);
    result = result === 'yes' || next === 'yes' ? 'yes' : result === 'no' ? next : 'unknown';
  }
  return result;
}

function both(expression: Expression): Truth {
  let result = single(expression);
  while (operatorAt(expression) === (expression.double ? '&&' : '-a')) {
    expression.at++;
    const next = single(expression);
    result = result === 'no' || next === 'no' ? 'no' : result === 'yes' ? next : 'unknown';
  }
  return result;
}

function single(expression: Expression): Truth {
  let negated = false;
  while (operatorAt(expression) === '!' && expression.at + 1 < expression.tokens.length) {
    negated = !negated;
    expression.at++;
  }
  const result = primary(expression);
  return negated ? not(result) : result;
}

function primary(expression: Expression): Truth {
  const { tokens } = expression;
  const first = tokens[expression.at];
  if (!first) return 'no';
  if (operatorAt(expression) === '(' && expression.depth < 20) {
    expression.at++;
    expression.depth++;
    const inner = either(expression);
    expression.depth--;
    if (operatorAt(expression) !== ')') return 'unknown';
    expression.at++;
    return inner;
  }
  const operator = operatorAt(expression, 1);
  const right = tokens[expression.at + 2];
  if (operator !== undefined && binaryOperators.has(operator) && right) {
    expression.at += 3;
    return binary(expression, first, operator, right);
  }
  const unary = operatorAt(expression);
  const operand = tokens[expression.at + 1];
  if (unary !== undefined && /^-[a-zA-Z]$/.test(unary) && operand) {
    expression.at += 2;
    return unaryTest(expression, unary, operand);
  }
  expression.at++;
  return first.text === undefined ? 'unknown' : truth(first.text !== '');
}

const binaryOperators = new Set([
  '=',
  '==',
  '!=',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '=~',
  '<',
  '>',
  '-nt',
  '-ot',
  '-ef',
]);

function binary(expression: Expression, left: Token, operator: string, right: Token): Truth {
  if (left.text === undefined) return 'unknown';
  if (operator === '=' || operator === '==' || operator === '!=') {
    let equal: Truth;
    if (expression.double) {
      const pattern = patternOf(expression.machine, expression.state, right.word);
      if (!pattern || left.text.length > 1000) return 'unknown';
      equal = truth(globMatches(pattern, left.text));
    } else {
      if (right.text === undefined) return 'unknown';
      equal = truth(left.text === right.text);
    }
    return operator === '!=' ? not(equal) : equal;
  }
  if (right.text === undefined || !/^-?[0-9]{1,15}$/.test(left.text) || !/^-?[0-9]{1,15}$/.test(right.text))
    return 'unknown';
  const [a, b] = [Number(left.text), Number(right.text)];
  switch (operator) {
    case '-eq':
      return truth(a === b);
    case '-ne':
      return truth(a !== b);
    case '-lt':
      return truth(a < b);
    case '-le':
      return truth(a <= b);
    case '-gt':
      return truth(a > b);
    case '-ge':
      return truth(a >= b);
    default:
      return 'unknown';
  }
}

function unaryTest(expression: Expression, operator: string, operand: Token): Truth {
  const { machine, state } = expression;
  if (operand.text === undefined) return 'unknown';
  if (operator === '-z') return truth(operand.text === '');
  if (operator === '-n') return truth(operand.text !== '');
  if (operator === '-v') {
    if (variable(state, operand.text)?.value) return 'yes';
    const found = lookUp(state, operand.text);
    return found.kind === 'outside' ? 'unknown' : truth(found.kind === 'value');
  }
  if (!'-e -f -d -r -s -x'.split(' ').includes(operator)) return 'unknown';
  const base = knownOf(state.directory);
  if (operand.text === '') return 'no';
  if (!operand.text.startsWith('/') && base === undefined) return 'unknown';
  const found = locate(machine.reader, machine.place, joinInside(base ?? '/', operand.text));
  // Empty folders and .env files are made on the machine, not committed.
  if (found.kind === 'missing')
    return operator === '-d' || /(?:^|\/)\.env[^/]*$|\.env$/.test(operand.text) ? 'unknown' : 'no';
  if (found.kind === 'file')
    return operator === '-d' ? 'no' : operator === '-s' ? truth(found.file.text !== '') : 'yes';
  if (found.kind === 'directory') return operator === '-f' ? 'no' : operator === '-s' ? 'unknown' : 'yes';
  return 'unknown';
}
