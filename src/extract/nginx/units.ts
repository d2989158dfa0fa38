/** Milliseconds per unit of nginx's times (src/core/ngx_parse_time.c). */
const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};
const order = ['y', 'M', 'w', 'd', 'h', 'm', 's', 'ms'];

/**
 * A time as nginx reads it, in milliseconds: parts from the largest to the smallest unit, each at most once, spaces allowed between
 * them, a bare number for seconds. `time_ms` refuses y and M, `time_s` refuses ms. Undefined where nginx refuses the text.
 */
export function parseTime(text: string, kind: 'time_ms' | 'time_s'): number | undefined {
  let at = 0;
  let step = -1;
  let total = 0;
  let parts = 0;
  while (at < text.length) {
    const part = /^([0-9]+)(ms|[smhdwMy])?( *)/.exec(text.slice(at, at + 64));
    if (!part?.[1]) return undefined;
    const unit = part[2] ?? 's';
    const rank = part[2] === undefined ? order.indexOf('s') : order.indexOf(unit);
    if (rank <= step) return undefined;
    if (kind === 'time_ms' && (unit === 'y' || unit === 'M')) return undefined;
    if (kind === 'time_s' && unit === 'ms') return undefined;
    step = rank;
    total += Number(part[1]) * (milliseconds[unit] ?? 0);
    at += part[0].length;
    parts++;
    // A bare number must be the last part, and only a space may follow it.
    if (part[2] === undefined && at < text.length) return undefined;
  }
  return parts > 0 && total <= 2 ** 53 ? total : undefined;
}

/**
 * A size in bytes: digits with an optional k or m (g too where the directive is of type offset), upper or lower case
 * (src/core/ngx_parse.c). Undefined where nginx refuses the text.
 */
export function parseSize(text: string, kind: 'size' | 'offset'): number | undefined {
  const found = /^([0-9]{1,18})([kKmMgG]?)$/.exec(text);
  if (!found?.[1]) return undefined;
  const unit = (found[2] ?? '').toLowerCase();
  if (unit === 'g' && kind !== 'offset') return undefined;
  const factor = unit === 'k' ? 1024 : unit === 'm' ? 1_048_576 : unit === 'g' ? 1_073_741_824 : 1;
  return Number(found[1]) * factor;
}

/** A number as nginx's ngx_atoi reads it: digits and nothing else. */
export function parseNumber(text: string): number | undefined {
  return /^[0-9]{1,18}$/.test(text) ? Number(text) : undefined;
}
