import { defaultPort } from '../../../facts/gunicorn.js';
import type { Address, Listener, Protocol } from '../../../model/endpoint.js';
import type { Fault } from '../../../model/fault.js';
import type { SettingValue } from '../../../model/server.js';
import { defaultSetting, valueOf as knownOf, type Setting } from '../../../model/setting.js';
import { type ServerContext, variableOf } from '../context.js';
import { pythonInt } from '../python-numbers.js';
import { bindAddress } from './bind.js';
import type { Ranked } from './ranking.js';

export interface Listening {
  readonly listens: readonly Listener[];
  readonly complete: boolean;
  readonly faults: readonly Fault[];
}

/**
 * Where Gunicorn listens: the sockets that systemd passes, else the addresses of `bind`, else 0.0.0.0:$PORT, else 127.0.0.1:8000.
 * Source: gunicorn/sock.py (`create_sockets`), gunicorn/arbiter.py (`start`), gunicorn/config.py (`Bind`) of 20.1.0.
 */
export function listening(context: ServerContext, ranked: Ranked, chdir: Setting<string>): Listening {
  const protocol = protocolOf(ranked);
  const passed = context.launch.kind === 'systemd' ? context.launch.passedSockets : [];
  const listens = passed.map(({ address, span }): Listener => ({ address, protocol, role: 'app', span }));
  if (!passed.some(socket => socket.absent))
    return listens.length > 0 ? { listens, complete: true, faults: [] } : ownSockets(context, ranked, chdir, protocol);
  // It mostly has the address of `bind`; who makes the file, and with which rights, nobody sees.
  const own = ownSockets(context, ranked, chdir, protocol);
  const bound = own.listens.map(({ socketMode: _, ...listener }) => listener);
  return { listens: [...bound, ...listens], complete: false, faults: own.faults };
}

function ownSockets(
  context: ServerContext,
  ranked: Ranked,
  chdir: Setting<string>,
  protocol: Listener['protocol'],
): Listening {
  const setting = ranked.settings.get('bind');
  const items = ranked.items.get('bind');
  if (!items) return fromSetting(context, setting, protocol);
  const faults: Fault[] = [];
  const listens: Listener[] = [];
  let complete = true;
  const bound = items.map(item => ({ item, ...bindAddress(item, chdir) }));
  const descriptors = bound.some(one => one.descriptor !== undefined);
  for (const { item, address, descriptor, faults: own } of bound) {
    faults.push(...own);
    if (descriptors) {
      // Any fd:// entry makes Gunicorn ignore the others.
      if (descriptor !== undefined) complete = false;
      continue;
    }
    const span = item.span ?? context.program.word.span;
    listens.push({ address, protocol, role: 'app', span, ...socketMode(ranked, address) });
    if (!address.known && own.length === 0) complete = false;
  }
  return { listens, complete, faults };
}

/** No list of addresses: the default, or a bind that cannot be told. */
function fromSetting(
  context: ServerContext,
  setting: Setting<SettingValue> | undefined,
  protocol: Listener['protocol'],
): Listening {
  const span = context.program.word.span;
  if (setting && (!setting.known || setting.origin !== 'default')) {
    const why = setting.known ? 'it is no list of addresses' : setting.why;
    const address: Setting<Address> = {
      name: setting.name,
      origin: setting.origin,
      known: false,
      why,
      ...(setting.span && { span: setting.span }),
    };
    return { listens: [{ address, protocol, role: 'app', span: setting.span ?? span }], complete: false, faults: [] };
  }
  const address = defaultBind(context);
  return { listens: [{ address, protocol, role: 'app', span }], complete: address.known, faults: [] };
}

function defaultBind(context: ServerContext): Setting<Address> {
  const port = variableOf(context, 'PORT');
  if (port.state === 'absent') return defaultSetting('bind', { kind: 'tcp', host: '127.0.0.1', port: defaultPort });
  if (port.state === 'unknown') return { name: 'bind', origin: 'default', known: false, why: port.why };
  const { setting } = port;
  const { name, via, span } = setting;
  const facts = { name, origin: 'environment' as const, ...(span && { span }), ...(via && { via }) };
  if (!setting.known) return { ...facts, known: false, why: setting.why };
  const number = pythonInt(setting.value);
  if (number === undefined || number < 0 || number > 65535) {
    return { ...facts, known: false, why: `PORT is "${setting.value}", which is no port number` };
  }
  return { ...facts, known: true, value: { kind: 'tcp', host: '0.0.0.0', port: number } };
}

function protocolOf(ranked: Ranked): Protocol | 'unknown' {
  const certificate = ranked.settings.get('certfile');
  const key = ranked.settings.get('keyfile');
  const protocol = ranked.settings.get('protocol');
  if (!certificate?.known || !key?.known || !protocol?.known) return 'unknown';
  if (protocol.value === 'uwsgi') return 'uwsgi';
  return certificate.value || key.value ? 'https' : 'http';
}

/** 0777 without the bits of `umask`: gunicorn/sock.py (`UnixSocket.bind`). */
function socketMode(ranked: Ranked, address: Setting<Address>): { readonly socketMode?: Setting<number> } {
  if (!address.known || address.value.kind !== 'unix') return {};
  const umask = ranked.settings.get('umask');
  if (!umask) return {};
  const number = knownOf(umask);
  const { name, origin, span, via } = umask;
  const facts = { name, origin, ...(span && { span }), ...(via && { via }) };
  if (typeof number !== 'number')
    return { socketMode: { ...facts, known: false, why: umask.known ? 'it is no number' : umask.why } };
  return { socketMode: { ...facts, known: true, value: 0o777 & ~number } };
}
