import { bindsPort, serverStart } from '../../src/facts/server-starts.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { showAddress } from '../../src/model/endpoint.js';
import type { PyCall, PyValue } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import { type Setting, valueOf } from '../../src/model/setting.js';

/**
 * Importing the application takes a port. Where it is the server's own port, or several workers import it, the second one that
 * tries finds the address in use and dies. One worker with another port works, so that is advice.
 */
export const rule: Rule = {
  id: 'python/binds-port',
  summary: 'Importing the application binds a port that the server or a second worker needs',
  severity: 'error',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        for (const call of server.entry?.importCalls ?? []) {
          if (call.certain && bindsPort(call.name)) report(finding(server, call));
        }
      }
    }
  },
};

function finding(server: AppServer, call: PyCall): Finding {
  const port = portOf(call);
  const own = server.listens.find(
    ({ address }) => port !== undefined && address.known && address.value.kind === 'tcp' && address.value.port === port,
  );
  const workers = valueOf(server.worker.processes) ?? 1;
  const preload = valueOf(server.settings.get('preload_app')) === true;
  const clash = own !== undefined || (workers > 1 && !preload && port !== 0);
  const what = port === undefined ? 'a port' : `port ${port}`;
  const why = own?.address.known
    ? `${server.kind} itself listens on ${showAddress(own.address.value)}, so one of the two finds the address in use and the worker dies.`
    : clash
      ? `Each of the ${workers} workers imports it, and from the second on the address is in use: those workers die.`
      : 'With more than one worker, or at a reload, the address is in use.';
  return {
    span: call.span,
    severity: clash ? 'error' : 'info',
    message: `${call.name.split('.').slice(-2).join('.')}() binds ${what} while ${server.kind} imports the application. ${why}`,
    related: [
      ...(own ? [{ span: own.span, message: `${server.kind} listens here` }] : []),
      { span: server.span, message: `${server.kind} is started here` },
      ...call.chain,
    ],
    log: 'OSError: [Errno 98] Address already in use',
  };
}

function portOf(call: PyCall): number | undefined {
  const start = serverStart(call.name);
  const given = (start?.port ? call.keywords.get(start.port) : undefined) ?? call.positional[0];
  return numberIn(given) ?? numberIn(call.positional[1]);
}

function numberIn(setting: Setting<PyValue> | undefined): number | undefined {
  const value = valueOf(setting);
  if (value?.kind === 'constant') return typeof value.value === 'number' ? value.value : undefined;
  return value?.kind === 'list' ? numberIn(value.items[1]) : undefined;
}
