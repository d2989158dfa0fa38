import { openedSocket } from '../../src/edits/uwsgi.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { originOf, where } from '../../src/model/describe.js';
import {
  cannotGive,
  cannotMake,
  gatewayUser,
  givesRightsAway,
  ownerOfSocket,
  socketPath,
  type User,
} from '../../src/model/owner.js';
import type { AppServer } from '../../src/model/server.js';
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
    fixes: server.kind === 'uwsgi' ? openedSocket(listener) : [],
    log: `connect() to unix:${path} failed (13: Permission denied) while connecting to upstream`,
  };
}

/** /run is root's: a service that runs as somebody else cannot make a file right in it. */
function unwritable(server: AppServer): readonly Finding[] {
  return cannotMake(server).map(({ path, span, user }) => ({
    span,
    symptom: 'start',
    message:
      `${server.kind} binds unix:${path} as ${user.name} (${user.from}), but in ${path.slice(0, path.lastIndexOf('/'))} only root may make files: it does not start, ` +
      'and every request is answered with 502. RuntimeDirectory= of a unit makes a folder there that the user may write.',
    ...runsAs(user),
  }));
}

function refusedOwner(server: AppServer): readonly Finding[] {
  return cannotGive(server).map(({ span, owner, user }) => ({
    span,
    symptom: 'start',
    message:
      `uWSGI is started as ${user.name} (${user.from}) and told to give its socket to ${owner} (chown-socket), which only root may do: it does not start, ` +
      'and every request is answered with 502. chmod-socket opens the socket without that.',
    ...runsAs(user),
    log: 'chown(): Operation not permitted',
  }));
}

function runsAs({ name, span }: User): Pick<Finding, 'related'> {
  return span ? { related: [{ span, message: `it runs as ${name} (${where(span)})` }] } : {};
}
