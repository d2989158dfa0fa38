import type { Launch } from '../../model/launch.js';
import type { AppServer } from '../../model/server.js';
import { entryPoint } from '../python/entry.js';
import type { Reader } from '../reader.js';
import { serverOf } from '../servers/index.js';

/** The application servers that launches start, and the vassals of these. The same command reached twice counts once. */
export function serversOf(reader: Reader, launches: readonly Launch[]): readonly AppServer[] {
  const found: AppServer[] = [];
  for (const launch of launches) {
    for (const command of launch.commands) {
      const server = reader.kept(`server of ${launch.place.id}`, [launch, command], () => {
        const bare = serverOf(reader, launch, command);
        return bare && withEntry(reader, bare);
      });
      if (!server) continue;
      found.push(server);
      // A vassal's own vassals are left out: an Emperor may have itself for one.
      if (server.starts && !isVassal(launch)) found.push(...serversOf(reader, server.starts));
    }
  }
  return found;
}

function isVassal({ kind }: Launch): boolean {
  return kind === 'information';
}

/** The server with the module that it loads, where the target is known. */
export function withEntry(reader: Reader, server: AppServer): AppServer {
  const { secondApp, ...first } = server;
  const found = withOwnEntry(reader, first);
  const { entry } = found;
  if (!secondApp || !entry || (entry.module.state !== 'missing' && entry.attribute.state !== 'missing')) return found;
  return withOwnEntry(reader, { ...first, app: secondApp });
}

function withOwnEntry(reader: Reader, server: AppServer): AppServer {
  const { app, place, searchPath, command } = server;
  if (server.entry || !app?.known) return server;
  const start = command.workingDirectory;
  const entry = entryPoint({
    reader,
    place,
    target: app.value,
    searchPath,
    environment: { variables: server.environment ?? command.environment, open: command.environmentOpen },
    ...(start.known && { workingDirectory: start.value }),
  });
  return { ...server, entry };
}

/** Places in which something is started that could not be followed, so that more may listen there than is known. */
export function openPlaces(launches: readonly Launch[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const launch of launches) {
    if (
      launch.unresolved.length > 0 ||
      launch.commands.some(command => command.words.some((word, index) => index === 0 && !word.known))
    ) {
      found.add(launch.place.id);
    }
  }
  return found;
}
