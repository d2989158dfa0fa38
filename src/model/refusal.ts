import type { Gateway } from './gateway.js';

/** What visitors get where nobody listens, and where the answer takes too long; Apache and HAProxy differ from nginx in this. */
export function statusesOf({ kind }: Pick<Gateway, 'kind'>): {
  readonly refused: '502' | '503';
  readonly late: '502' | '504';
} {
  if (kind === 'haproxy') return { refused: '503', late: '504' };
  return kind === 'apache' ? { refused: '503', late: '502' } : { refused: '502', late: '504' };
}
