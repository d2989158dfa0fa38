import { insertBehind, setDirectiveValue } from '../../src/edits/nginx.js';
import type { Rule } from '../../src/lint/rule.js';
import { constantOf, isTied, likelySetting, type TiedHop, takesOnlyWebsockets } from '../../src/model/application.js';
import { originOf, where } from '../../src/model/describe.js';
import { bytesOf, type Inherited, inheritance, showBytes, wordInEffect } from '../../src/model/inherit.js';
import type { Span } from '../../src/text/source.js';

/** client_max_body_size where nobody sets it: 1 MB. */
const bodyDefault = 1_048_576;

/** The application says how large a request may be, and nginx refuses smaller ones before the application sees them. */
export const rule: Rule = {
  id: 'limits/body-size',
  summary: 'nginx refuses uploads that the application says it takes',
  severity: 'warning',
  symptom: '413',
  fix: 'unsafe',
  proof: ['client-max-body-size'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const tied = hops.filter(isTied).filter(({ gateway, route }) => gateway.kind === 'nginx' || route.bodyLimit);
      for (const server of new Set(tied.map(hop => hop.server))) {
        const wanted = declared(server.entry);
        const routes = tied.filter(hop => hop.server === server && !takesOnlyWebsockets(hop, tied));
        const gates = routes.map(hop => limitOf(hop, lines));
        // One route that takes enough is the one for uploads; one that cannot be told may be it.
        if (!wanted || gates.some(gate => gate === undefined || gate.bytes === 0 || gate.bytes >= wanted.bytes))
          continue;
        // The one for everything tells more than one for a part.
        const at = Math.max(
          0,
          routes.findIndex(({ route }) => route.title === 'location /'),
        );
        const hop = routes[at];
        const gate = gates[at];
        if (!hop || !gate) continue;
        const value =
          wanted.bytes % 1_048_576 === 0 ? `${wanted.bytes / 1_048_576}m` : `${Math.ceil(wanted.bytes / 1024)}k`;
        const { name } = gate;
        const edit = gate.span
          ? setDirectiveValue(gate.span, value)
          : insertBehind(hop.route.pass.span, `${name} ${value};`);
        report({
          span: gate.span ?? hop.route.pass.span,
          message:
            `nginx takes requests of ${showBytes(gate.bytes)} for ${hop.route.title} (${name}${gate.span ? ` in ${where(gate.span)}` : ', the default'}), ` +
            `the application takes ${showBytes(wanted.bytes)} (${wanted.place}). Uploads in between are answered with 413 before it sees them.`,
          related: [{ span: wanted.span, message: `the application takes ${showBytes(wanted.bytes)}` }],
          fixes: [{ title: `Set ${name} to ${value}`, safety: 'unsafe', edits: [edit] }],
          log: 'client intended to send too large body',
        });
      }
    }
  },
};

interface Declared {
  readonly name: string;
  readonly bytes: number;
  readonly span: Span;
  readonly place: string;
}

/** What the code says itself; the defaults of the frameworks are nobody's wish. */
function declared(entry: TiedHop['server']['entry']): Declared | undefined {
  for (const name of ['MAX_CONTENT_LENGTH', 'DATA_UPLOAD_MAX_MEMORY_SIZE']) {
    const setting = entry && likelySetting(entry, name);
    const bytes = constantOf(setting);
    if (setting?.span && setting.origin !== 'default' && typeof bytes === 'number' && bytes > 0)
      return { name, bytes, span: setting.span, place: originOf({ ...setting, name }) };
  }
  return undefined;
}

interface Gate {
  readonly name: string;
  readonly bytes: number;
  readonly span?: Span;
}

function limitOf({ route }: TiedHop, lines: Inherited): Gate | undefined {
  const name = 'client_max_body_size';
  const other = route.bodyLimit;
  if (other) return other.known && other.span ? { name: other.name, bytes: other.value, span: other.span } : undefined;
  const word = wordInEffect(lines(route.scope, 'client_max_body_size'));
  if (word === 'unset') return { name, bytes: bodyDefault };
  const bytes = word && bytesOf(word.text);
  return bytes === undefined || !word ? undefined : { name, bytes, span: word.span };
}
