import type { Word, WordPart } from '../../model/word.js';
import type { ShellPart, ShellWord } from '../../syntax/shell/tree.js';
import type { Step } from '../../text/source.js';
import { type GlobToken, globMatches, globTokens } from './glob.js';
import {
  knownValue,
  limits,
  lookUp,
  type Machine,
  type State,
  setVariable,
  spanOf,
  type Value,
  valueText,
} from './state.js';
import { substitute } from './substitute.js';

/** A piece of a word after expansion. `split`: outside quotes, so white space in it separates words. */
type Piece =
  | { readonly kind: 'part'; readonly part: WordPart; readonly split: boolean; readonly via?: readonly Step[] }
  | { readonly kind: 'pattern'; readonly text: string }
  | { readonly kind: 'words'; readonly words: readonly Word[] };

/** Expands a word of a command: parameters, substitutions, field splitting. May give no word, or several. */
export function expandWord(machine: Machine, state: State, word: ShellWord): readonly Word[] {
  const only = word.parts[0];
  if (word.parts.length === 1 && only?.kind === 'text')
    return [{ text: only.text, known: true, parts: [{ known: true, text: only.text }], span: spanOf(state, word) }];
  return assemble(state, word, pieces(machine, state, word));
}

/** A word of more pieces than this is not put together. */
const mostParts = 400;

/** Expands without splitting: the value of an assignment, the subject of `case`, the target of a redirection. */
export function expandValue(machine: Machine, state: State, word: ShellWord): Value {
  const parts: WordPart[] = [];
  const via: Step[] = [];
  for (const piece of pieces(machine, state, word)) {
    if (piece.kind === 'part') {
      parts.push(piece.part);
      addSteps(via, piece.via ?? []);
    } else if (piece.kind === 'pattern') parts.push({ known: true, text: piece.text });
    else parts.push(...joined(piece.words));
  }
  return { parts: merged(parts), via, span: spanOf(state, word) };
}

function joined(words: readonly Word[]): readonly WordPart[] {
  return words.flatMap((word, index) =>
    index === 0 ? word.parts : [{ known: true, text: ' ' } as const, ...word.parts],
  );
}

function addSteps(to: Step[], steps: readonly Step[]): void {
  for (const step of steps) {
    const there = to.some(
      other => other.span.start === step.span.start && other.span.file.path === step.span.file.path,
    );
    if (to.length < 12 && !there) to.push(step);
  }
}

/** Neighbouring known parts become one, and empty ones go. */
export function merged(parts: readonly WordPart[]): readonly WordPart[] {
  const out: WordPart[] = [];
  for (const part of parts) {
    const last = out[out.length - 1];
    if (part.known && last?.known) out[out.length - 1] = { known: true, text: last.text + part.text };
    else if (!part.known || part.text !== '') out.push(part);
  }
  return out.length === 0 ? [{ known: true, text: '' }] : out;
}

interface Field {
  parts: WordPart[];
  via: Step[];
  present: boolean;
  /** It is one of the words of "$@", as it came in. */
  whole?: Word;
  loose: boolean;
}

