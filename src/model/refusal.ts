import type { Gateway } from './gateway.js';

export interface Refusal {
  /** What visitors get where nobody listens. */
  readonly refused: '502' | '503';
  /** And where the answer takes too long. */
  readonly late: '502' | '504';
  /** What the gateway then logs, for nginx. */
  readonly lateLog: { readonly log?: string };
}

/** Apache and HAProxy differ from nginx in what they answer. */
export function refusalOf({ kind }: Pick<Gateway, 'kind'>): Refusal {
  if (kind === 'haproxy') return { refused: '503', late: '504', lateLog: {} };
  if (kind === 'apache') return { refused: '503', late: '502', lateLog: {} };
  const log = 'upstream timed out (110: Connection timed out) while reading response header from upstream';
  return { refused: '502', late: '504', lateLog: { log } };
}
