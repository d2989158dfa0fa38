/**
 * The candidate that is most likely meant by a mistyped name: at most one edit away for short names, two or three for longer
 * ones, ignoring case and the kind of separator. Undefined when none is near or two are equally near.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = normal(name);
  const limit = wanted.length <= 4 ? 1 : wanted.length <= 8 ? 2 : 3;
  let best: string | undefined;
  let distance = limit + 1;
  let tie = false;
  for (const candidate of new Set(candidates)) {
    if (candidate === name) continue;
    const found = editDistance(wanted, normal(candidate), limit);
    if (found < distance) {
      best = candidate;
      distance = found;
      tie = false;
    } else if (found === distance && found <= limit) tie = true;
  }
  return tie || distance > limit ? undefined : best;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '-');
}

/** Edits (insert, delete, replace, swap of neighbours) between two texts; anything above `limit` counts as `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? limit + 1, limit + 1);
}

/** One letter more, less, different, or two neighbours exchanged; never for very short names. */
export function isOneEdit(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && editDistance(a, b, 1) === 1;
}

/** One edit that is no choice: numbers and single letters (`shop_a`) tell things of one kind apart, and so do wsgi and asgi, and very short names. */
export function isSlip(wrong: string, right: string): boolean {
  const digits = (text: string): string => text.replace(/\D/g, '');
  const letters = (text: string): string => text.replace(/[A-Za-z]{2,}/g, '');
  if (wrong.length < 4 || right.length < 4 || digits(wrong) !== digits(right)) return false;
  // Another last letter (`worker-a` written as one word).
  if (wrong.length === right.length && wrong.slice(0, -1) === right.slice(0, -1)) return false;
  if (/^[wa]sgi$/.test(wrong) && /^[wa]sgi$/.test(right)) return false;
  return letters(wrong) === letters(right) && isOneEdit(wrong, right);
}
