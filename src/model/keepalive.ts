import type { TiedHop } from './application.js';
import type { UpstreamGroup } from './gateway.js';
import { valueOf } from './setting.js';

/**
 * The upstream group of a route of nginx that really keeps connections: `keepalive` is in effect, HTTP/1.1 is spoken, and no
 * "Connection: close" is sent. Undefined where one of these is not so or not known.
 */
export function keptGroup({ route, gateway }: TiedHop): UpstreamGroup | undefined {
  const { group } = route.pass;
  const kept = (valueOf(group?.keepalive) ?? 0) > 0 && valueOf(route.httpVersion) === '1.1';
  const closes = valueOf(route.headers.get('connection')) !== '' || !route.headersComplete;
  return gateway.kind === 'nginx' && /^https?$/.test(route.protocol) && kept && !closes ? group : undefined;
}
