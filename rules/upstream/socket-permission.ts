import { insertBehind } from '../../src/edits/nginx.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { originOf, where } from '../../src/model/describe.js';
import { type Listener, showAddress } from '../../src/model/endpoint.js';
import { bindsAs, gatewayUser, givesRightsAway, ownerOfSocket, startedAs } from '../../src/model/owner.js';
import type { AppServer } from '../../src/model/server.js';
import { valueOf as knownValue } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/**
 * Whoever connects to a unix socket needs the right to write to it. Speaks where neither the group nor others have it and the owner is
 * another user than that of the gateway's workers; who is in which group only the machine knows.
 */
export const rule: Rule = {
  id: 'upstream/socket-permission',
  summary: 'The gateway may not connect to the unix socket, or the server may not make it',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
  proof: ['chmod-socket-four-digits', 'chmod-socket-no-value', 'socket-without-chmod'],

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { hops, servers } of deployment.stacks) {
      for (const hop of hops.filter(isTied)) {
        const finding = hidden(hop) ?? closed(hop);
        if (finding) report(finding);
      }
      for (const server of servers)
        for (const finding of [...unwritable(server), ...refusedOwner(server)]) report(finding);
    }
  },
};

/** With PrivateTmp= the service has a /tmp of its own. */
function hidden({ server, listener, endpoint, gateway }: TiedHop): Finding | undefined {
  const { launch } = server;
  const path = socketPath(listener);
  const temporary = launch.privateTmp;
  if (!temporary?.known || !temporary.value || !temporary.span || launch.passedSockets.length > 0) return undefined;
  if (gateway.place.kind !== 'host' || path === undefined || !/^\/(?:var\/)?tmp\//.test(path)) return undefined;
  const literal = /^(?:true|yes|on|1)$/i.test(spanText(temporary.span));
  const edits = [{ span: temporary.span, text: 'false' }];
  return {
    span: endpoint.span,
    message:
      `${gateway.kind} connects to ${path}, but ${launch.name} has a /tmp of its own (${originOf(temporary)}), and ${server.kind} makes the socket there: ` +
      `for ${gateway.kind} there is no such file, and every request is answered with 502. A folder below /run is seen by both.`,
    related: [
      { span: temporary.span, message: 'this gives the service a /tmp of its own' },
      ...(listener ? [{ span: listener.span, message: `${server.kind} binds it here` }] : []),
    ],
    fixes: literal ? [{ title: 'Set PrivateTmp=false', safety: 'unsafe', edits }] : [],
    log: `connect() to unix:${path} failed (2: No such file or directory) while connecting to upstream`,
  };
}

function socketPath(listener: Listener | undefined): string | undefined {
  const address = knownValue(listener?.address);
  return address?.kind === 'unix' && address.path.startsWith('/') ? address.path : undefined;
}

/** Only the owner may connect, and that is not the gateway's user. */
function closed({ server, listener, gateway }: TiedHop): Finding | undefined {
  const mode = listener?.socketMode;
  const path = socketPath(listener);
  if (!listener || !mode?.known || path === undefined || (mode.value & 0o022) !== 0) return undefined;
  if (mode.origin === 'default' && server.launch.kind === 'information') return undefined;
  const umask = server.command.umask;
  if (mode.origin === 'default' && umask && !(umask.known && (umask.value & 0o022) === 0o022)) return undefined;
  const owner = givesRightsAway(server) ? undefined : ownerOfSocket(server);
  const user = gatewayUser(gateway);
  if (!owner || user.names.includes(owner.name) || user.names.includes('root')) return undefined;
  const from = mode.origin === 'default' ? 'the default: 0777 without the bits of umask 022' : originOf(mode);
  return {
    span: mode.origin === 'default' ? listener.span : (mode.span ?? listener.span),
    severity: user.seen && mode.origin !== 'default' ? 'error' : 'warning',
    message:
      `${server.kind} makes the socket ${path} with mode 0${mode.value.toString(8).padStart(3, '0')} (${from}), so only its owner ${owner.name} (${owner.from}) may connect. ` +
      `The workers of ${gateway.kind} run as ${user.title}: every request is answered with 502.`,
    ...(mode.origin !== 'default' && {
      related: [{ span: listener.span, message: `${server.kind} makes the socket here` }],
    }),
    fixes: opened(server, listener),
    log: `connect() to unix:${path} failed (13: Permission denied) while connecting to upstream`,
  };
}

function opened({ kind }: AppServer, { address, socketMode }: Listener): readonly Fix[] {
  if (kind !== 'uwsgi') return [];
  const written = socketMode?.origin === 'default' ? undefined : socketMode;
  if (written?.span && /^[0-7]{3}$/.test(spanText(written.span)) && /chmod/.test(written.name))
    return [{ title: 'Set chmod-socket to 666', safety: 'unsafe', edits: [{ span: written.span, text: '666' }] }];
  if (written || !address.span || !/\.ini$/.test(address.span.file.path)) return [];
  const edits = [insertBehind(address.span, 'chmod-socket = 666')];
  return [{ title: 'Add chmod-socket = 666', safety: 'unsafe', edits }];
}

/** /run is root's: a service that runs as somebody else cannot make a file right in it. */
function unwritable(server: AppServer): readonly Finding[] {
  const user = bindsAs(server);
  if (!user || user.name === 'root' || user.name === '0' || server.launch.passedSockets.length > 0) return [];
  if (givesRightsAway(server)) return [];
  return server.listens.flatMap(listener => {
    const path = socketPath(listener);
    if (path === undefined || !/^\/(?:var\/)?run\/[^/]+$/.test(path) || !listener.address.span) return [];
    const folder = path.slice(0, path.lastIndexOf('/'));
    return [
      {
        span: listener.address.span,
        symptom: 'start' as const,
        message:
          `${server.kind} binds ${showAddress({ kind: 'unix', path })} as ${user.name} (${user.from}), but in ${folder} only root may make files: it does not start, ` +
          'and every request is answered with 502. RuntimeDirectory= of a unit makes a folder there that the user may write.',
        ...(user.span && { related: [{ span: user.span, message: `it runs as ${user.name} (${where(user.span)})` }] }),
      },
    ];
  });
}

/** Only root may give a file to another user: uWSGI ends where chown-socket asks for it (core/socket.c of 2.0.21). */
function refusedOwner(server: AppServer): readonly Finding[] {
  const owner = server.settings.get('chown-socket');
  const user = startedAs(server);
  if (server.kind !== 'uwsgi' || !owner?.known || !owner.span || typeof owner.value !== 'string' || !user) return [];
  const [wanted = ''] = owner.value.split(':');
  if (wanted === '' || /^\d/.test(wanted) || ['root', '0', wanted].includes(user.name)) return [];
  if (!server.listens.some(listener => socketPath(listener) !== undefined)) return [];
  return [
    {
      span: owner.span,
      symptom: 'start',
      message:
        `uWSGI is started as ${user.name} (${user.from}) and told to give its socket to ${wanted} (chown-socket), which only root may do: it does not start, ` +
        'and every request is answered with 502. chmod-socket opens the socket without that.',
      ...(user.span && { related: [{ span: user.span, message: `it runs as ${user.name} (${where(user.span)})` }] }),
      log: 'chown(): Operation not permitted',
    },
  ];
}
