import type { Span } from '../text/source.js';
import type { Hop } from './deployment.js';
import type { Gateway, NginxDirective, NginxScope, Route, UpstreamGroup } from './gateway.js';
import { oncePer } from './once.js';
import type { Word } from './word.js';

/**
 * Finds the lines of a directive that hold at a scope: those of the innermost level that has any, as nginx inherits. No lines: nobody sets
 * it. Undefined: a level in between has a part that could not be read and may set it. Levels above a fragment are taken to set nothing.
 */
export type Inherited = (scope: NginxScope | undefined, name: string) => readonly NginxDirective[] | undefined;

export function inheritance(): Inherited {
  return (scope, name) => {
    for (let at = scope; at; at = at.parent) {
      const found = directivesAt(at, name);
      if (found.length > 0) return found;
      if (at.open && (at.opener || !/^(?:main|http)$/.test(at.context))) return undefined;
    }
    return [];
  };
}

/** The directives of one level by name, each name's in one list, in the order in which the names are met. */
export const directiveLists = oncePer(({ directives }: NginxScope): readonly (readonly NginxDirective[])[] => {
  const lists: NginxDirective[][] = [];
  const known = directives.length > fewNames ? new Map<string, NginxDirective[]>() : undefined;
  for (const directive of directives) {
    const { name } = directive;
    const same = known ? known.get(name) : lists.find(([first]) => first?.name === name);
    if (same) same.push(directive);
    else {
      const list = [directive];
      lists.push(list);
      known?.set(name, list);
    }
  }
  return lists;
});

/** So few names are looked through one by one: a map for each of thousands of locations takes ten times the memory. */
const fewNames = 24;

const listsByName = oncePer(
  (scope: NginxScope) => new Map(directiveLists(scope).map(list => [list[0]?.name ?? '', list])),
);

const nothing: readonly NginxDirective[] = [];

/** The directives of this name in a level, which must be complete; always the same list for the same level and name. */
export function directivesAt(scope: NginxScope, name: string): readonly NginxDirective[] {
  const lists = directiveLists(scope);
  if (lists.length > fewNames) return listsByName(scope).get(name) ?? nothing;
  for (const list of lists) if (list[0]?.name === name) return list;
  return nothing;
}

/** The directives named `name` that hold at `scope`: of the innermost level that has any, as nginx inherits. */
export function effective(scope: NginxScope | undefined, name: string): readonly NginxDirective[] {
  for (let at = scope; at; at = at.parent) {
    const found = directivesAt(at, name);
    if (found.length > 0) return found;
  }
  return nothing;
}

/** The lines that would hold at `scope` if the level that has those in effect had none. */
export function linesAbove(scope: NginxScope, name: string, lines: Inherited): readonly NginxDirective[] | undefined {
  const held = lines(scope, name);
  let at: NginxScope | undefined = scope;
  // The lines of one level are always the same list.
  while (at?.parent && held && held.length > 0 && lines(at.parent, name) === held) at = at.parent;
  return lines(at?.parent, name);
}

/** Whether a directive of this name stands at `outer` or at a level between it and `scope`, which lies in it. */
export function isSetBelow(scope: NginxScope | undefined, outer: NginxScope, name: string): boolean {
  for (let at = scope; at; at = at.parent) {
    if (directivesAt(at, name).length > 0) return true;
    if (at === outer) return false;
  }
  return false;
}

/** The one word that a directive has in effect: `unset` where nobody sets it, undefined where that cannot be told. */
export function wordInEffect(lines: readonly NginxDirective[] | undefined): Word | 'unset' | undefined {
  if (!lines) return undefined;
  const word = lines.at(-1)?.args[0];
  if (lines.length === 0) return 'unset';
  return word?.known && !word.text.includes('$') ? word : undefined;
}

/** What an `on`/`off` directive amounts to; undefined where it cannot be told. */
export function flagInEffect(lines: readonly NginxDirective[] | undefined, fallback: boolean): boolean | undefined {
  const word = wordInEffect(lines);
  if (word === 'unset') return fallback;
  const text = word?.text.toLowerCase();
  return text === 'on' ? true : text === 'off' ? false : undefined;
}

