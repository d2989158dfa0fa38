import { commandLineServer } from '../../../facts/app-servers.js';
import type { Listener } from '../../../model/endpoint.js';
import type { AppServer, SettingValue } from '../../../model/server.js';
import { defaultSetting, type Setting } from '../../../model/setting.js';
import type { Span } from '../../../text/source.js';
import { type Arguments, parseArguments } from '../arguments.js';
import { type ServerContext, startFolder } from '../context.js';
import { searchFolders } from '../search-path.js';
import { wordSetting } from '../words.js';
import { boundText, socketAddress, tcpAddress } from './address.js';
import { targetOf } from './application.js';
import { plainServer } from './build.js';
import { asNumber, flagOf, specsOf, valueOrDefault, valuesOf } from './options.js';

type Kind = 'uvicorn' | 'hypercorn' | 'daphne' | 'waitress' | 'granian';

/** A server with a command line of its own, from the tables: uvicorn, hypercorn, daphne, waitress, granian. */
export function commandLineServerOf(context: ServerContext, kind: Kind): AppServer | undefined {
  const facts = commandLineServer(kind);
  if (!facts) return undefined;
  const style = kind === 'uvicorn' || kind === 'granian' ? 'click' : kind === 'waitress' ? 'getopt' : 'argparse';
  const given = parseArguments(context.program.arguments, specsOf(facts), style);
  const listens = listenersOf(context, kind, given);
  const factory =
    flagOf(given, 'factory') !== undefined ||
    (kind === 'waitress' && given.options.some(one => one.written === '--call'));
  const folder = flagOf(given, 'app-dir')?.value;
  const first: Setting<string>[] = folder ? [wordSetting('--app-dir', folder, 'command line')] : [];
  const configured = kind === 'hypercorn' && given.options.some(option => option.spec.name === 'config');
  const app = targetOf(given.positionals[0], facts.defaultAttribute, factory);
  const workers = asNumber(
    valueOrDefault(context, given, 'workers', '1', kind === 'uvicorn' ? 'WEB_CONCURRENCY' : undefined),
  );
  const keep = valuesOf(context, given, kind === 'uvicorn' ? 'timeout-keep-alive' : 'keep-alive').at(-1);
  const keepAlive = keep
    ? asNumber(keep)
    : facts.keepAliveSeconds === undefined
      ? undefined
      : defaultSetting('keep alive', facts.keepAliveSeconds);
  return plainServer(context, {
    kind,
    listens,
    listensComplete: given.open === undefined && !configured,
    interfaces: kind === 'waitress' ? ['wsgi'] : kind === 'daphne' || kind === 'uvicorn' ? ['asgi'] : ['wsgi', 'asgi'],
    ...(app && { app }),
    searchPath: searchFolders(context, first),
    concurrency: kind === 'waitress' ? 'threads' : 'async',
    processes: workers,
    ...(keepAlive && { keepAlive }),
    settings: settingsOf(context, given, Object.keys(facts.options)),
  });
}

function settingsOf(
  context: ServerContext,
  given: Arguments,
  names: readonly string[],
): ReadonlyMap<string, Setting<SettingValue>> {
  const found = new Map<string, Setting<SettingValue>>();
  for (const name of names) {
    const value = valuesOf(context, given, name).at(-1);
    const flag = flagOf(given, name);
    if (value) found.set(name, value);
    else if (flag)
      found.set(name, {
        name: flag.written,
        origin: 'command line',
        span: flag.flag.span,
        known: true,
        value: !flag.off,
      });
  }
  return found;
}

function listenersOf(context: ServerContext, kind: Kind, given: Arguments): readonly Listener[] {
  const { launch } = context;
  const fd = flagOf(given, 'fd');
  if (fd && launch.passedSockets.length > 0) {
    return launch.passedSockets.map(({ address, span }) => ({ address, protocol: 'http', role: 'app', span }));
  }
  const secure = ['ssl-certfile', 'certfile', 'ssl-certificate'].some(name => flagOf(given, name)?.value);
  const at = (address: Listener['address'], span?: Span): Listener => ({
    address,
    protocol: secure ? 'https' : 'http',
    role: 'app',
    span: address.span ?? span ?? context.program.word.span,
  });
  if (fd)
    return [
      at({
        name: '--fd',
        origin: 'command line',
        span: fd.flag.span,
        known: false,
        why: 'its manager passes the socket',
      }),
    ];
  const folder = startFolder(context);
  if (kind === 'hypercorn')
    return bound(context, given, 'bind', '127.0.0.1:8000', { host: '127.0.0.1', port: 8000, bare: 'host' }).map(one =>
      at(one),
    );
  if (kind === 'waitress') {
    const socket = valuesOf(context, given, 'unix_socket').at(-1);
    if (socket) return [at(socketAddress(socket, folder))];
    if (valuesOf(context, given, 'listen').length > 0) {
      return bound(context, given, 'listen', '', { host: '0.0.0.0', port: 8080, bare: 'port' }).map(one => at(one));
    }
    return [
      at(
        tcpAddress(
          valueOrDefault(context, given, 'host', '0.0.0.0'),
          valueOrDefault(context, given, 'port', '8080'),
          '--port',
        ),
      ),
    ];
  }
  if (kind === 'daphne') {
    if (valuesOf(context, given, 'endpoint').length > 0) {
      return valuesOf(context, given, 'endpoint').map(one =>
        at({
          name: one.name,
          origin: one.origin,
          ...(one.span && { span: one.span }),
          known: false,
          why: 'endpoint strings are not read',
        }),
      );
    }
    const socket = valuesOf(context, given, 'unix-socket').at(-1);
    const tcp = valuesOf(context, given, 'port').length > 0 || valuesOf(context, given, 'bind').length > 0;
    const found = socket ? [at(socketAddress(socket, folder))] : [];
    if (socket && !tcp) return found;
    return [
      ...found,
      at(
        tcpAddress(
          valueOrDefault(context, given, 'bind', '127.0.0.1'),
          valueOrDefault(context, given, 'port', '8000'),
          '--port',
        ),
      ),
    ];
  }
  const prefix = kind === 'uvicorn' ? 'UVICORN' : 'GRANIAN';
  const uds = valuesOf(context, given, 'uds', `${prefix}_UDS`).at(-1);
  if (uds) return [at(socketAddress(uds, folder))];
  const host = valueOrDefault(context, given, 'host', '127.0.0.1', `${prefix}_HOST`);
  return [at(tcpAddress(host, valueOrDefault(context, given, 'port', '8000', `${prefix}_PORT`), '--port'))];
}

function bound(
  context: ServerContext,
  given: Arguments,
  name: string,
  fallback: string,
  form: Parameters<typeof boundText>[2],
): readonly Listener['address'][] {
  const values = valuesOf(context, given, name);
  const texts = values.length > 0 ? values : [defaultSetting(`--${name}`, fallback)];
  return texts.map(text => boundText(text, startFolder(context), form));
}
