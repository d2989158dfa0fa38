import { type Address, isAnyAddress } from './endpoint.js';

/**
 * True where only one of the two can be bound at a time. On Linux an IPv4 address and 0.0.0.0 exclude each other, SO_REUSEADDR or not;
 * whether `::` and IPv4 do depends on the program, so they are taken not to.
 */
export function excludeEachOther(a: Address, b: Address): boolean {
  if (a.kind === 'unix' || b.kind === 'unix') return a.kind === 'unix' && b.kind === 'unix' && a.path === b.path;
  if (a.port !== b.port || a.port === 0) return false;
  if (a.host.toLowerCase() === b.host.toLowerCase()) return true;
  const four = (host: string): boolean => /^\d+\./.test(host) || host === 'localhost';
  return four(a.host) && four(b.host) && (isAnyAddress(a.host) || isAnyAddress(b.host));
}
