import type { Span } from '../text/source.js';
import { originOf } from './describe.js';
import type { Listener } from './endpoint.js';
import type { Gateway } from './gateway.js';
import type { AppServer } from './server.js';
import { type Setting, valueOf } from './setting.js';

export interface User {
  readonly name: string;
  /** For messages: where that is said. */
  readonly from: string;
  readonly span?: Span;
}

/** Whom systemd or supervisor starts the server as; undefined where that is not known, or not the manager's to say. */
function startedAs({ launch, command, place }: AppServer): User | undefined {
  if (place.kind !== 'host' || (launch.kind !== 'systemd' && launch.kind !== 'supervisor')) return undefined;
  return launch.user ? named(command.user ?? launch.user) : undefined;
}

/**
 * Who makes the sockets of a server on a host. uWSGI binds after it has dropped its rights, except where it has to hand the socket over: core/uwsgi.c
 * of 2.0.21.
 */
function bindsAs(server: AppServer): User | undefined {
  const { kind, place, settings } = server;
  const own = startedAs(server);
  const uid = settings.get('uid');
  if (kind !== 'uwsgi' || place.kind !== 'host' || own !== undefined || uid === undefined) return own;
  const late = ['chown-socket', 'master-as-root', 'drop-after-init', 'drop-after-apps'].some(name =>
    settings.has(name),
  );
  return late ? undefined : named(uid);
}

/** The path of a unix socket in the file system. */
export function socketPath(listener: Listener | undefined): string | undefined {
  const address = valueOf(listener?.address);
  return address?.kind === 'unix' && address.path.startsWith('/') ? address.path : undefined;
}

/** Sockets right in /run, where only root may make files, of a server that binds as somebody else. */
export function cannotMake(
  server: AppServer,
): readonly { readonly path: string; readonly span: Span; readonly user: User }[] {
  const user = bindsAs(server);
  if (!user || user.name === 'root' || server.launch.passedSockets.length > 0 || givesRightsAway(server)) return [];
  return server.listens.flatMap(listener => {
    const path = socketPath(listener);
    const { span } = listener.address;
    if (path === undefined || !span || !/^\/(?:var\/)?run\/[^/]+$/.test(path) || isSocketUnits(server, path)) return [];
    return [{ path, span, user }];
  });
}

/**
 * `/run/gunicorn.sock` of gunicorn.service: by the most copied instructions a gunicorn.socket opens it, which many keep on the machine alone; systemd
 * hands the socket over without a word in the service.
 */
function isSocketUnits({ kind, launch }: AppServer, path: string): boolean {
  const stem = /\/(gunicorn[^/]*)\.sock(?:et)?$/.exec(path)?.[1];
  return (
    kind === 'gunicorn' &&
    launch.kind === 'systemd' &&
    stem !== undefined &&
    launch.name.replace(/\.service$/, '') === stem
  );
}

/** `chown-socket` to another user where uWSGI is not started as root: only root may give a file away (core/socket.c of 2.0.21). */
export function cannotGive(
  server: AppServer,
): readonly { readonly owner: string; readonly span: Span; readonly user: User }[] {
  const given = server.settings.get('chown-socket');
  const user = startedAs(server);
  if (server.kind !== 'uwsgi' || !given?.known || !given.span || !user) return [];
  const owner = named(given)?.name;
  const isOther = owner !== undefined && owner !== user.name && user.name !== 'root';
  return isOther && server.listens.some(one => socketPath(one) !== undefined)
    ? [{ owner, span: given.span, user }]
    : [];
}

/** Who owns a unix socket that the server makes; undefined where that cannot be told. */
export function ownerOfSocket(server: AppServer): User | undefined {
  const { kind, settings, command, launch, place } = server;
  const given = kind === 'uwsgi' ? (settings.get('chown-socket') ?? settings.get('uid')) : settings.get('user');
  if (given && given.origin !== 'default') return named(given);
  const user = command.user ?? launch.user ?? (place.kind === 'host' ? undefined : place.user);
  if (user) return named(user);
  if (launch.kind === 'systemd') return { name: 'root', from: `${launch.name} names no other user` };
  const image = place.kind === 'host' || place.opaque ? undefined : place.image;
  return image?.known && /^(?:docker\.io\/)?(?:library\/)?(?:python|debian|ubuntu)(?::|$)/.test(image.value)
    ? { name: 'root', from: `nothing in ${place.title} names another user` }
    : undefined;
}

/** A user by name; a number may be anybody. */
function named(setting: Setting<unknown>): User | undefined {
  const text = setting.known ? (Array.isArray(setting.value) ? setting.value.at(-1) : setting.value) : undefined;
  const name = typeof text === 'string' ? (text.split(':')[0] ?? '') : '';
  if (!/^[a-z_][\w.-]*$/i.test(name)) return undefined;
  return { name, from: originOf(setting), ...(setting.span && { span: setting.span }) };
}

/** The users that nginx's workers run as in the distributions and in the official image. */
const usual: readonly string[] = ['www-data', 'nginx', 'http', 'nobody', 'www', 'wwwrun', 'apache', '_nginx'];

/** Whom the gateway's workers run as: the one that its main file names (`seen`), or one of those that are usual. */
export function gatewayUser({ root, whole, kind }: Gateway): {
  readonly names: readonly string[];
  readonly title: string;
  readonly seen: boolean;
} {
  const line = kind === 'nginx' && whole ? root?.directives.findLast(({ name }) => name === 'user') : undefined;
  const word = line?.args[0];
  if (word?.known) return { names: [word.text], title: word.text, seen: true };
  const title = 'another user (www-data or nginx, where its main file names no other)';
  return { names: line ? [...usual, 'root'] : usual, title, seen: false };
}

/** Rights may be changed beside the server: by ExecStartPre, a script, a hook. */
export function givesRightsAway({ launch, command, settings }: AppServer): boolean {
  const texts = [launch.span.file.text, command.span.file.text, ...command.via.map(step => step.span.file.text)];
  if (texts.some(text => /chmod |chown |setfacl|install -/.test(text))) return true;
  return [...settings.keys()].some(name => /^hook-|^exec-/.test(name));
}
