import { addHeaders } from '../../src/edits/headers.js';
import { setDirectiveValue } from '../../src/edits/nginx.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { isDjango, isTied, servesFiles, type TiedHop } from '../../src/model/application.js';
import { forwardedHost, refusedHost } from '../../src/model/hosts.js';
import { type Inherited, inheritance } from '../../src/model/inherit.js';
import type { Setting } from '../../src/model/setting.js';
import type { Span } from '../../src/text/source.js';

/**
 * Without a Host line nginx sends the name that stands in proxy_pass. An application that checks the host refuses it; others build links
 * with it. `$server_name` is what stands in server_name, not what the browser asked for.
 */
export const rule: Rule = {
  id: 'headers/missing-host',
  summary:
    'The application gets the name of the upstream, or of the server block, instead of the host that was asked for',
  severity: 'error',
  symptom: '400',
  fix: 'unsafe',
  proof: ['host-header-is-upstream-name', 'host-from-server-name'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        if (servesFiles(hop)) continue;
        const apache = hostOfTarget(hop);
        if (apache) report(apache);
        if (hop.gateway.kind !== 'nginx' || !/^https?$/.test(hop.route.protocol) || !hop.route.headersComplete)
          continue;
        const found = judge(hop, lines);
        if (found) report(found);
      }
    }
  },
};

interface Sent {
  readonly host: string;
  readonly by: string;
}

/** The host that the application gets where it is not the browser's, and by what. */
function sentHost(
  { route, endpoint }: TiedHop,
  host: Setting<string> | undefined,
  forwarded: boolean,
): Sent | undefined {
  if (!host?.known) return undefined;
  // A fixed name in Host is what somebody chose; in X-Forwarded-Host it stands for the browser's.
  if (forwarded && /^[a-z0-9.:-]+$/i.test(host.value)) return { host: host.value, by: 'a fixed name' };
  if (host.value === '$proxy_host') {
    const { group, target } = route.pass;
    if (group) return { host: group.name, by: `the name in ${route.pass.directive}` };
    if (!target.known || target.text.includes('$') || !endpoint.address.known) return undefined;
    const { value } = endpoint.address;
    if (value.kind === 'unix') return { host: 'localhost', by: 'what nginx calls a socket' };
    return {
      host: `${value.host}${value.port === 80 ? '' : `:${value.port}`}`,
      by: `the address in ${route.pass.directive}`,
    };
  }
  const [name] = route.server?.names ?? [];
  if (host.value !== '$server_name' || !name?.known || !/^(?:_|)$/.test(name.text)) return undefined;
  return { host: name.text, by: 'what $server_name stands for here' };
}

function judge(hop: TiedHop, lines: Inherited): Finding | undefined {
  const { route, server } = hop;
  const { entry } = server;
  if (!entry) return undefined;
  const forwarded = forwardedHost(hop, entry);
  const header = forwarded ?? route.headers.get('host');
  const sent = sentHost(hop, header, forwarded !== undefined);
  if (!sent) return undefined;
  const written = header?.span;
  const refused = refusedHost(entry, sent.host);
  if (forwarded && !refused) return undefined;
  const text = `${route.title} sends the application ${forwarded ? 'X-Forwarded-Host' : 'Host'}: ${sent.host}, ${sent.by}, instead of the host that the browser asked for`;
  const base = {
    span: written ?? route.pass.span,
    related: [{ span: server.span, message: 'the requests arrive here' }],
    fixes: sendHost(hop, written, lines),
  };
  if (refused) {
    const log = isDjango(entry) && { log: `Invalid HTTP_HOST header: '${sent.host}'` };
    return { ...base, message: `${text}. ${refused}: every request is answered with 400.`, ...log };
  }
  return {
    ...base,
    severity: 'info',
    symptom: 'wrong reply',
    message: `${text}. Links, redirects and cookies that the application makes from it lead nowhere.`,
  };
}

/** Apache sends the host of ProxyPass, unless it is told to keep the one of the request; its main file may do that too. */
function hostOfTarget({ route, server: { entry, kind, span }, gateway }: TiedHop): Finding | undefined {
  const host = gateway.kind === 'apache' ? route.headers.get('host') : undefined;
  const refused = host?.known && entry ? refusedHost(entry, host.value) : undefined;
  if (!host?.known || !refused) return undefined;
  return {
    span: route.pass.span,
    severity: 'warning',
    message:
      `Apache sends ${kind} the host of ProxyPass (${host.value}) and not the one that was asked for, as ProxyPreserveHost is not on. ` +
      `${refused}: every request is answered with 400.`,
    related: [{ span, message: 'the requests arrive here' }],
  };
}

function sendHost({ route }: TiedHop, written: Span | undefined, lines: Inherited): readonly Fix[] {
  const title = 'Send the host that was asked for';
  if (written) return [{ title, safety: 'unsafe', edits: [setDirectiveValue(written, '$host')] }];
  const held = lines(route.scope, 'proxy_set_header');
  if (!held || !route.scope) return [];
  const edit = addHeaders(route.pass.span, route.scope, held, ['proxy_set_header Host $host;']);
  return [{ title, safety: 'unsafe', edits: [edit] }];
}