function assemble(state: State, word: ShellWord, found: readonly Piece[]): readonly Word[] {
  const span = spanOf(state, word);
  const fields: Word[] = [];
  let field: Field = { parts: [], via: [], present: false, loose: false };
  const close = (): void => {
    if (field.present && fields.length < limits.words) {
      const parts = merged(field.parts);
      fields.push(
        field.whole ?? {
          text: parts.map(part => part.text).join(''),
          known: parts.every(part => part.known),
          parts,
          span,
          ...(field.via.length > 0 && { via: field.via }),
          ...(field.loose && parts.length === 1 && parts[0]?.known === false && { splits: true as const }),
        },
      );
    }
    field = { parts: [], via: [], present: false, loose: false };
  };
  const add = (part: WordPart, via: readonly Step[], loose = false): void => {
    delete field.whole;
    field.parts.push(part);
    field.present = true;
    field.loose = loose;
    addSteps(field.via, via);
  };
  for (const piece of found) {
    if (piece.kind === 'pattern') addPattern(field, piece.text, add);
    else if (piece.kind === 'words') {
      piece.words.forEach((item, index) => {
        if (index > 0) close();
        if (field.present) for (const part of item.parts) add(part, item.via ?? []);
        else field = { parts: [...item.parts], via: [...(item.via ?? [])], present: true, whole: item, loose: false };
      });
    } else if (!piece.split) add(piece.part, piece.via ?? []);
    else if (!piece.part.known) add(piece.part, piece.via ?? [], true);
    else {
      const texts = piece.part.text.split(/[ \t\n]+/);
      texts.forEach((text, index) => {
        if (index > 0) close();
        if (text !== '') add({ known: true, text }, piece.via ?? []);
      });
    }
  }
  close();
  return fields;
}

/** An unquoted `*`: stays as it is behind `--option=`, where no file matches; elsewhere it stands for file names. */
function addPattern(
  field: Field,
  text: string,
  add: (part: WordPart, via: readonly Step[], loose?: boolean) => void,
): void {
  const before = field.parts.map(part => part.text).join('');
  if (before.startsWith('-') && before.includes('=')) add({ known: true, text }, []);
  else add({ known: false, text, why: 'it is a pattern for file names' }, [], true);
}

function pieces(machine: Machine, state: State, word: ShellWord): readonly Piece[] {
  const [first] = word.parts;
  if (first && word.parts.length > mostParts) return [unknownPiece(state, first, 'it is too long to be followed')];
  return word.parts.flatMap(part => expandPart(machine, state, part));
}

function expandPart(machine: Machine, state: State, part: ShellPart): readonly Piece[] {
  switch (part.kind) {
    case 'text':
      return [{ kind: 'part', part: { known: true, text: part.text }, split: false }];
    case 'glob':
      return [{ kind: 'pattern', text: part.text }];
    case 'tilde':
      return fromValue(state, part, 'HOME', home(state), false);
    case 'opaque':
      return [unknownPiece(state, part, part.why)];
    case 'substitution':
      return fromValue(state, part, undefined, substitute(machine, state, part), !part.quoted);
    case 'parameter':
      return expandParameter(machine, state, part);
  }
}

type Parameter = Extract<ShellPart, { kind: 'parameter' }>;

function raw(state: State, part: ShellPart): string {
  return state.file.text.slice(part.start, Math.min(part.end, part.start + 200));
}

function unknownPiece(state: State, part: ShellPart, why: string, likely?: string): Piece {
  const unknown = { known: false as const, text: raw(state, part), why, ...(likely !== undefined && { likely }) };
  return { kind: 'part', part: unknown, split: !part.quoted };
}

function home(state: State): Value {
  const found = lookUp(state, 'HOME');
  return found.kind === 'value'
    ? found.value
    : { parts: [{ known: false, text: '~', why: 'the home folder depends on the user' }], via: [] };
}

/** Pieces for a value; where it is not known, they read as what the user wrote. */
function fromValue(
  state: State,
  part: ShellPart,
  name: string | undefined,
  value: Value,
  split: boolean,
): readonly Piece[] {
  const via: Step[] = [...value.via];
  if (name !== undefined && value.span) addSteps(via, [{ span: value.span, message: `${name} is set here` }]);
  const all =
    value.parts.length === 1 && value.parts[0]?.known === false
      ? [{ ...value.parts[0], text: raw(state, part) }]
      : value.parts;
  if (all.every(item => item.known && item.text === '') && split) return [];
  return all.map(item => ({ kind: 'part', part: item, split, via }));
}

