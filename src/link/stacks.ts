import { joinParts, type StackParts } from '../model/parts.js';

/**
 * Joins host folders that are two halves of one stack: a folder with gateways and no server goes to the nearest folder
 * with servers and no gateway, if exactly one is nearest. Everything else stays apart.
 */
export function joinHostFolders(stacks: readonly StackParts[]): readonly StackParts[] {
  const out: StackParts[] = stacks.filter(stack => stack.kind !== 'host');
  const hosts = stacks.filter(stack => stack.kind === 'host');
  const takers = new Map<string, StackParts[]>();
  const alone: StackParts[] = [];
  for (const stack of hosts) {
    const target =
      stack.servers.length === 0 && stack.gateways.length > 0 && !stack.aside && !stack.declared
        ? nearestServers(stack, hosts)
        : undefined;
    if (target) takers.set(target.id, [...(takers.get(target.id) ?? []), stack]);
    else alone.push(stack);
  }
  for (const stack of alone) out.push((takers.get(stack.id) ?? []).reduce(join, stack));
  return out;
}

function nearestServers(gateway: StackParts, hosts: readonly StackParts[]): StackParts | undefined {
  const candidates = hosts.filter(
    other =>
      other !== gateway && !other.aside && !other.declared && other.servers.length > 0 && other.gateways.length === 0,
  );
  const ranked = candidates
    .map(other => ({ other, distance: distance(gateway.folder, other.folder) }))
    .sort((a, b) => a.distance - b.distance);
  const [first, second] = ranked;
  return first && (!second || second.distance > first.distance) ? first.other : undefined;
}

/** Steps from one folder to the other by way of their common ancestor. */
function distance(a: string, b: string): number {
  const left = a === '' ? [] : a.split('/');
  const right = b === '' ? [] : b.split('/');
  let common = 0;
  while (common < left.length && common < right.length && left[common] === right[common]) common++;
  return left.length + right.length - 2 * common;
}

function join(to: StackParts, from: StackParts): StackParts {
  const why = `${to.why}; the gateway's files in ${from.folder || 'the root'} are the nearest`;
  return { ...joinParts(to, from), why };
}
