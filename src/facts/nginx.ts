import directiveTable from './nginx-directives.json' with { type: 'json' };
import otherTable from './nginx-other-directives.json' with { type: 'json' };
import semantics from './nginx-semantics.json' with { type: 'json' };
import variableTable from './nginx-variables.json' with { type: 'json' };
import { once } from './once.js';

/** One module's entry for a directive. The fields are explained in the table's own notes; names are those of nginx's source. */
export interface DirectiveRow {
  readonly module: string;
  readonly contexts: readonly string[];
  readonly args: { readonly min: number; readonly max: number | null; readonly counts?: readonly number[] };
  readonly flag?: boolean;
  /** `directives`: holds directives; `free`: holds lines of its own form (map, types, geo). */
  readonly block?: 'directives' | 'free';
  readonly opens?: string;
  readonly type: string;
  readonly values?: readonly string[];
  readonly bounds?: readonly [number, number | null];
  readonly default?: { readonly value: string | null; readonly ms?: number; readonly bytes?: number };
  readonly defaultHistory?: readonly { readonly version: string; readonly from: string | null; readonly to: string }[];
  readonly inherit?: boolean | string;
  readonly repeat?: 'yes' | 'no' | 'some';
  readonly since?: string;
  readonly backported?: readonly string[];
  readonly obsolete?: boolean;
  readonly params?: string;
}

export interface RemovedDirective {
  readonly module: string;
  readonly contexts: readonly string[];
  /** First mainline version without it. */
  readonly removed: string;
  readonly lastSeen: string;
}

/** A directive of a third-party module, a fork or the commercial product. */
export interface ThirdPartyRow {
  readonly contexts: readonly string[];
  readonly block?: 'directives' | 'free' | 'lua';
}

interface VariableRow {
  readonly proto: string;
}

const directives = once(
  () => directiveTable.directives as unknown as Readonly<Record<string, readonly DirectiveRow[]>>,
);
const removed = once(() => directiveTable.removed as unknown as Readonly<Record<string, readonly RemovedDirective[]>>);
const thirdParty = once(otherDirectives);
const variables = once(() => variableTable.variables as unknown as Readonly<Record<string, readonly VariableRow[]>>);
const prefixes = once(() => Object.keys(variableTable.prefixes));

/** The form of a parameter behind an address (`weight=3`, `backup`). */
export interface ParameterFact {
  readonly form: 'word' | 'value';
  readonly type?: string;
  readonly since?: string;
  readonly notWith?: readonly string[];
  readonly plusOnly?: boolean;
  readonly removed?: boolean;
}

/** Parameters of `server` in an `upstream` block of http (nginx's ngx_http_upstream.c). */
export const upstreamServerParameters = once(
  () => semantics.upstreamServerParams as unknown as Readonly<Record<string, ParameterFact>>,
);
/** Parameters of `server` in an `upstream` block of stream. */
export const streamServerParameters = once(
  () => semantics.streamUpstreamServerParams as unknown as Readonly<Record<string, ParameterFact>>,
);
/** Parameters of `listen` in a server block of http (ngx_http_core_module.c). */
export const listenParameters = once(
  () => semantics.listenParams as unknown as Readonly<Record<string, ParameterFact>>,
);

/** First version that keeps upstream connections alive and speaks HTTP/1.1 to them by default (tables, `defaultHistory`). */
export const keepaliveByDefaultSince = '1.29.7';

/** Entries of a directive of open source nginx; empty for a name it does not have. */
export function directiveRows(name: string): readonly DirectiveRow[] {
  return asked.get(name) ?? findRows(name);
}

/** Those of directives that were asked for; the built table makes each ready only then. */
const asked = new Map<string, readonly DirectiveRow[]>();

function findRows(name: string): readonly DirectiveRow[] {
  const rows = Object.hasOwn(directives(), name) ? directives()[name] : undefined;
  if (rows) asked.set(name, rows);
  return rows ?? [];
}

/** The first entry of a directive, for questions that do not depend on the context; undefined for a name nginx does not have. */
export function nginxDirective(name: string): DirectiveRow | undefined {
  return directiveRows(name)[0];
}

