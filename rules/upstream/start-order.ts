import type { Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { isIpAddress, isLoopback } from '../../src/model/endpoint.js';
import type { Place } from '../../src/model/place.js';
import { lineEnd } from '../../src/text/lines.js';
import type { Span } from '../../src/text/source.js';

/**
 * nginx resolves the names in its configuration when it starts, and ends where one is not known yet. In a compose project a name is known once its
 * container runs, so the gateway has to be ordered behind it.
 */
export const rule: Rule = {
  id: 'upstream/start-order',
  summary: 'The gateway resolves the name of a container that may start after it',
  severity: 'info',
  symptom: 'start',
  fix: 'unsafe',

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      const told = new Set<string>();
      const waits = waitsIn(stack.places);
      for (const hop of stack.hops) {
        const name = unordered(waits, hop);
        const { place } = hop.gateway;
        const key = `${place.id}\n${name}`;
        if (name === undefined || told.has(key)) continue;
        told.add(key);
        report({
          span: hop.endpoint.span,
          message:
            `nginx in ${place.title} looks the name ${name} up when it starts, and ${place.title} does not wait for it (depends_on). ` +
            'When nginx is first, it finds no such host and ends; all its sites are down until it is started again.',
          related: orderedAt(place).map(span => ({ span, message: `${place.title} has no depends_on for ${name}` })),
          fixes: waitFor(place, name),
          log: `[emerg] host not found in upstream "${name}"`,
        });
      }
    }
  },
};

function unordered(waits: Waits, { gateway, endpoint, places: dialled, route }: Hop): string | undefined {
  const { place } = gateway;
  const [only, ...more] = dialled;
  if (
    gateway.kind !== 'nginx' ||
    place.kind !== 'service' ||
    only?.kind !== 'service' ||
    // A service of another project cannot be waited for.
    !waits.places.has(only) ||
    more.length > 0 ||
    only.id === place.id
  )
    return undefined;
  if (!endpoint.address.known || endpoint.address.value.kind !== 'tcp' || route.pass.target.text.includes('$'))
    return undefined;
  const { host } = endpoint.address.value;
  if (isIpAddress(host) || isLoopback(host) || place.extraNames.has(host) || place.networkMode !== undefined)
    return undefined;
  const waited = waits.of(place);
  return waited === 'anything' || waited.has(only) ? undefined : host;
}

/** The list that would have to name it, else the service. */
function orderedAt({ dependsOn, span }: Place): readonly Span[] {
  const at = dependsOn.at(-1)?.span ?? span;
  return at ? [at] : [];
}

interface Waits {
  readonly places: ReadonlySet<Place>;
  /** What a place waits for, directly or through others; a name that nobody has may be anything. */
  readonly of: (place: Place) => ReadonlySet<Place> | 'anything';
}

function waitsIn(places: readonly Place[]): Waits {
  const named = new Map(places.toReversed().flatMap(place => place.names.map(one => [one.name, place] as const)));
  const known = new Map<Place, ReadonlySet<Place> | 'anything'>();
  const walk = (from: Place): ReadonlySet<Place> | 'anything' => {
    const seen = new Set([from]);
    for (const at of seen) {
      for (const { name } of at.dependsOn) {
        const next = named.get(name);
        if (!next) return 'anything';
        seen.add(next);
      }
    }
    return seen;
  };
  return {
    places: new Set(places),
    of: place => {
      const found = known.get(place) ?? walk(place);
      known.set(place, found);
      return found;
    },
  };
}

/** One more item where the list stands with one item on each line. */
function waitFor({ dependsOn }: Place, name: string): readonly Fix[] {
  const last = dependsOn.at(-1);
  if (!last) return [];
  const { text } = last.span.file;
  const start = text.lastIndexOf('\n', last.span.start - 1) + 1;
  const lead = /^[ \t]*-[ \t]+$/.exec(text.slice(start, last.span.start))?.[0];
  const rest = /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.exec(text.slice(last.span.end, last.span.end + 200));
  if (lead === undefined || !rest) return [];
  const at = { file: last.span.file, start: last.span.end, end: last.span.end };
  return [
    { title: `Wait for ${name}`, safety: 'unsafe', edits: [{ span: at, text: `${lineEnd(text)}${lead}${name}` }] },
  ];
}
