import type { DeclaredStack } from '../../model/assumptions.js';
import type { Address } from '../../model/endpoint.js';
import type { Gateway } from '../../model/gateway.js';
import { filesOf, type Launch } from '../../model/launch.js';
import type { StackParts } from '../../model/parts.js';
import { baseName, folderOf, type Mount, type Place } from '../../model/place.js';
import type { AppServer } from '../../model/server.js';
import type { Setting } from '../../model/setting.js';
import type { SourceFile } from '../../text/source.js';
import { apacheGateways } from '../apache/gateway.js';
import { type Discovered, isAside } from '../discover.js';
import { haproxyGateway } from '../haproxy/gateway.js';
import { hostPlace } from '../launch/host.js';
import { procfileLaunches } from '../launch/procfile.js';
import { scriptLaunches } from '../launch/scripts.js';
import { supervisorLaunches } from '../launch/supervisor.js';
import { systemdLaunches } from '../launch/systemd.js';
import type { Reader } from '../reader.js';
import { declaredId } from './declared.js';
import { projectFolder } from './folders.js';
import { hostGateways } from './gateways.js';
import { looseUwsgi, partsNamedIn } from './loose-uwsgi.js';
import { openPlaces, serversOf } from './servers.js';

/** Files of one project folder that are put on a machine by hand. */
interface HostFiles {
  readonly folder: string;
  readonly declared?: DeclaredStack;
  readonly systemd: SourceFile[];
  readonly supervisor: SourceFile[];
  readonly procfiles: SourceFile[];
  readonly scripts: SourceFile[];
  readonly uwsgi: SourceFile[];
  readonly nginx: SourceFile[];
  readonly haproxy: SourceFile[];
  readonly apache: SourceFile[];
}

const kinds = ['systemd', 'supervisor', 'procfiles', 'scripts', 'uwsgi', 'nginx', 'haproxy', 'apache'] as const;

/**
 * Stacks of the files that no container claims, one per project folder; before them those that the user declares. `claimed`: paths that some
 * place mounts, copies or runs.
 */