/** A size as nginx writes it (`8k`, `16m`, `1g`) in bytes; undefined for anything else. */
export function bytesOf(text: string): number | undefined {
  const found = /^([0-9]{1,15})([kmg]?)$/i.exec(text);
  if (!found?.[1]) return undefined;
  const unit = (found[2] ?? '').toLowerCase();
  return Number(found[1]) * (unit === 'k' ? 1024 : unit === 'm' ? 1_048_576 : unit === 'g' ? 1_073_741_824 : 1);
}

/** Seconds of a time as nginx writes it with one unit (`75`, `500ms`, `2m`); other forms are undefined. */
export function secondsOf(text: string): number | undefined {
  const found = /^([0-9]{1,9})(ms|s|m|h)?$/.exec(text);
  if (!found?.[1]) return undefined;
  return Number(found[1]) * (found[2] === 'ms' ? 0.001 : found[2] === 'm' ? 60 : found[2] === 'h' ? 3600 : 1);
}

/** Bytes as people write them: `512 bytes`, `4 KB`, `16 MB`. */
export function showBytes(value: number): string {
  if (value < 1024) return `${value} bytes`;
  return value < 1_048_576 ? `${Number((value / 1024).toFixed(1))} KB` : `${Number((value / 1_048_576).toFixed(1))} MB`;
}

/** For each variable that a map makes of $http_upgrade: the line `'' close`, where it has one. */
export function closingMaps(gateway: Gateway): ReadonlyMap<string, NginxDirective> {
  const found = new Map<string, NginxDirective>();
  for (const { directives } of scopesOf(gateway)) {
    for (const { name, args, block } of directives) {
      if (name !== 'map' || args[0]?.text.toLowerCase() !== '$http_upgrade' || !args[1] || !block) continue;
      const line = block.directives.find(one => one.name === '' && one.args[0]?.text.toLowerCase() === 'close');
      if (line) found.set(args[1].text, line);
    }
  }
  return found;
}

/** Every scope of http and the levels above it, of fragments too, whose outer levels no directive opens. */
export function scopesOf({ root, servers }: Gateway): readonly NginxScope[] {
  const seen = new Set<NginxScope>([
    ...(root ? [root] : []),
    ...servers.flatMap(({ scope }) => (scope ? [scope, ...(scope.parent ? [scope.parent] : [])] : [])),
  ]);
  for (const scope of seen) for (const { block } of scope.directives) if (block) seen.add(block);
  return [...seen];
}

/** The routes that pass to each group of a gateway. */
export function routesByGroup({ routes }: Gateway): ReadonlyMap<UpstreamGroup, readonly Route[]> {
  const found = new Map<UpstreamGroup, Route[]>();
  for (const route of routes) {
    const { group } = route.pass;
    if (!group) continue;
    const known = found.get(group);
    if (known) known.push(route);
    else found.set(group, [route]);
  }
  return found;
}

/** One line of a request head that nginx takes by default (large_client_header_buffers 4 8k). */
export const headLine = 8192;

/** What nginx lets through of a request's head. `span`: where somebody set it. */
export interface HeadGate {
  readonly bytes: number;
  readonly said: string;
  readonly span?: Span;
}

/** Undefined for other gateways, and where the size cannot be told. */
export function headGate({ route, gateway }: Pick<Hop, 'route' | 'gateway'>, lines: Inherited): HeadGate | undefined {
  if (gateway.kind !== 'nginx') return undefined;
  const held = lines(route.server?.scope, 'large_client_header_buffers');
  const size = held?.at(-1)?.args[1];
  if (held?.length === 0) return { bytes: headLine, said: 'large_client_header_buffers, the default' };
  const bytes = size?.known ? bytesOf(size.text) : undefined;
  return bytes === undefined || !size ? undefined : { bytes, said: 'large_client_header_buffers', span: size.span };
}
