import type { AppServer } from '../model/server.js';

/** A server that no file starts: its configuration is there, and is read as if something did. */
export function isSupposed({ launch }: AppServer): boolean {
  return launch.kind === 'information';
}

/** Those that are started come first: where both have an address, they are the ones that listen. */
export function startedFirst(servers: readonly AppServer[]): readonly AppServer[] {
  return [...servers].sort((a, b) => Number(isSupposed(a)) - Number(isSupposed(b)));
}

/** A started server that may be the one at this address, where `server` only would be if something started it. */
export function rivalOf(
  server: AppServer,
  others: readonly AppServer[],
  mayListenElsewhere: (other: AppServer) => boolean,
): AppServer | undefined {
  return isSupposed(server) ? others.find(other => !isSupposed(other) && mayListenElsewhere(other)) : undefined;
}
