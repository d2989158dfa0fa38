import type { Deployment, Hop, Stack } from './deployment.js';
import type { AppServer } from './server.js';

const words =
  /(?:^|[^a-z])(?:dev|devel|develop|development|local|localhost|test|tests|testing|debug|demo|example|examples|sample|samples|sandbox|override)(?![a-z])/i;

/**
 * True where something says that the stack is for development or a show, or may be: the name of one of its files, places or settings, a
 * variable, or another stack of the repository that runs servers for production.
 */
export function mayBeDevelopment(deployment: Deployment, stack: Stack, hop: Hop, server: AppServer): boolean {
  const names = [
    stack.id,
    server.span.file.path,
    hop.gateway.file.path,
    server.place.id,
    server.launch.name,
    server.launch.span.file.path,
    ...(server.entry?.settingsModule?.known ? [server.entry.settingsModule.value] : []),
  ];
  if (names.some(name => words.test(name)) || variablesSaySo(server) || isMounted(server)) return true;
  if (!server.development) return false;
  if (deployment.apart?.production) return true;
  return deployment.stacks.some(other => other !== stack && other.servers.some(({ development }) => !development));
}

/** `FLASK_ENV=development`, `DEBUG=1`. */
function variablesSaySo({ command, place, environment }: AppServer): boolean {
  return [environment, command.environment, place.environment].some(variables =>
    [...(variables ?? [])].some(([name, setting]) => {
      if (/(?:^|_)(?:ENV|ENVIRONMENT|STAGE|MODE|PROFILE)$/.test(name))
        return !setting.known || words.test(setting.value);
      return /(?:^|_)DEBUG$/.test(name) && (!setting.known || !/^(?:0|false|no|off|)$/i.test(setting.value));
    }),
  );
}

/** The code is mounted as it lies in the repository, as one does to edit it while it runs. */
function isMounted({ place, entry }: AppServer): boolean {
  const path = entry?.file?.path;
  return place.mounts.some(
    ({ kind, repo }) =>
      kind === 'bind' && repo !== undefined && (path === undefined || repo === '' || path.startsWith(`${repo}/`)),
  );
}
