import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { constantOf, isDjango, isTied, likelySetting, type TiedHop, textsOf } from '../../src/model/application.js';
import type { EntryPoint, PyValue } from '../../src/model/entry.js';
import { acceptsHost, isPublicHost, trustedHosts } from '../../src/model/hosts.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/**
 * A name that the gateway answers to and hands on as Host, which the application does not accept. Where the host is lost on the way,
 * headers/missing-host speaks. Settings that only the code proposes count where DEBUG is off in them: those are no settings for development.
 */
export const rule: Rule = {
  id: 'python/allowed-hosts',
  summary: 'The gateway serves a host name that ALLOWED_HOSTS does not have',
  severity: 'warning',
  symptom: '400',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const known = new Map<EntryPoint, Allowed | undefined>();
      for (const hop of hops.filter(isTied)) {
        const { entry } = hop.server;
        if (entry && !known.has(entry)) {
          known.set(entry, isDjango(entry) ? djangoHosts(entry) : starletteHosts(entry));
          const none = isDjango(entry) ? nobody(hop, entry) : undefined;
          if (none) report(none);
        }
        const allowed = entry && known.get(entry);
        if (!allowed) continue;
        const found = judge(hop, allowed);
        if (found) report(found);
      }
    }
  },
};

/** ALLOWED_HOSTS is empty, or nobody sets it, and DEBUG is off: Django refuses every host, as soon as anything asks for it. */
function nobody({ server, route }: TiedHop, entry: EntryPoint): Finding | undefined {
  const setting = likelySetting(entry, 'ALLOWED_HOSTS');
  const debug = likelySetting(entry, 'DEBUG');
  const middleware = textsOf(likelySetting(entry, 'MIDDLEWARE'));
  const closed = entry.settingsOpen === undefined || entry.proposed !== undefined;
  const empty = setting && setting.origin !== 'default' ? textsOf(setting)?.length === 0 : closed;
  const span = setting?.span ?? debug?.span;
  if (!empty || !span || (debug && constantOf(debug) !== false)) return undefined;
  // What asks for the host of every request.
  if (!middleware?.includes('django.middleware.common.CommonMiddleware')) return undefined;
  return {
    span,
    severity: 'error',
    message:
      `DEBUG is off and ALLOWED_HOSTS is ${setting?.span ? 'empty' : 'not set'}, so Django accepts no host at all: every request that ${route.title} ` +
      'passes on is answered with 400.',
    related: [{ span: server.span, message: `${server.kind} is started here` }],
    log: 'Invalid HTTP_HOST header',
  };
}

interface Allowed {
  readonly name: string;
  readonly setting: Setting<PyValue>;
  readonly hosts: readonly string[];
}

function djangoHosts(entry: EntryPoint): Allowed | undefined {
  const setting = likelySetting(entry, 'ALLOWED_HOSTS');
  const hosts = textsOf(setting);
  if (!setting || !hosts || hosts.length === 0) return undefined;
  // A public name among them says as well that these are no settings for development.
  const served = constantOf(likelySetting(entry, 'DEBUG')) === false || hosts.some(isPublicHost);
  if (!served) return undefined;
  if (constantOf(likelySetting(entry, 'USE_X_FORWARDED_HOST') ?? setting) === true) return undefined;
  return { name: 'ALLOWED_HOSTS', setting, hosts };
}

function starletteHosts(entry: EntryPoint): Allowed | undefined {
  const trusted = trustedHosts(entry);
  return trusted && { name: 'allowed_hosts of TrustedHostMiddleware', ...trusted };
}

function judge({ route, server, gateway }: TiedHop, { name, setting, hosts }: Allowed): Finding | undefined {
  const host = route.headers.get('host');
  if (gateway.kind !== 'nginx' || !route.headersComplete || !host?.known || !/^\$(?:http_)?host$/.test(host.value))
    return undefined;
  const refused = (route.server?.names ?? []).filter(
    word => word.known && isPublicHost(word.text) && !acceptsHost(hosts, word.text),
  );
  const [first] = refused;
  if (!first || !setting.span) return undefined;
  const names = [...new Set(refused.map(({ text }) => text))];
  return {
    span: setting.span,
    message:
      `nginx answers to ${names.join(', ')} and hands that name on as Host, but ${name} is ${JSON.stringify(hosts)} and does not have it. ` +
      `Every request for ${names.length > 1 ? 'these names' : 'this name'} is answered with 400.`,
    related: [
      { span: first.span, message: 'the name is served here' },
      { span: server.span, message: `${server.kind} is started here` },
    ],
    fixes: fix(setting, names),
    ...(name === 'ALLOWED_HOSTS' && { log: 'Invalid HTTP_HOST header' }),
  };
}

function fix({ span }: Setting<PyValue>, names: readonly string[]): readonly Fix[] {
  if (!span || !/["']\s*\]$/.test(spanText(span))) return [];
  const text = spanText(span);
  const quote = text.includes("'") ? "'" : '"';
  const at = span.start + text.slice(0, -1).trimEnd().length;
  const added = names.map(name => `, ${quote}${name}${quote}`).join('');
  return [
    {
      title: `Allow ${names.join(' and ')}`,
      safety: 'unsafe',
      edits: [{ span: { ...span, start: at, end: at }, text: added }],
    },
  ];
}
