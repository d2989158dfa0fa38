import { insertBehind } from '../../src/edits/nginx.js';
import type { Rule } from '../../src/lint/rule.js';
import { constantOf, isTied, mentions, type TiedHop } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import type { EntryPoint, PyCall } from '../../src/model/entry.js';
import { flagInEffect, type Inherited, inheritance } from '../../src/model/inherit.js';
import { mayPrefix } from '../../src/model/prefix.js';
import { locationFor } from '../../src/model/select.js';

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
        const all = routes.filter(hop => hop.server === server);
        // Where it is not known which route the events take, one that does not buffer is enough: it may be that one.
        const reaching = eventRoutes(all, entry) ?? all;
        if (!reaching.every(hop => buffers(hop, lines))) continue;
        const [hop] = [...reaching].sort((a, b) => b.route.path.length - a.route.path.length);
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

/** The routes that nginx selects for the events; undefined where their paths or the selection cannot be told. */
function eventRoutes(all: readonly TiedHop[], entry: EntryPoint): readonly TiedHop[] | undefined {
  const sending = entry.handlers.filter(({ calls }) => calls.some(sendsEvents));
  const paths = sending.flatMap(({ path }) => (path?.startsWith('/') && !/[<{:*]/.test(path) ? [path] : []));
  if (paths.length === 0 || paths.length < sending.length || mayPrefix(entry)) return undefined;
  if (all.some(({ route }) => route.pass.uri !== undefined)) return undefined;
  const found = new Set<TiedHop>();
  for (const scope of new Set(all.map(({ route }) => route.server?.scope))) {
    for (const path of paths) {
      const selected = scope && locationFor(scope, path);
      const hop = all.find(({ route }) => route.scope === selected);
      if (!hop) return undefined;
      found.add(hop);
    }
  }
  return [...found];
}

function sendsEvents({ keywords }: PyCall): boolean {
  return ['mimetype', 'media_type', 'content_type'].some(name => {
    const type = constantOf(keywords.get(name));
    return typeof type === 'string' && type.startsWith('text/event-stream');
  });
}

function familyOf({ route }: TiedHop): string | undefined {
  return /^(proxy|uwsgi|fastcgi|scgi)_pass$/.exec(route.pass.directive)?.[1];
}

function buffers(hop: TiedHop, lines: Inherited): boolean {
  const family = familyOf(hop);
  const held = family && lines(hop.route.scope, `${family}_buffering`);
  return held !== undefined && held !== '' && flagInEffect(held, true) === true;
}
