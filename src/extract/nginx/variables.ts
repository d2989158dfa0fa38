import { isBuiltInVariable } from '../../facts/nginx.js';
import type { NginxDirective, NginxScope } from '../../model/gateway.js';
import { type Word, whyUnknown } from '../../model/word.js';
import type { Span, Step } from '../../text/source.js';
import { chain, serverOf } from './levels.js';

/** A piece of a resolved text. `exact`: it stands in the file letter by letter at `span`. */
export interface Piece {
  readonly text: string;
  readonly span: Span;
  readonly exact: boolean;
}

export type Resolution =
  | { readonly known: true; readonly text: string; readonly pieces: readonly Piece[]; readonly via: readonly Step[] }
  /** `pieces`: what stands before the piece that is not known. */
  | { readonly known: false; readonly why: string; readonly pieces: readonly Piece[] };

interface Definition {
  readonly directive: NginxDirective;
  readonly scope: NginxScope;
  /** Of a map: its different values, and whether they are all that it may give. */
  readonly outcome?: MapOutcome;
}

interface MapOutcome {
  readonly values: readonly Word[];
  readonly closed: boolean;
}

/** The definitions of one variable: `set` by the server block it stands in, and everything else. */
interface Definitions {
  readonly sets: Map<NginxScope | undefined, Definition[]>;
  readonly others: Definition[];
}

/** Where each variable of a configuration gets its value; names in lower case, without `$`. */
export type Variables = ReadonlyMap<string, Definitions>;

export function collectVariables(scopes: readonly NginxScope[]): Variables {
  const found = new Map<string, Definitions>();
  for (const scope of scopes) {
    for (const directive of scope.directives) {
      const name = definedName(directive);
      if (name === undefined) continue;
      const outcome = /^(?:map|geo)$/.test(directive.name) ? outcomeOf(directive) : undefined;
      noteDefinition(found, name, { directive, scope, ...(outcome && { outcome }) });
    }
  }
  return found;
}

function noteDefinition(found: Map<string, Definitions>, name: string, definition: Definition): void {
  let known = found.get(name);
  if (!known) {
    known = { sets: new Map(), others: [] };
    found.set(name, known);
  }
  if (definition.directive.name !== 'set') known.others.push(definition);
  else {
    const server = serverOf(definition.scope);
    const sets = known.sets.get(server);
    if (sets) sets.push(definition);
    else known.sets.set(server, [definition]);
  }
}

const definers: ReadonlySet<string> = new Set([
  'set',
  'map',
  'geo',
  'split_clients',
  'auth_request_set',
  'perl_set',
  'js_set',
  'js_var',
  'keyval',
]);

function definedName(directive: NginxDirective): string | undefined {
  const { name, args } = directive;
  const position = name === 'map' || name === 'split_clients' ? 1 : name === 'geo' ? args.length - 1 : 0;
  const text = definers.has(name) || name.startsWith('set_') ? args[position]?.text : undefined;
  return text?.startsWith('$') ? text.slice(1).toLowerCase() : undefined;
}

/** Variables that may be looked up for one word, so that definitions that multiply each other end. */
interface Budget {
  left: number;
}
const mostLookups = 100;
/** Longest text that variables may grow to. */
const longest = 4096;
/** `set` lines of one variable in one server block that are still compared. */
const mostSets = 1000;

/** The word with all its variables replaced, as far as there is exactly one value on all paths to `scope`. */
export function resolveWord(
  word: Word,
  scope: NginxScope,
  variables: Variables,
  budget: Budget = { left: mostLookups },
): Resolution {
  const pieces: Piece[] = [];
  const via: Step[] = [...(word.via ?? [])];
  let length = 0;
  for (const piece of splitVariables(word)) {
    const value = piece.variable === undefined ? undefined : lookUp(piece, piece.variable, scope, variables, budget);
    if (value && !value.known) return { ...value, pieces };
    pieces.push(...(value?.pieces ?? [piece]));
    via.push(...(value?.via ?? []));
    length += value ? value.text.length : piece.text.length;
    if (length > longest) return unknown('its text is very long');
  }
  if (!word.known) return { known: false, why: whyUnknown(word), pieces };
  return { known: true, text: textOf(pieces), pieces, via };
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(piece => piece.text).join('');
}

