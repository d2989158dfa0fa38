import { insertBehind } from '../../src/edits/nginx.js';
import type { Rule } from '../../src/lint/rule.js';
import { isTied, mentions, type TiedHop } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { flagInEffect, type Inherited, inheritance } from '../../src/model/inherit.js';

/**
 * nginx collects an answer before it hands it on. For server-sent events that means: nothing, and then everything at once. An application
 * that sends X-Accel-Buffering looks after itself.
 */
export const rule: Rule = {
  id: 'protocol/buffered-stream',
  summary: 'Server-sent events behind a gateway that buffers',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'unsafe',
  proof: ['sse-buffered'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const routes = hops.filter(isTied).filter(({ gateway }) => gateway.kind === 'nginx');
      for (const server of new Set(routes.map(hop => hop.server))) {
        const { entry } = server;
        if (!entry?.features.has('sse') || mentions(entry, ['X-Accel-Buffering', 'x-accel-buffering'])) continue;
        const reaching = routes.filter(hop => hop.server === server);
        // One route that does not buffer is enough: it may be the one that the events take.
        if (!reaching.every(hop => buffers(hop, lines))) continue;
        const [hop] = reaching.sort((a, b) => b.route.path.length - a.route.path.length);
        const family = hop && familyOf(hop);
        if (!hop || !family) continue;
        const written = lines(hop.route.scope, `${family}_buffering`)?.at(-1);
        report({
          span: hop.route.pass.span,
          message:
            `${server.app?.known ? server.app.value.text : 'the application'} sends server-sent events, and nginx buffers what comes through ${hop.route.title} ` +
            `(${family}_buffering${written ? ` in ${where(written.span)}` : ' is on by default'}). The browser sees nothing until the stream ends or some kilobytes have gathered.`,
          related: [{ span: server.span, message: 'the stream comes from this server' }],
          fixes: written
            ? []
            : [
                {
                  title: `Set ${family}_buffering off`,
                  safety: 'unsafe',
                  edits: [insertBehind(hop.route.pass.span, `${family}_buffering off;`)],
                },
              ],
        });
      }
    }
  },
};

function familyOf({ route }: TiedHop): string | undefined {
  return /^(proxy|uwsgi|fastcgi|scgi)_pass$/.exec(route.pass.directive)?.[1];
}

function buffers(hop: TiedHop, lines: Inherited): boolean {
  const family = familyOf(hop);
  const held = family && lines(hop.route.scope, `${family}_buffering`);
  return held !== undefined && held !== '' && flagInEffect(held, true) === true;
}