export function isDirective(name: string): boolean {
  return directiveRows(name).length > 0;
}

/** Names of all directives of nginx. */
export const directiveNames = once((): readonly string[] => Object.keys(directives()));

/** A directive that older releases knew; undefined for others. */
export function removedDirective(name: string): RemovedDirective | undefined {
  return Object.hasOwn(removed(), name) ? removed()[name]?.[0] : undefined;
}

/** Every directive of a third-party module, by its name. */
export function otherDirectives(): ReadonlyMap<string, readonly ThirdPartyRow[]> {
  const found = new Map<string, ThirdPartyRow[]>();
  for (const { names, ...row } of otherTable.groups as readonly (ThirdPartyRow & { readonly names: string })[]) {
    for (const name of names.split(' ')) found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
}

/** Entries of a directive that a third-party module, a fork or the commercial product brings; empty for any other name. */
export function thirdPartyRows(name: string): readonly ThirdPartyRow[] {
  // Most runs meet no other name, and need not make the table ready.
  if (!sharedNames.has(name) && isDirective(name)) return none;
  return thirdParty().get(name) ?? none;
}

const none: readonly ThirdPartyRow[] = [];

/** Names of nginx's own directives that other modules take as well. */
export const sharedNames: ReadonlySet<string> = new Set(
  'access_log allow deny listen log_format proxy resolver server ssl_crl ssl_trusted_certificate timeout'.split(' '),
);

/** Contexts in which some module takes a directive of this name; empty for an unknown name. */
export function contextsOf(name: string): readonly string[] {
  const found = new Set<string>();
  for (const row of [...directiveRows(name), ...thirdPartyRows(name)])
    for (const context of row.contexts) found.add(context);
  return [...found];
}

/** False where nginx certainly refuses this number of arguments, whatever the context; true for a name that is not its own. */
export function takesArguments(name: string, count: number): boolean {
  const rows = directiveRows(name);
  return rows.length === 0 || thirdPartyRows(name).length > 0 || rows.some(row => rowTakes(row, count));
}

const anyWords = new Set(['index', 'log_format', 'server_name', 'try_files', 'valid_referers']);

/**
 * True where the directive takes any number of words whatever they are: lists of MIME types and of conditions, and some that check nothing.
 * Source: nginx's `ngx_http_types_slot`, `ngx_http_set_predicate_slot` and the handlers of the names above.
 */
export function takesAnyWords(name: string): boolean {
  return (
    anyWords.has(name) || directiveRows(name).some(({ type }) => type === 'mime_types' || type === 'predicate_list')
  );
}

/** True when the directive takes this number of arguments; a flag takes one. */
export function rowTakes({ args, flag }: DirectiveRow, count: number): boolean {
  if (flag) return count === 1;
  if (args.counts) return args.counts.includes(count);
  return count >= args.min && (args.max === null || count <= args.max);
}

/** The entry of a directive that counts in this context; undefined where it may not stand there. */
export function directiveRow(name: string, context: string): DirectiveRow | undefined {
  return directiveRows(name).find(row => row.contexts.includes(context) || row.contexts.includes('any'));
}

/** True for a variable that nginx or one of its own modules brings; names are compared without case, as nginx does. */
export function isBuiltInVariable(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    Object.hasOwn(variables(), lower) ||
    /^[1-9][0-9]*$/.test(lower) ||
    prefixes().some(prefix => lower.startsWith(prefix))
  );
}

export function builtInVariables(): readonly string[] {
  return Object.keys(variables());
}

/** Milliseconds of a time directive's default; undefined where it has none or is no time. */
export function defaultMilliseconds(name: string, context: string): number | undefined {
  return directiveRow(name, context)?.default?.ms;
}

const passFamilies = ['proxy', 'uwsgi', 'fastcgi', 'scgi', 'grpc'] as const;

/** The module that passes requests on to which a directive belongs by its name, as it stands before `_pass`; undefined for any other. */
export function passFamily(name: string): (typeof passFamilies)[number] | undefined {
  return passFamilies.find(one => name.startsWith(one) && name[one.length] === '_');
}
