import type { Rule } from '../../src/lint/rule.js';
import { isTied } from '../../src/model/application.js';
import { excludeEachOther } from '../../src/model/binding.js';
import type { Stack } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import { type Address, showAddress } from '../../src/model/endpoint.js';
import type { Gateway } from '../../src/model/gateway.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { startedTogether } from '../../src/model/together.js';
import type { Span } from '../../src/text/source.js';

/**
 * Two that want the same address in one place: the second to start fails to bind it. Files of a host are often alternatives, so only ends that run at
 * the same time for certain are compared: the sockets of one server, the programs of one supervisor file or script, a gateway and its server.
 */
export const rule: Rule = {
  id: 'upstream/port-conflict',
  summary: 'Two programs, or two sockets of one program, want the same address',
  severity: 'error',
  symptom: '502',
  fix: 'none',
  proof: ['stats-on-socket-port'],

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      for (const [first, second] of conflicts(stack)) {
        report({
          span: second.span,
          message:
            `The address ${showAddress(second.address)} of ${second.who} (${originOf(second.setting)}) is taken: ${first.who} listens on ` +
            `${showAddress(first.address)} (${originOf(first.setting)}). Whichever comes second cannot bind it and ends, and what it should answer is a 502.`,
          related: [{ span: first.span, message: `${first.who} listens here` }],
          log: 'Address already in use',
        });
      }
    }
  },
};

interface Claim {
  readonly who: string;
  readonly address: Address;
  readonly setting: Setting<Address>;
  readonly span: Span;
}

function conflicts(stack: Stack): readonly (readonly [Claim, Claim])[] {
  const servers = stack.servers.filter(server => server.command.certain && !sharesPorts(server));
  const found = servers.flatMap(server => {
    const own = claimsOf(server);
    return own.flatMap((claim, index) => clashes(own.slice(0, index), [claim]));
  });
  for (const [a, b] of startedTogether(servers)) found.push(...clashes(claimsOf(a), claimsOf(b)));
  for (const gateway of stack.gateways) {
    const listens = listensOf(stack, gateway);
    const behind = listens.length === 0 ? [] : servers.filter(one => isBehind(stack, gateway, one));
    for (const server of behind) found.push(...clashes(claimsOf(server), listens));
  }
  return found;
}

/** Each of the second that one of the first excludes. */
function clashes(first: readonly Claim[], second: readonly Claim[]): readonly (readonly [Claim, Claim])[] {
  return second.flatMap(claim => {
    const before = first.find(other => excludeEachOther(other.address, claim.address));
    return before ? [[before, claim] as const] : [];
  });
}

/** SO_REUSEPORT, or sockets that systemd or supervisor opens and hands on. */
function sharesPorts({ settings, launch }: AppServer): boolean {
  const reuse = settings.get('reuse_port') ?? settings.get('reuse-port');
  return launch.passedSockets.length > 0 || (reuse !== undefined && (!reuse.known || reuse.value === true));
}

function claimsOf({ kind, launch, listens }: AppServer): readonly Claim[] {
  return listens.flatMap(({ address, role, span }) => {
    const who = `${kind}${launch.kind === 'supervisor' ? ` (${launch.name})` : ''}`;
    return address.known
      ? [{ who: role === 'stats' ? `the stats server of ${who}` : who, address: address.value, setting: address, span }]
      : [];
  });
}

/** One place, and the gateway passes to the server: both run. */
function isBehind({ hops }: Stack, gateway: Gateway, server: AppServer): boolean {
  if (gateway.place.id !== server.place.id) return false;
  return hops.some(hop => isTied(hop) && hop.gateway === gateway && hop.server === server);
}

/** What the gateway listens on. An address that it dials itself is left to the rule about loops. */
function listensOf({ hops }: Stack, gateway: Gateway): readonly Claim[] {
  const dialled = new Set(
    hops.flatMap(hop => {
      const { address } = hop.endpoint;
      return hop.gateway === gateway && address.known && address.value.kind === 'tcp' ? [address.value.port] : [];
    }),
  );
  return gateway.servers
    .flatMap(({ listens }) => listens)
    .flatMap(({ address, span }) =>
      address.known && !(address.value.kind === 'tcp' && dialled.has(address.value.port))
        ? [{ who: gateway.kind, address: address.value, setting: address, span }]
        : [],
    );
}