function expandParameter(machine: Machine, state: State, part: Parameter): readonly Piece[] {
  if ((part.name === '@' || part.name === '*') && part.subscript === undefined) return allParameters(state, part);
  if (part.subscript === '@' || part.subscript === '*') {
    const found = lookUp(state, part.name);
    if (found.kind === 'value' && found.value.items && part.operator === '')
      return [{ kind: 'words', words: found.value.items }];
  } else if (part.subscript !== undefined) {
    const items = arrayItem(state, part);
    if (items) return items;
  }
  return applyOperator(machine, state, part);
}

function arrayItem(state: State, part: Parameter): readonly Piece[] | undefined {
  const found = lookUp(state, part.name);
  if (found.kind !== 'value' || !found.value.items || part.operator !== '')
    return part.name === 'BASH_SOURCE' && part.subscript === '0'
      ? undefined
      : [unknownPiece(state, part, 'it is part of an array')];
  const item = /^[0-9]+$/.test(part.subscript ?? '') ? found.value.items[Number(part.subscript)] : undefined;
  return item ? [{ kind: 'words', words: [item] }] : [unknownPiece(state, part, 'it is part of an array')];
}

function allParameters(state: State, part: Parameter): readonly Piece[] {
  if (part.operator !== '') {
    if (state.parametersOpen || part.operator === 'other')
      return [unknownPiece(state, part, 'it depends on how it is called')];
    const set = state.parameters.length > 0;
    if ((part.operator === ':-' || part.operator === '-') && set) return [{ kind: 'words', words: state.parameters }];
    return [unknownPiece(state, part, 'it depends on how it is called')];
  }
  const more: Piece[] = state.parametersOpen
    ? [unknownPiece(state, { ...part, quoted: false }, 'it depends on how it is called')]
    : [];
  if (part.quoted && part.name === '*') {
    const space: Piece = {
      kind: 'part',
      part: {
        known: true,
        text: joined(state.parameters)
          .map(item => item.text)
          .join(''),
      },
      split: false,
    };
    return state.parameters.every(word => word.known) && more.length === 0
      ? [space]
      : [unknownPiece(state, part, 'it depends on how it is called')];
  }
  const words = part.quoted ? state.parameters : state.parameters.flatMap(splitAgain);
  return words.length === 0 ? more : [{ kind: 'words', words }, ...more];
}

function splitAgain(word: Word): readonly Word[] {
  if (!word.known || !/[ \t\n]/.test(word.text)) return word.known && word.text === '' ? [] : [word];
  return word.text
    .split(/[ \t\n]+/)
    .filter(text => text !== '')
    .map(text => ({ ...word, text, parts: [{ known: true as const, text }] }));
}

function applyOperator(machine: Machine, state: State, part: Parameter): readonly Piece[] {
  const found = lookUp(state, part.name);
  const { operator, operand } = part;
  const text = found.kind === 'value' ? valueText(found.value) : found.kind === 'unset' ? '' : undefined;
  const empty = found.kind === 'unset' || (text === '' && operator.startsWith(':'));
  const useDefault = (): readonly Piece[] => operandPieces(machine, state, part);
  switch (operator) {
    case '':
      if (found.kind === 'value') return fromValue(state, part, part.name, found.value, !part.quoted);
      if (found.kind === 'outside') return [unknownPiece(state, part, found.why)];
      return unsetPiece(state, part);
    case ':-':
    case '-':
    case ':=':
    case '=': {
      if (!empty && found.kind === 'value' && text !== undefined)
        return fromValue(state, part, part.name, found.value, !part.quoted);
      if (empty || (machine.defaultsHold && found.kind === 'outside')) {
        if (operator.endsWith('=') && operand) setVariable(state, part.name, expandValue(machine, state, operand));
        return useDefault();
      }
      const likely = operand ? valueText(expandValue(machine, state, operand)) : '';
      const why = found.kind === 'outside' ? found.why : `$${part.name} is not known`;
      return [unknownPiece(state, part, why, likely)];
    }
    case ':+':
    case '+':
      if (empty) return [];
      return text !== undefined
        ? useDefault()
        : [unknownPiece(state, part, `it depends on whether $${part.name} is set`)];
    case ':?':
    case '?':
      if (found.kind === 'value') return fromValue(state, part, part.name, found.value, !part.quoted);
      return [
        unknownPiece(state, part, found.kind === 'outside' ? found.why : `$${part.name} must be set from outside`),
      ];
    case 'length':
      return text === undefined
        ? [unknownPiece(state, part, 'it is computed')]
        : [{ kind: 'part', part: { known: true, text: String(text.length) }, split: false }];
    default:
      return cut(machine, state, part, text);
  }
}

