import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { baselineText, readBaseline } from '../report/baseline.js';
import type { Report } from '../report/report.js';
import { counted } from '../report/summary.js';
import type { Options } from './args.js';
import { type Io, say } from './output.js';
import type { Sifted, Wishes } from './sift.js';

const defaultFile = 'gwlint-baseline.json';

/** What stands in the baseline that the user names, or why it cannot be used. */
export function loadBaseline({ baseline }: Options, cwd: string): Wishes['baseline'] | string {
  if (baseline === undefined) return undefined;
  const path = resolve(cwd, baseline);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return `${baseline}: ${gone ? `no such file; gwlint --write-baseline=${baseline} writes it` : 'cannot be read'}`;
  }
  const entries = readBaseline(text);
  return typeof entries === 'string' ? `${baseline} ${entries}` : { entries, folder: dirname(path) };
}

/** Writes what was found into the baseline. Returns what went wrong. */
export function saveBaseline({ diagnostics }: Report, options: Options, io: Io): string | undefined {
  const name = options.writeBaseline || options.baseline || defaultFile;
  const path = resolve(io.cwd, name);
  const shown = (file: string): string => relative(dirname(path), resolve(io.cwd, file)).split(sep).join('/');
  try {
    writeFileSync(path, baselineText(diagnostics, shown));
  } catch (error) {
    return `${name}: cannot be written (${error instanceof Error && 'code' in error ? error.code : 'unknown reason'})`;
  }
  const count = counted(diagnostics.length, 'finding') || 'no findings';
  say(io, `wrote ${count} to ${name}; gwlint --baseline ${name} reports what is not in it`);
  return undefined;
}

const mostStale = 10;

/** What the baseline kept out of the report, and what it has for nothing. */
export function sayBaseline({ known, stale }: Sifted, { baseline, verbose }: Options, io: Io): void {
  if (baseline === undefined) return;
  if (known > 0) say(io, `${counted(known, 'finding')} ${known === 1 ? 'is' : 'are'} in ${baseline} and not reported`);
  if (stale.length === 0) return;
  const number = stale.reduce((sum, { count = 1 }) => sum + count, 0);
  say(
    io,
    `${counted(number, 'finding')} of ${baseline} ${number === 1 ? 'is' : 'are'} there no more; gwlint --baseline ${baseline} --write-baseline takes them out`,
  );
  const shown = verbose ? stale : stale.slice(0, mostStale);
  for (const { file, rule, code } of shown) say(io, `  ${file}: ${rule}: ${code}`);
  if (shown.length < stale.length) say(io, `  and ${stale.length - shown.length} more (-v lists them)`);
}
