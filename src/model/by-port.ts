import type { TiedHop } from './application.js';
import type { Deployment, Hop } from './deployment.js';
import { isLoopback } from './endpoint.js';
import type { AppServer } from './server.js';

/**
 * Hops that very likely end in a server of an image which no compose file names: such an image is started by hand with its port published, and a
 * gateway of the host dials that port on its loopback, where nothing else is seen to listen. Empty where a second server has the port.
 */
export function dialledByPort({ stacks, apart }: Deployment, server: AppServer): readonly TiedHop[] {
  const port = onlyPort(server);
  if (server.place.kind !== 'image' || port === undefined) return [];
  const same = stacks.flatMap(stack => stack.servers).filter(other => onlyPort(other) === port);
  if (same.length + (apart?.httpPorts.get(port) ?? 0) > 1) return [];
  return stacks.flatMap(({ hops }) => hops.flatMap(hop => (unansweredPort(hop) === port ? [{ ...hop, server }] : [])));
}

/** The port that a hop dials on its own loopback, where nothing is seen to listen. */
export function unansweredPort({ miss, endpoint: { address } }: Hop): number | undefined {
  if (miss !== 'nobody listens' || !address.known || address.value.kind !== 'tcp') return undefined;
  return isLoopback(address.value.host) ? address.value.port : undefined;
}

/** The one TCP port at which a server takes requests by HTTP. */
export function onlyPort({ listens }: AppServer): number | undefined {
  const [listener, ...more] = listens.filter(({ role, protocol }) => role === 'app' && protocol === 'http');
  if (!listener || more.length > 0 || !listener.address.known || listener.address.value.kind !== 'tcp')
    return undefined;
  return listener.address.value.port;
}
