import type { TiedHop } from './application.js';
import type { Stack } from './deployment.js';
import { isLoopback } from './endpoint.js';
import type { AppServer } from './server.js';

/**
 * Hops that very likely end in a server of an image which no compose file names: such an image is started by hand with its port published, and a
 * gateway of the host dials that port on its loopback, where nothing else is seen to listen. Empty where a second server has the port.
 */
export function dialledByPort(stacks: readonly Stack[], server: AppServer): readonly TiedHop[] {
  const port = onlyPort(server);
  if (server.place.kind !== 'image' || port === undefined) return [];
  const same = stacks.flatMap(stack => stack.servers).filter(other => onlyPort(other) === port);
  if (same.length > 1) return [];
  return stacks.flatMap(({ hops }) =>
    hops.flatMap(hop => {
      const { address } = hop.endpoint;
      if (hop.miss !== 'nobody listens' || !address.known || address.value.kind !== 'tcp') return [];
      return address.value.port === port && isLoopback(address.value.host) ? [{ ...hop, server }] : [];
    }),
  );
}

/** The one TCP port at which it takes requests by HTTP. */
function onlyPort({ listens }: AppServer): number | undefined {
  const [listener, ...more] = listens.filter(({ role, protocol }) => role === 'app' && protocol === 'http');
  if (!listener || more.length > 0 || !listener.address.known || listener.address.value.kind !== 'tcp')
    return undefined;
  return listener.address.value.port;
}
