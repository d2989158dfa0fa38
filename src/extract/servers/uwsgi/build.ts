import { baseName } from '../../../model/place.js';
import type { Span } from '../../../text/source.js';
import { span } from '../../../text/source.js';
import type { ServerContext } from '../context.js';

/** Where the uWSGI that runs comes from, as far as the repository tells. */
export interface Build {
  /** `pip`: built with Python and the http router in it. `debian`: packages, where each needs `plugins`. */
  readonly kind: 'pip' | 'debian' | 'unknown';
  /** Plugins whose Debian packages are installed: `python3` of uwsgi-plugin-python3. */
  readonly packages: ReadonlySet<string>;
  /** Where it is installed. */
  readonly span?: Span;
}

const unknownBuild: Build = { kind: 'unknown', packages: new Set() };
const largestFile = 200_000;
const installers =
  /(?:^|\/)(?:containerfile|requirements[^/]*\.(?:txt|in)|pipfile|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml|apt[^/]*\.txt|packages\.txt|aptfile|vagrantfile|tasks\/[^/]+\.ya?ml)$|dockerfile[^/]*$|[^/]\.(?:sh|bash)$|playbook[^/]*\.ya?ml$/i;

/** Looks through the files that install things. Both kinds named, or neither: unknown. */
export function buildOf(context: ServerContext): Build {
  let pip: Span | undefined;
  let debian: Span | undefined;
  const packages = new Set<string>();
  for (const path of context.reader.files()) {
    if (!installers.test(path)) continue;
    const file = context.reader.file(path);
    if (!file || file.text.length > largestFile || !/uwsgi/i.test(file.text)) continue;
    for (const line of joinedLines(file.text)) {
      const found = /(?:^|[\s"'=])uwsgi(?![\w-]*\.(?:ini|sock|yml|yaml|xml|json|conf|log|py|params)|_)/i.exec(
        line.text,
      );
      if (!found || /^\s*#/.test(line.text)) continue;
      const at = span(file, line.start, line.start + line.length);
      if (
        (/\bapt(?:-get|itude)?\b/.test(line.text) && /\binstall\b/.test(line.text)) ||
        /^apt|aptfile|packages\.txt$/i.test(baseName(path))
      ) {
        if (/\buwsgi(?:-core|-plugin[\w-]{0,80})?(?=[\s=\\]|$)/.test(line.text)) debian ??= at;
        for (const match of line.text.matchAll(/\buwsgi-plugin-([\w-]+)/g)) packages.add(match[1] ?? '');
      } else if (isPip(path, line.text)) pip ??= at;
    }
  }
  if (pip && debian) return { ...unknownBuild, packages };
  const at = pip ?? debian;
  if (!at) return unknownBuild;
  return { kind: pip ? 'pip' : 'debian', packages, span: at };
}

function isPip(path: string, line: string): boolean {
  if (/\bpip3?\b/.test(line) && /\binstall\b/.test(line)) return /(?:^|[\s"'])uwsgi(?:[=<>~![\s"']|$)/i.test(line);
  const name = baseName(path).toLowerCase();
  if (/^requirements.*\.(?:txt|in)$/.test(name)) return /^\s*uwsgi\s*(?:[=<>~![;#]|$)/i.test(line);
  if (name === 'pipfile' || name === 'pyproject.toml') return /^\s*["']?uwsgi["']?\s*(?:[=<>~!,;]|$)/i.test(line);
  return /^setup\.(?:py|cfg)$/.test(name) && /["']?uwsgi["']?\s*[=<>~!,]/i.test(line);
}

interface JoinedLine {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** Lines, those that end in a backslash joined with the next; `start` and `length` of the first. */
function joinedLines(text: string): readonly JoinedLine[] {
  const lines: JoinedLine[] = [];
  let open: { text: string; start: number; length: number } | undefined;
  let at = 0;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const own = line.endsWith('\\') ? line.slice(0, -1) : line;
    if (open) open.text = open.text.length > 20_000 ? open.text : `${open.text} ${own}`;
    else open = { text: own, start: at, length: line.length };
    if (!line.endsWith('\\')) {
      lines.push(open);
      open = undefined;
    }
    at += raw.length + 1;
  }
  if (open) lines.push(open);
  return lines;
}
