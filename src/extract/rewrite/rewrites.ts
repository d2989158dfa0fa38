import { baseName } from '../../model/place.js';
import type { Rewrite, Rewrites } from '../../model/rewrite.js';
import type { SourceFile, Step } from '../../text/source.js';
import { globMatches, globTokens } from '../launch/glob.js';
import type { Reader } from '../reader.js';
import { type Commands, type Copied, commandsIn, mayRewrite, nameIn } from './commands.js';
import type { Change } from './sed.js';

/** Longer texts are data. */
const largest = 300_000;

/** Rewrites of one file that are kept; with more of them all of it counts as written anew. */
const mostRewrites = 500;

/**
 * What scripts, Makefiles and pipelines of the repository write anew in its files before they are read: `sed -i`, `perl -pi`, `yq -i`, and
 * `sed`, `envsubst` whose output goes to a file. A copy that is changed changes what it is a copy of. Files are told by their names, so one
 * too many may count as changed, but none too few whose name is written.
 */
export function rewritesOf(reader: Reader): Rewrites {
  return reader.once('rewrites', () => collect(reader));
}

function collect(reader: Reader): Rewrites {
  const paths = reader.files();
  const found = new Map<string, Rewrite[]>();
  for (const path of paths) {
    if (!isCommands(path)) continue;
    const file = reader.file(path);
    const commands = file && reader.derived('rewriting commands', file, rewritingCommands);
    if (!commands) continue;
    const { rewriting, copied } = commands;
    for (const { targets, changes, program, span } of rewriting) {
      const by: Step = { span, message: `${program} in ${path} writes it anew` };
      for (const target of filesMeant(paths, targets, copied)) {
        if (target === path) continue;
        add(found, reader.file(target), changes, by);
      }
    }
  }
  return found;
}

/** Undefined for a file that rewrites nothing. It rests on the text alone, so an editor looks through each text once. */
function rewritingCommands(file: SourceFile): Commands | undefined {
  const { text } = file;
  return text.length > largest || !mayRewrite.test(text) || isContainers(file) ? undefined : commandsIn(file);
}

/** Scripts, Makefiles, and files of pipelines and playbooks. Images are read apart. */
function isCommands(path: string): boolean {
  const name = baseName(path);
  return /\.(?:sh|bash|zsh|ya?ml|mk|config)$|^(?:GNU)?[Mm]akefile$|^[Jj]ustfile$|^Jenkinsfile$|^[\w-]+$/.test(name);
}

/** A command of a container changes what that container sees, not what others mount or copy of the same file. */
function isContainers({ path, text }: SourceFile): boolean {
  return /\.ya?ml$/.test(path) && !/gitlab-ci/.test(path) && /^(?:services|apiVersion)[ \t]*:/m.test(text);
}

/** Files of the repository that the names may mean: those that share most of the path where one is written. */
function filesMeant(
  paths: readonly string[],
  targets: readonly string[],
  copied: readonly Copied[],
): ReadonlySet<string> {
  const names = new Set(targets);
  for (const name of targets) {
    for (const { from, to } of copied) {
      const into = nameIn(to) !== undefined && sameName(to, name);
      if (into || sameName(from, name)) names.add(from);
    }
  }
  return new Set([...names].flatMap(name => nearestPaths(paths, name)));
}

function sameName(a: string, b: string): boolean {
  const [one, other] = [nameIn(a), nameIn(b)];
  return one !== undefined && one === other;
}

function nearestPaths(paths: readonly string[], name: string): readonly string[] {
  const last = nameIn(name);
  if (last === undefined) return [];
  const tokens = globTokens(last);
  const same = paths.filter(path =>
    last.includes('*') ? globMatches(tokens, baseName(path)) : baseName(path) === last,
  );
  if (same.length < 2) return same;
  const shared = same.map(path => sharedParts(path, name));
  const most = Math.max(...shared);
  return most < 2 ? same : same.filter((_, index) => shared[index] === most);
}

function sharedParts(path: string, name: string): number {
  const [a, b] = [path.split('/').reverse(), name.split('/').reverse()];
  let count = 1;
  while (count < a.length && a[count] !== undefined && a[count] === b[count]) count++;
  return count;
}

function add(found: Map<string, Rewrite[]>, file: SourceFile | undefined, changes: readonly Change[], by: Step): void {
  if (!file || file.text.length > largest) return;
  const own = found.get(file.path) ?? [];
  found.set(file.path, own);
  for (const change of changes) {
    for (const range of rangesOf(file.text, change)) own.push({ ...range, by });
    if (own.length > mostRewrites) {
      own.splice(0, own.length, { start: 0, end: file.text.length, by });
      return;
    }
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangesOf(text: string, change: Change): readonly Range[] {
  const whole = { start: 0, end: text.length };
  if (change.kind === 'all') return [whole];
  const found: Range[] = [];
  for (let start = 0; start <= text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, end);
    const ranges =
      change.kind === 'text'
        ? occurrences(line, change.text)
        : holds(line, change.pieces)
          ? [{ start: 0, end: line.length }]
          : [];
    // A line that is commented out may come to life.
    if (ranges.length > 0 && /^\s*[#;]/.test(line)) return [whole];
    for (const range of ranges) found.push({ start: start + range.start, end: start + range.end });
    if (found.length > mostRewrites) return [whole];
    start = end + 1;
  }
  return found;
}

function occurrences(line: string, text: string): readonly Range[] {
  const found: Range[] = [];
  for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + text.length))
    found.push({ start: at, end: at + text.length });
  return found;
}

function holds(line: string, pieces: readonly string[]): boolean {
  let at = 0;
  for (const piece of pieces) {
    const next = line.indexOf(piece, at);
    if (next < 0) return false;
    at = next + piece.length;
  }
  return true;
}