function unknown(why: string): Resolution & { readonly known: false } {
  return { known: false, why, pieces: [] };
}

function lookUp(piece: Piece, name: string, scope: NginxScope, variables: Variables, budget: Budget): Resolution {
  if (budget.left-- <= 0) return unknown('its variables refer to each other');
  const start = requestParts[name];
  if (start === undefined || variables.has(name)) return resolveVariable(name, scope, variables, budget);
  return {
    known: true,
    text: start + piece.text,
    pieces: [{ ...piece, text: start + piece.text, exact: false }],
    via: [],
  };
}

/** Variables whose values are not known but always begin the same way, so that they end an address. */
const requestParts: Readonly<Record<string, string>> = { request_uri: '/', uri: '/', document_uri: '/', is_args: '?' };

/** Literal and variable pieces of a word, up to the first that a template fills in. */
export function splitVariables(word: Word): readonly (Piece & { readonly variable?: string })[] {
  const { span } = word;
  const gap = word.parts.findIndex(part => !part.known);
  const text =
    gap < 0
      ? word.text
      : word.parts
          .slice(0, gap)
          .map(part => part.text)
          .join('');
  const raw = span.file.text.slice(span.start, span.end);
  const quote = raw.startsWith('"') || raw.startsWith("'") ? 1 : 0;
  const exact =
    raw.startsWith(text, quote) && (word.known ? raw.length === text.length + 2 * quote : word.via === undefined);
  const cut = (start: number, end: number) => ({
    text: text.slice(start, end),
    span: exact ? { file: span.file, start: span.start + quote + start, end: span.start + quote + end } : span,
    exact,
  });
  const pieces: (Piece & { variable?: string })[] = [];
  let done = 0;
  for (const found of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (found.index > done) pieces.push(cut(done, found.index));
    const end = found.index + found[0].length;
    pieces.push({ ...cut(found.index, end), variable: (found[1] ?? found[2] ?? '').toLowerCase() });
    done = end;
  }
  if (done < text.length) pieces.push(cut(done, text.length));
  return pieces;
}

function resolveVariable(name: string, scope: NginxScope, variables: Variables, budget: Budget): Resolution {
  const definitions = variables.get(name);
  if (!definitions) {
    const why = isBuiltInVariable(name)
      ? `$${name} is known only when a request comes in`
      : `$${name} is not set in the files that were read`;
    return unknown(why);
  }
  if (chain(scope).some(level => level.open && level.context !== 'main' && level.context !== 'http')) {
    return unknown(`$${name} may also be set in an included file that is not in the repository`);
  }
  const { sets, others } = definitions;
  if (others.length === 0) return resolveSet(name, sets.get(serverOf(scope)) ?? [], scope, variables, budget);
  const [only] = others;
  if (only?.outcome && others.length === 1 && sets.size === 0) return resolveMap(name, only, variables, budget);
  return unknown(`$${name} depends on the request`);
}

/**
 * `set` counts where it is certain to run: the location's own lines without a condition, or one and the same value wherever the
 * server block sets it.
 */
function resolveSet(
  name: string,
  here: readonly Definition[],
  scope: NginxScope,
  variables: Variables,
  budget: Budget,
): Resolution {
  if (here.length > mostSets) return unknown(`$${name} is set in very many places`);
  const levels = new Set(chain(scope));
  const reached = here.filter(one => levels.has(one.scope));
  const own = reached.filter(one => one.scope === scope);
  const conditional = here.some(
    one => !levels.has(one.scope) && isIf(one.scope) && one.scope.parent !== undefined && levels.has(one.scope.parent),
  );
  const last = own.at(-1);
  if (last && !conditional) return definedValue(last, variables, budget);
  const [first] = reached;
  const same = here.every(one => one.directive.args[1]?.text === first?.directive.args[1]?.text);
  if (first && same) return definedValue(first, variables, budget);
  if (!first) return unknown(`$${name} is set elsewhere, not on the way to this place`);
  return unknown(`$${name} has more than one value, depending on the request`);
}

