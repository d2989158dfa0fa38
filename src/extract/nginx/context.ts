import { contextsOf, directiveRow, directiveRows, thirdPartyRows } from '../../facts/nginx.js';
import type { NginxNode, NginxTree } from '../../syntax/nginx/tree.js';

/** Contexts that the directive tables describe; in any other nothing is judged. */
export const knownContexts: ReadonlySet<string> = new Set([
  'main',
  'events',
  'http',
  'server',
  'location',
  'if in server',
  'if in location',
  'limit_except',
  'upstream',
  'mail',
  'mail/server',
  'stream',
  'stream/server',
  'stream/upstream',
]);

/** Blocks of third-party modules that hold directives of nginx's own names with another meaning. */
const foreignBlocks: Readonly<Record<string, string>> = {
  rtmp: 'rtmp',
  application: 'rtmp/application',
  recorder: 'rtmp/recorder',
  processes: 'processes',
};

/**
 * Context inside the block that `name` opens in `parent`: as in the directive tables, the name itself for blocks of lines of their
 * own form (`map`, `types`), `other` for blocks nothing is known about. A block that may not stand in `parent` gets the context it
 * has elsewhere, so that one misplaced brace is not reported for all that it holds.
 */
export function contextInside(name: string, parent: string): string {
  if (parent === 'rtmp' && name === 'server') return 'rtmp/server';
  if (!knownContexts.has(parent)) return foreignBlocks[name] ?? 'other';
  const row = directiveRow(name, parent) ?? directiveRows(name).find(candidate => candidate.block !== undefined);
  if (row?.block === 'free') return name;
  if (row?.opens !== undefined) return name === 'if' ? ifContext(parent) : row.opens;
  if (thirdPartyRows(name).some(candidate => candidate.block === 'free')) return name;
  return foreignBlocks[name] ?? 'other';
}

function ifContext(parent: string): string {
  return parent === 'server' || parent === 'if in server' || parent === 'http' ? 'if in server' : 'if in location';
}

/** True for contexts whose lines are not directives (`map`, `types`, `geo`, `split_clients`, `charset_map` ...). */
export function isFreeContext(context: string): boolean {
  return (
    directiveRows(context).some(row => row.block === 'free') ||
    thirdPartyRows(context).some(row => row.block === 'free')
  );
}

/** Directives that decide by themselves where they stand, even when others beside them are misplaced. */
const telling: Readonly<Record<string, string>> = {
  http: 'main',
  events: 'main',
  stream: 'main',
  mail: 'main',
  rtmp: 'main',
  worker_processes: 'main',
  load_module: 'main',
};

const preference = [
  'main',
  'http',
  'server',
  'location',
  'upstream',
  'if in location',
  'stream',
  'stream/server',
  'mail',
];

/** How many directives at the top of a file are looked at. */
const looked = 2000;

/**
 * The context that the top level of a file belongs to, from what it holds, never from its name. Undefined when it could be
 * several that differ in meaning (a file of proxy_set_header lines may stand in http, server or location), or when nothing
 * is recognised. A file of locations is taken for the content of a server block.
 */
export function nginxContext(tree: NginxTree): string | undefined {
  const votes = new Map<string, number>();
  let voters = 0;
  for (const node of tree.nodes.slice(0, looked)) {
    const possible = contextsOfNode(node);
    if (possible.length === 0) continue;
    const decided = possible.find(context => context === 'main' && telling[node.name] === 'main');
    if (decided) return 'main';
    voters++;
    for (const context of possible) votes.set(context, (votes.get(context) ?? 0) + 1);
  }
  if (voters === 0) return undefined;
  const most = Math.max(...votes.values());
  const best = [...votes].filter(([, count]) => count === most).map(([context]) => context);
  return best.length === 1 ? best[0] : decide(best, most === voters, tree);
}

/** Chooses among contexts that fit equally well; undefined where the choice would be a guess. */
function decide(best: readonly string[], unanimous: boolean, tree: NginxTree): string | undefined {
  const likely = best.filter(context => !context.startsWith('mail'));
  if (likely.length === 1) return likely[0];
  const set = new Set(likely);
  const only = (...names: readonly string[]) => likely.every(context => names.includes(context));
  if (only('server', 'location') && hasName(tree, 'location')) return 'server';
  if (only('location', 'if in location', 'limit_except')) return 'location';
  if (only('http', 'stream')) return holdsStream(tree) ? 'stream' : 'http';
  if (only('location', 'if in location', 'limit_except', 'stream/server'))
    return passesHttp(tree) ? 'location' : undefined;
  if (only('upstream', 'stream/upstream')) return 'upstream';
  if (only('server', 'stream/server')) return 'server';
  if (unanimous) return undefined;
  return preference.find(context => set.has(context));
}

function hasName(tree: NginxTree, name: string): boolean {
  return tree.nodes.some(node => node.name === name);
}

/** True when a server block passes to a bare address, or answers with a variable alone, as only the stream module does. */
function holdsStream(tree: NginxTree): boolean {
  return tree.nodes.some(node =>
    (node.children ?? []).some(
      child => /^(?:proxy_pass|ssl_preread|proxy_timeout)$/.test(child.name) || answersWithVariable(child),
    ),
  );
}

function answersWithVariable({ name, words }: NginxNode): boolean {
  return name === 'return' && words.length === 2 && /^\$(?!scheme)/.test(words[1]?.value ?? '');
}

/** A file with nothing but passes: those of http begin with a scheme or are passes that only http has. */
function passesHttp(tree: NginxTree): boolean {
  return tree.nodes.every(
    node => node.name !== 'proxy_pass' || /^(?:https?:|unix:|\$)/i.test(node.words[1]?.value ?? ''),
  );
}

function contextsOfNode(node: NginxNode): readonly string[] {
  const first = node.words[0];
  if (!first || first.masked !== undefined || first.value === 'include') return [];
  const possible = contextsOf(first.value).filter(context => knownContexts.has(context));
  const block = node.terminator === '{';
  return possible.filter(context => {
    const row = directiveRow(first.value, context);
    if (!row) return true;
    // `server {` opens a block, `server 10.0.0.1;` names a peer: the terminator tells them apart.
    return (row.block !== undefined) === block;
  });
}
