const context = 3;

interface Line {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The change of one file as a unified diff that `git apply` takes. Empty where nothing changes. Lines are those of LF; other
 * line ends belong to the line, as for git.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const lines = diffLines(splitLines(before), splitLines(after));
  const name = (prefix: string) => quoted(`${prefix}/${path}`);
  return `--- ${name('a')}\n+++ ${name('b')}\n${hunks(lines)}`;
}

/**
 * Numbers (from 1) of the lines of the new text that the old one does not have; beside lines that have gone, both neighbours. Kinds of line
 * ends are no difference.
 */
export function changedLines(before: string, after: string): ReadonlySet<number> {
  const plain = (text: string) => splitLines(text.replace(/\r\n?/g, '\n')).map(line => line.replace(/\n$/, ''));
  const changed = new Set<number>();
  let line = 1;
  const all = diffLines(plain(before), plain(after));
  for (const [i, { kind }] of all.entries()) {
    if (kind === '+') changed.add(line);
    else if (kind === '-' && all[i - 1]?.kind !== '+' && all[i + 1]?.kind !== '+') {
      if (line > 1) changed.add(line - 1);
      changed.add(line);
    }
    if (kind !== '-') line++;
  }
  return changed;
}

function splitLines(text: string): readonly string[] {
  const lines = text.split('\n').map(line => `${line}\n`);
  const last = lines.pop();
  return last === undefined || last === '\n' ? lines : [...lines, last.slice(0, -1)];
}

/** Paths with special characters are written in quotes with C escapes, as git writes and reads them. */
function quoted(path: string): string {
  if (/^[ -~]*$/.test(path) && !/["\\]/.test(path)) return path.includes(' ') ? `${path}\t` : path;
  let out = '';
  for (const byte of Buffer.from(path, 'utf8')) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x20 || byte > 0x7e) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += String.fromCharCode(byte);
  }
  return `"${out}"`;
}

/** Lines that stay, go and come, in order. */
function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...before.slice(0, head).map(text => line(' ', text)),
    ...shortestEdit(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(text => line(' ', text)),
  ];
}

function line(kind: Line['kind'], text: string): Line {
  return { kind, text };
}

/** More changed lines than this are shown as one replacement: the search takes time and room with their square. */
const mostChanges = 1000;

/** E. Myers, An O(ND) Difference Algorithm and Its Variations (1986): quick where few lines differ, however long the files. */
function shortestEdit(before: readonly string[], after: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= mostChanges; changes++) {
    trace.push(furthest);
    const next = new Map<number, number>();
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = stepDown(furthest, diagonal, changes)
        ? (furthest.get(diagonal + 1) ?? 0)
        : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(trace, before, after);
    }
    furthest = next;
  }
  return [...before.map(text => line('-', text)), ...after.map(text => line('+', text))];
}

/** True when the best way to this diagonal is to take a line of the new text. */
function stepDown(furthest: ReadonlyMap<number, number>, diagonal: number, changes: number): boolean {
  if (diagonal === -changes) return true;
  return diagonal !== changes && (furthest.get(diagonal - 1) ?? 0) < (furthest.get(diagonal + 1) ?? 0);
}

function walkBack(
  trace: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): readonly Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let changes = trace.length - 1; changes >= 0; changes--) {
    const furthest = trace[changes] ?? new Map<number, number>();
    const down = stepDown(furthest, x - y, changes);
    const from = x - y + (down ? 1 : -1);
    const fromX = changes === 0 ? 0 : (furthest.get(from) ?? 0);
    const fromY = changes === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      lines.push(line(' ', before[--x] ?? ''));
      y--;
    }
    if (changes === 0) break;
    lines.push(down ? line('+', after[--y] ?? '') : line('-', before[--x] ?? ''));
  }
  return lines.reverse();
}

function hunks(lines: readonly Line[]): string {
  let out = '';
  let oldLine = 1;
  let newLine = 1;
  let done = 0;
  for (const [first, last] of changedRegions(lines)) {
    for (const { kind } of lines.slice(done, first)) {
      if (kind !== '+') oldLine++;
      if (kind !== '-') newLine++;
    }
    const part = lines.slice(first, last);
    const oldCount = part.filter(({ kind }) => kind !== '+').length;
    const newCount = part.filter(({ kind }) => kind !== '-').length;
    out += `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n${part.map(printed).join('')}`;
    oldLine += oldCount;
    newLine += newCount;
    done = last;
  }
  return out;
}

/** Half-open ranges of lines around changes, with their context; ranges that meet are one. */
function changedRegions(lines: readonly Line[]): readonly (readonly [number, number])[] {
  const regions: [number, number][] = [];
  for (const [i, { kind }] of lines.entries()) {
    if (kind === ' ') continue;
    const last = regions.at(-1);
    const end = Math.min(lines.length, i + 1 + context);
    if (last && i - context <= last[1]) last[1] = end;
    else regions.push([Math.max(0, i - context), end]);
  }
  return regions;
}

function range(line: number, count: number): string {
  return count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
}

function printed({ kind, text }: Line): string {
  return text.endsWith('\n') ? kind + text : `${kind}${text}\n\\ No newline at end of file\n`;
}
