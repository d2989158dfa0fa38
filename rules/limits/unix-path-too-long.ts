import type { Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { Address } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/** Bytes of a path that Linux has room for (`sun_path`, with its end mark 108). */
const linux = 107;
/** What uWSGI itself takes: core/socket.c (`bind_to_unix`). */
const uwsgi = 102;

/**
 * The path of a unix socket is longer than its address can hold: nobody can bind it or connect to it. Counted in bytes, of a path that stands as it
 * is in the file; a relative one is handed to the system as it is. What nginx refuses for the same
 * reason is told by upstream/invalid-address.
 */
export const rule: Rule = {
  id: 'limits/unix-path-too-long',
  summary: 'The path of a unix socket is longer than the system takes',
  severity: 'error',
  symptom: '502',
  fix: 'none',
  proof: ['unix-path-too-long'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const most = server.kind === 'uwsgi' ? uwsgi : linux;
        for (const { address } of server.listens) {
          const path = writtenPath(address);
          if (path === undefined || !address.span || size(path) <= most || passed(server, path)) continue;
          report({
            span: address.span,
            message: `The path of the socket has ${size(path)} bytes (${address.name} in ${where(address.span)}), and ${
              server.kind === 'uwsgi' ? `uWSGI takes ${uwsgi} at most` : `Linux takes ${linux} at most`
            }: ${server.kind} does not start, and every request is answered with 502.`,
            related: [{ span: server.span, message: `${server.kind} is started here` }],
            log: server.kind === 'uwsgi' ? 'invalid socket name' : `Can't connect to ${path}`,
          });
        }
      }
    }
  },
};

function size(path: string): number {
  return new TextEncoder().encode(path).length;
}

/** The path as somebody wrote it; undefined where it is made of parts, or counts from a folder. */
function writtenPath(address: Setting<Address>): string | undefined {
  if (!address.known || address.value.kind !== 'unix' || !address.span) return undefined;
  const { path } = address.value;
  return path.startsWith('/') && spanText(address.span).includes(path) ? path : undefined;
}

/** systemd binds it; its own limit is the same, and the server's word for it does not count. */
function passed({ launch }: AppServer, path: string): boolean {
  return launch.passedSockets.some(
    ({ address }) => !address.known || (address.value.kind === 'unix' && address.value.path !== path),
  );
}