function definedValue({ directive, scope }: Definition, variables: Variables, budget: Budget): Resolution {
  const value = directive.args[1];
  if (!value) return unknown(`${directive.name} lacks a value`);
  const found = resolveWord(value, scope, variables, budget);
  if (!found.known) return found;
  return {
    ...found,
    via: [{ span: directive.span, message: `${directive.args[0]?.text ?? ''} is set here` }, ...found.via],
  };
}

/** Different values of one map that are kept. */
const mostValues = 200;

function outcomeOf({ block }: NginxDirective): MapOutcome {
  const values = new Map<string, Word>();
  let closed = block !== undefined && !block.open;
  let hasDefault = false;
  for (const line of block?.directives ?? []) {
    const [value] = line.args;
    if (isMapOption(line.name) || !value) continue;
    if (line.name === 'default') hasDefault = true;
    if (values.size < mostValues) values.set(value.text, values.get(value.text) ?? value);
    else closed = false;
  }
  // Without a default the empty text is one of its values.
  return { values: [...values.values()], closed: closed && hasDefault };
}

/** A map or geo has one value when all its lines say the same, and one of them is the default. */
function resolveMap(
  name: string,
  { directive, outcome, scope }: Definition,
  variables: Variables,
  budget: Budget,
): Resolution {
  const [value, ...others] = outcome?.values ?? [];
  if (!value || !outcome?.closed || others.length > 0) {
    return unknown(`$${name} comes from a ${directive.name} and depends on the request`);
  }
  const found = resolveWord(value, scope, variables, budget);
  return found.known
    ? { ...found, via: [{ span: value.span, message: `$${name} is ${value.text}` }, ...found.via] }
    : found;
}

export interface PossibleText {
  readonly text: string;
  /** The line of the map that gives it. */
  readonly span: Span;
}

/** The texts that a word may become by the values of a map, which is its one variable or stands at its front. */
export function possibleTexts(word: Word, variables: Variables): readonly PossibleText[] {
  const pieces = splitVariables(word);
  const at = pieces.findIndex(piece => piece.variable !== undefined);
  const others = variables.get(pieces[at]?.variable ?? '')?.others ?? [];
  const outcome = others.length === 1 ? others[0]?.outcome : undefined;
  if (!outcome || !word.known) return [];
  const before = textOf(pieces.slice(0, at));
  const behind = textOf(pieces.slice(at + 1));
  return outcome.values
    .filter(value => value.known)
    .map(value => ({ text: before + value.text + behind, span: value.span }));
}

function isMapOption(name: string): boolean {
  return /^(?:hostnames|volatile|include|ranges|proxy|proxy_recursive|delete)$/.test(name);
}

function isIf(scope: NginxScope): boolean {
  return scope.context === 'if in server' || scope.context === 'if in location';
}

/** The place of characters `start` to `end` of a resolved text: exact where one piece holds them, else the whole of `fallback`. */
export function spanOfRange(pieces: readonly Piece[], start: number, end: number, fallback: Span): Span {
  let at = 0;
  let from: Piece | undefined;
  let fromAt = 0;
  for (const piece of pieces) {
    const next = at + piece.text.length;
    if (start >= at && start < next) {
      from = piece;
      fromAt = at;
    }
    if (from && end <= next)
      return from === piece && piece.exact
        ? within(piece, start - fromAt, end - fromAt)
        : joined(from, fromAt, start, piece, at, end, fallback);
    at = next;
  }
  return fallback;
}

function within(piece: Piece, start: number, end: number): Span {
  return { file: piece.span.file, start: piece.span.start + start, end: piece.span.start + end };
}

/** Two pieces that stand side by side in one word still make one range of the file. */
function joined(
  from: Piece,
  fromAt: number,
  start: number,
  to: Piece,
  toAt: number,
  end: number,
  fallback: Span,
): Span {
  if (!from.exact || !to.exact || from.span.file !== to.span.file || from.span.file !== fallback.file) return fallback;
  const span = { file: from.span.file, start: from.span.start + start - fromAt, end: to.span.start + end - toAt };
  return span.end - span.start === end - start && span.start >= fallback.start && span.end <= fallback.end
    ? span
    : fallback;
}
