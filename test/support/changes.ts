import fc from 'fast-check';
import type { Files } from './projects.js';

/** One thing that happens to a project in an editor. The numbers choose the file and the place. */
export const change = fc.record({
  what: fc.constantFrom('drop a line', 'double a line', 'another number', 'cut', 'type', 'rename', 'remove', 'restore'),
  file: fc.nat(),
  at: fc.nat(),
});

interface Change {
  readonly what: string;
  readonly file: number;
  readonly at: number;
}

/** The project after it; `first` is what can be gone back to. */
export function changed(files: Files, first: Files, { what, file, at }: Change): Files {
  const next = new Map(files);
  const path = [...first.keys()][file % first.size] ?? '';
  const text = files.get(path);
  if (what === 'restore' || text === undefined) return next.set(path, first.get(path) ?? '');
  if (what === 'remove' || what === 'rename') next.delete(path);
  if (what === 'remove') return next;
  if (what === 'rename') return next.set(`${path}.old`, text);
  return next.set(path, rewritten(text, what, at));
}

function rewritten(text: string, what: string, at: number): string {
  const lines = text.split('\n');
  const line = at % lines.length;
  const offset = at % (text.length + 1);
  if (what === 'drop a line') return lines.filter((_, i) => i !== line).join('\n');
  if (what === 'double a line') return lines.flatMap((one, i) => (i === line ? [one, one] : [one])).join('\n');
  if (what === 'cut') return text.slice(0, offset);
  if (what === 'type') return `${text.slice(0, offset)}${'{ }x1;#"'[at % 8]}${text.slice(offset)}`;
  const numbers = [...text.matchAll(/\d+/g)];
  const number = numbers[at % Math.max(1, numbers.length)];
  return number ? `${text.slice(0, number.index)}${at % 70_000}${text.slice(number.index + number[0].length)}` : text;
}