export function hostStacks(reader: Reader, found: Discovered, claimed: ReadonlySet<string>): readonly StackParts[] {
  const folders = new Map<string, HostFiles>();
  for (const kind of kinds) {
    for (const file of found[kind]) {
      if (claimed.has(file.path) || reader.assumptions.stacks.some(stack => stack.has(file.path))) continue;
      const folder = projectFolder(folderOf(file.path));
      let files = folders.get(folder);
      if (!files) {
        files = { folder, ...noFiles() };
        folders.set(folder, files);
      }
      files[kind].push(file);
    }
  }
  const byFolder = [...folders.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const declared = reader.assumptions.stacks.flatMap(stack => declaredFiles(found, stack) ?? []);
  return [...declared, ...byFolder].flatMap(files => hostStack(reader, files, found.scripts));
}

function noFiles(): Omit<HostFiles, 'folder' | 'declared'> {
  return { systemd: [], supervisor: [], procfiles: [], scripts: [], uwsgi: [], nginx: [], haproxy: [], apache: [] };
}

/** The host files that the user counts to one stack; a container may use them as well. */
function declaredFiles(found: Discovered, declared: DeclaredStack): HostFiles | undefined {
  const files = noFiles();
  for (const kind of kinds) files[kind].push(...found[kind].filter(({ path }) => declared.has(path)));
  const [first, ...rest] = kinds.flatMap(kind => files[kind]).map(({ path }) => folderOf(path));
  if (first === undefined) return undefined;
  return { folder: projectFolder(rest.reduce(sharedFolder, first)), declared, ...files };
}

function sharedFolder(a: string, b: string): string {
  let shared = a;
  while (shared !== '' && b !== shared && !b.startsWith(`${shared}/`)) shared = folderOf(shared);
  return shared;
}

function hostStack(reader: Reader, files: HostFiles, scripts: readonly SourceFile[]): readonly StackParts[] {
  const { folder, declared } = files;
  const id = declared ? declaredId(declared) : `host:${folder}`;
  const key = declared ? `of ${id}` : `of the host files in ${folder}`;
  const units = [...files.systemd, ...files.supervisor, ...files.procfiles, ...files.scripts, ...files.uwsgi];
  const place = reader.kept(`place ${key}`, units, () => placeOf(reader, id, folder, units));
  const launches = reader.kept(`launches ${key}`, [place, ...units], () => launchesOf(reader, files, place));
  const started = serversOf(reader, launches);
  const loose = reader.kept(`loose files ${key}`, [place, ...started, ...files.uwsgi], () =>
    looseLaunches(files, started, place),
  );
  const gateways = [
    ...hostGateways(reader, files.nginx, place),
    ...files.haproxy.flatMap(file => haproxyGateway(reader, file, place) ?? []),
    ...apacheGateways(reader, files.apache, place),
  ];
  const dialled = dialledSockets(gateways);
  const servers = [...started, ...serversOf(reader, loose)].map(server => withoutAbsentSocket(server, dialled));
  if (launches.length + loose.length === 0 && gateways.length === 0) return [];
  const title = folder === '' ? 'the host files' : `the host files of ${folder}/`;
  return [
    {
      id,
      title: declared ? declared.name : title,
      why: declared
        ? `${declared.file.path} counts these files to ${declared.name}`
        : `files of ${folder === '' ? 'the root' : folder} that no container mounts, copies or runs`,
      kind: 'host',
      folder,
      aside: !declared && isAside(`${folder}/x`),
      ...(declared && { declared: true as const }),
      places: [place],
      launches: [...launches, ...loose],
      gateways,
      servers,
      openPlaces: isBoundByScript(dialled, servers, scripts) ? new Set([place.id]) : openPlaces(launches),
      members: members(files, launches, gateways),
    },
  ];
}

/** A script, of a container perhaps, starts a server on a socket that a gateway here dials: one nginx.conf for two ways to run the site. */
function isBoundByScript(
  dialled: ReadonlySet<string>,
  servers: readonly AppServer[],
  scripts: readonly SourceFile[],
): boolean {
  const bound = new Set(servers.flatMap(({ listens }) => socketPaths(listens)));
  const ways = ['unix:', 'unix://', '--uds ', '--uds=', '--socket ', '--socket=', '--unix-socket '];
  return [...dialled].some(
    path => !bound.has(path) && scripts.some(({ text }) => ways.some(way => text.includes(`${way}${path}`))),
  );
}

function socketPaths(ends: readonly { readonly address: Setting<Address> }[]): readonly string[] {
  return ends.flatMap(({ address }) => (address.known && address.value.kind === 'unix' ? [address.value.path] : []));
}

function dialledSockets(gateways: readonly Gateway[]): ReadonlySet<string> {
  return new Set(gateways.flatMap(({ routes }) => routes.flatMap(({ to }) => socketPaths(to))));
}

/** A socket unit that nobody sees opens the address of `bind`, where that is what a gateway dials: then it opens no other. */
function withoutAbsentSocket(server: AppServer, dialled: ReadonlySet<string>): AppServer {
  const absent = server.launch.passedSockets.filter(socket => socket.absent);
  if (absent.length === 0 || !socketPaths(server.listens).some(path => dialled.has(path))) return server;
  const listens = server.listens.filter(({ span }) => !absent.some(socket => socket.span === span));
  return { ...server, listens, listensComplete: listens.every(({ address }) => address.known) };
}

function placeOf(reader: Reader, id: string, folder: string, units: readonly SourceFile[]): Place {
  const guessed = hostPlace(reader, { id, title: 'the host', folder, units });
  return folder === '' && isNginxFolder(reader) ? { ...guessed, mounts: [...guessed.mounts, nginxFolder] } : guessed;
}

/** The folder that is checked is a machine's own /etc/nginx: the package's mime.types lies beside the main file. */
function isNginxFolder(reader: Reader): boolean {
  return reader.kind('nginx.conf') === 'file' && reader.kind('mime.types') === 'file';
}

const nginxFolder: Mount = { kind: 'assumed', inside: '/etc/nginx', repo: '' };

function launchesOf(reader: Reader, files: HostFiles, place: Place): readonly Launch[] {
  const launches: Launch[] = [
    ...systemdLaunches(reader, files.systemd, place),
    ...files.supervisor.flatMap(file => supervisorLaunches(reader, file, place)),
    ...files.procfiles.flatMap(file => procfileLaunches(reader, file, place)),
  ];
  const followed = new Set(launches.flatMap(filesOf));
  for (const file of files.scripts) {
    if (!followed.has(file.path)) launches.push(...scriptLaunches(reader, file, place));
  }
  return launches;
}

/** uWSGI's files count by themselves only where no command starts uWSGI at all: otherwise they are alternatives, or parts of another. */
function looseLaunches(files: HostFiles, started: readonly AppServer[], place: Place): readonly Launch[] {
  if (started.some(server => server.kind === 'uwsgi')) return [];
  const parts = new Set(files.uwsgi.flatMap(partsNamedIn));
  return files.uwsgi.flatMap(file => (parts.has(baseName(file.path)) ? [] : (looseUwsgi(file, place) ?? [])));
}

function members(files: HostFiles, launches: readonly Launch[], gateways: readonly Gateway[]): StackParts['members'] {
  const found = new Map<string, string>();
  for (const launch of launches) found.set(launch.span.file.path, `it starts ${launch.name}`);
  for (const gateway of gateways) {
    for (const file of gateway.files)
      found.set(
        file.path,
        gateway.placed?.message ?? `${gateway.kind} file of the project in ${files.folder || 'the root'}`,
      );
  }
  for (const file of files.nginx)
    if (!found.has(file.path)) found.set(file.path, `nginx file that nothing includes (${baseName(file.path)})`);
  return [...found].map(([path, why]) => ({ path, why }));
}
