import { editDistance } from '../../text/near.js';

/** Names that are so close to `name` that a slip of the keyboard explains it, the closest only; empty where none is. */
export function nearNames(name: string, candidates: Iterable<string>): readonly string[] {
  if (name.length < 3 || name.length > 64) return [];
  const plain = normal(name);
  let limit = name.length <= 4 ? 1 : name.length <= 20 ? 2 : 3;
  let best: string[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = normal(candidate) === plain ? 0 : editDistance(name, candidate, limit);
    if (distance > limit) continue;
    if (distance < limit) best = [];
    limit = distance;
    best.push(candidate);
  }
  return best;
}

/** Letter case, hyphens and underscores are the commonest slips and count for nothing. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}