/** The pieces of the operand: outside quotes its text is split too (`${ARGS:---reload --debug}`). */
function operandPieces(machine: Machine, state: State, part: Parameter): readonly Piece[] {
  const found = part.operand ? pieces(machine, state, part.operand) : [];
  if (part.quoted || found.length !== part.operand?.parts.length) return found;
  return found.map((piece, index) => {
    const text = part.operand?.parts[index];
    return piece.kind === 'part' && text?.kind === 'text' && !text.quoted ? { ...piece, split: true } : piece;
  });
}

function unsetPiece(state: State, part: Parameter): readonly Piece[] {
  if (state.emptyUnset) return part.quoted ? [{ kind: 'part', part: { known: true, text: '' }, split: false }] : [];
  const alone = !part.quoted && !/[^\s]/.test(neighbours(state, part));
  return alone ? [] : [unknownPiece(state, part, `$${part.name} is not set in any file`)];
}

/** The characters around an expansion, which tell whether it is a word of its own. */
function neighbours(state: State, part: Parameter): string {
  return `${state.file.text[part.start - 1] ?? ' '}${state.file.text[part.end] ?? ' '}`;
}

function cut(machine: Machine, state: State, part: Parameter, text: string | undefined): readonly Piece[] {
  const pattern = part.operand ? patternOf(machine, state, part.operand) : undefined;
  let known: string | undefined;
  if (text !== undefined && pattern !== undefined && text.length <= 500) {
    machine.steps -= Math.ceil((text.length * text.length * pattern.length) / 2000);
    known = trim(part.operator, text, pattern);
  }
  if (known === undefined) return [unknownPiece(state, part, 'it is computed')];
  return fromValue(state, part, undefined, knownValue(known), !part.quoted);
}

/** A word as a pattern: quoted text and values are literal, `*` and `?` outside quotes are not. Undefined: not known. */
export function patternOf(machine: Machine, state: State, word: ShellWord): readonly GlobToken[] | undefined {
  const tokens: GlobToken[] = [];
  let length = 0;
  for (const part of word.parts) {
    if (part.kind === 'glob') tokens.push(part.text === '*' ? { glob: '*' } : { glob: '?' });
    else if (part.kind === 'text' && !part.quoted && part.text.includes('[')) return undefined;
    else {
      for (const piece of expandPart(machine, state, part)) {
        if (piece.kind !== 'part' || !piece.part.known) return undefined;
        if (piece.split) tokens.push(...globTokens(piece.part.text));
        else tokens.push(piece.part.text);
        length += piece.part.text.length;
      }
    }
  }
  return length > 200 || tokens.length > 20 ? undefined : tokens;
}

function trim(operator: string, text: string, pattern: readonly GlobToken[]): string | undefined {
  const ends = Array.from({ length: text.length + 1 }, (_, index) => index);
  if (operator === '##' || operator === '%') ends.reverse();
  if (operator === '#' || operator === '##') {
    const cutAt = ends.find(end => globMatches(pattern, text.slice(0, end)));
    return text.slice(cutAt ?? 0);
  }
  if (operator !== '%' && operator !== '%%') return undefined;
  const cutAt = ends.find(start => globMatches(pattern, text.slice(start)));
  return text.slice(0, cutAt ?? text.length);
}
