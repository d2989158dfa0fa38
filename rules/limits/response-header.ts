import type { Rule } from '../../src/lint/rule.js';
import { constantOf, isTied, type TiedHop } from '../../src/model/application.js';
import type { PyCall } from '../../src/model/entry.js';
import { bytesOf, type Inherited, inheritance, showBytes, wordInEffect } from '../../src/model/inherit.js';
import type { AppServer } from '../../src/model/server.js';

/** One page of memory on the usual machines: nginx's default for the head of an answer. */
const page = 4096;

/**
 * The whole head of an answer has to fit into one buffer. Large cookies are what outgrows it: those that the code sets with a long literal
 * value, and sessions that Django keeps in the cookie itself.
 */
export const rule: Rule = {
  id: 'limits/response-header',
  summary: 'Cookies that may outgrow the buffer that nginx has for the head of an answer',
  severity: 'info',
  symptom: '502',
  fix: 'none',
  proof: ['uwsgi-buffer-size-response-headers'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const cookies = new Map<AppServer, Cookie | undefined>();
      for (const hop of hops.filter(isTied)) {
        const limit = bufferOf(hop, lines);
        if (limit === undefined || limit > page) continue;
        const { server } = hop;
        if (!cookies.has(server)) cookies.set(server, largeCookie(server) ?? signedSession(server));
        const cookie = cookies.get(server);
        if (!cookie) continue;
        const family = familyOf(hop);
        report({
          span: hop.route.pass.span,
          message:
            `nginx takes the head of an answer of ${hop.route.title} up to ${showBytes(limit)} (${family}_buffer_size, the default), and ${cookie.what}. ` +
            `A user for whom it does not fit gets 502. More room takes ${family}_buffer_size, ${family}_buffers and ${family}_busy_buffers_size together.`,
          related: [{ span: cookie.call.span, message: 'the cookie' }],
          log: 'upstream sent too big header while reading response header from upstream',
        });
      }
    }
  },
};

function familyOf({ route }: TiedHop): string | undefined {
  return /^(proxy|uwsgi|fastcgi|scgi)_pass$/.exec(route.pass.directive)?.[1];
}

function bufferOf(hop: TiedHop, lines: Inherited): number | undefined {
  const family = familyOf(hop);
  if (!family || hop.gateway.kind !== 'nginx') return undefined;
  const word = wordInEffect(lines(hop.route.scope, `${family}_buffer_size`));
  return word === 'unset' ? page : word && bytesOf(word.text);
}

interface Cookie {
  readonly what: string;
  readonly call: Pick<PyCall, 'span'>;
}

function largeCookie({ entry }: AppServer): Cookie | undefined {
  for (const { calls } of entry?.handlers ?? []) {
    for (const call of calls) {
      if (!call.name.endsWith('set_cookie')) continue;
      const value = constantOf(call.keywords.get('value') ?? call.positional[1]);
      if (typeof value === 'string' && value.length >= page / 4)
        return { what: `a view sets cookies of ${showBytes(value.length)} each`, call };
    }
  }
  return undefined;
}

function signedSession({ entry }: AppServer): Cookie | undefined {
  const engine = entry?.settings.get('SESSION_ENGINE');
  return engine?.span && constantOf(engine) === 'django.contrib.sessions.backends.signed_cookies'
    ? { what: 'Django keeps whole sessions in the cookie (SESSION_ENGINE)', call: { span: engine.span } }
    : undefined;
}
