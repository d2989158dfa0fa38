import { baseName, folderOf, joinRepo } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { gap, type NamedBuild, splitReference } from './build.js';

const largestText = 300_000;
const longestCommand = 4_000;
const mostCommands = 200;

/** Files in which people write down how their images are built. */
export function mayBuild(path: string): boolean {
  const name = baseName(path);
  if (/^(?:(?:gnu)?makefile|justfile|taskfile\.ya?ml|package\.json|jenkinsfile|tiltfile|buildspec\.ya?ml)$/i.test(name))
    return true;
  if (/\.(?:sh|bash|mk)$/i.test(name)) return true;
  if (/^(?:cloudbuild|azure-pipelines|bitbucket-pipelines|\.drone|\.travis|\.woodpecker)[\w.-]*\.ya?ml$/i.test(name))
    return true;
  return /(?:^|\/)\.(?:github\/workflows|circleci|gitlab|woodpecker)\/|(?:^|\/)\.gitlab-ci[\w.-]*\.ya?ml$/.test(path);
}

const command = /\b(?:docker|podman|nerdctl)\s+(?:image\s+|buildx\s+)?build\s|\bbuildah\s+(?:bud|build)\s/g;

/** Builds that command lines in a file state: `docker build -t NAME -f FILE CONTEXT`. */
export function commandBuilds(reader: Reader, file: SourceFile): readonly NamedBuild[] {
  if (file.text.length > largestText) return [];
  const found: NamedBuild[] = [];
  let values: Variables | undefined;
  for (const match of file.text.matchAll(command)) {
    if (found.length >= mostCommands) break;
    values ??= variablesOf(file.text);
    const start = match.index + match[0].length;
    const text = commandText(file.text, start);
    const folder = folderBefore(file.text, match.index);
    const span = { file, start: match.index, end: start + text.trimEnd().length };
    found.push(...buildsOf(reader, file, wordsOf(text, values), folder, span));
  }
  return found;
}

/** Up to the end of the command: of the line, continued lines taken together. */
function commandText(text: string, start: number): string {
  const rest = text.slice(start, start + longestCommand);
  const end = /(?<!\\)\r?\n|&&|\|\||[;|#]/.exec(rest);
  return end ? rest.slice(0, end.index) : rest;
}

/** The folder of a `cd x &&` on the same line. */
function folderBefore(text: string, at: number): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n', at), at - 500) + 1, at);
  return /\bcd\s+["']?([\w./-]+)["']?\s*(?:&&|;)[^;&]*$/.exec(line)?.[1] ?? '.';
}

type Variables = ReadonlyMap<string, string | undefined>;

/** `NAME=value`, `NAME ?= value`, `NAME: value`: undefined for one that is set twice, to different values. */
function variablesOf(text: string): Variables {
  const found = new Map<string, string | undefined>();
  for (const match of text.matchAll(
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w{0,60})[ \t]*(?::=|\?=|=|:[ \t])[ \t]*([^\r\n]{0,200})$/gm,
  )) {
    const [, name = '', raw = ''] = match;
    const value = raw
      .replace(/\s#.*$/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    found.set(name, found.has(name) && found.get(name) !== value ? undefined : value);
  }
  return found;
}

/** Words for the folder that one is in, or that the repository is checked out to. */
const here =
  /^(?:\$[({]?(?:CURDIR|PWD|CI_PROJECT_DIR|GITHUB_WORKSPACE|shell pwd|pwd)[)}]?|\$\{\{\s*github\.workspace\s*\}\}|`pwd`)$/;

/** A text with its variables filled in; what is not known becomes a gap. */
export function filled(text: string, values: Variables, depth = 0): string {
  return text.replace(
    /\$\{\{[^}]{0,200}\}\}|\$[({][^)}]{0,200}[)}]|\$[A-Za-z_]\w*|\{\{[^}]{0,200}\}\}|`[^`]{0,200}`/g,
    raw => {
      if (here.test(raw)) return '.';
      const name = /^\$(?:\{\{\s*(?:env|vars)\.(\w+)\s*\}\}|[({](\w+)[)}]|([A-Za-z_]\w*))$/.exec(raw);
      const value = name && depth < 5 ? values.get(name[1] ?? name[2] ?? name[3] ?? '') : undefined;
      return value === undefined ? gap : filled(value, values, depth + 1);
    },
  );
}

function wordsOf(text: string, values: Variables): readonly string[] {
  const words = text.replace(/\\\r?\n/g, ' ').match(/(?:"[^"]*"|'[^']*'|\$\{\{[^}]*\}\}|\$\([^)]*\)|[^\s"'])+/g) ?? [];
  return words.map(word => filled(word.replace(/["']/g, ''), values));
}

/** Options of `docker build` that take a value and say nothing here. */
const valued =
  /^(?:--(?:platform|cache-from|cache-to|label|progress|network|secret|ssh|output|iidfile|add-host|shm-size|ulimit|isolation|memory|builder|attest|annotation|build-context|metadata-file|provenance|sbom|format)|-o|-m)$/;

/** The builds that the words behind `build` state, one for each name. `folder`: where they are run, below the file's own or the root. */
export function buildsOf(
  reader: Reader,
  file: SourceFile,
  words: readonly string[],
  folder: string,
  span: NamedBuild['span'],
): readonly NamedBuild[] {
  const names: string[] = [];
  const args = new Map<string, string>();
  let dockerfile: string | undefined;
  let target: string | undefined;
  let context: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const option = equals < 0 ? word : word.slice(0, equals);
    const value = () => (equals < 0 ? (words[++at] ?? '') : word.slice(equals + 1));
    if (option === '-t' || option === '--tag') names.push(value());
    else if (option === '-f' || option === '--file') dockerfile = value();
    else if (option === '--target') target = value();
    else if (option === '--build-arg') {
      const [name = '', ...rest] = value().split('=');
      args.set(name, rest.length > 0 ? rest.join('=') : gap);
    } else if (valued.test(option)) value();
    else if (!word.startsWith('-')) context = word;
  }
  const at = pathsOf(reader, file, folder, context, dockerfile);
  return names.map(name => ({
    ...splitReference(name),
    ...at,
    ...(target !== undefined && { target }),
    args,
    span,
  }));
}

/** Paths are tried from the file's own folder and from the root; where both have such a Dockerfile, it cannot be told which is meant. */
function pathsOf(
  reader: Reader,
  file: SourceFile,
  folder: string,
  context: string | undefined,
  dockerfile: string | undefined,
): Pick<NamedBuild, 'file' | 'context'> {
  if (
    context === undefined ||
    [folder, context, dockerfile ?? ''].some(one => one.includes(gap) || /^[/~]|:\/\//.test(one))
  )
    return { file: undefined, context: undefined };
  const found = [...new Set([folderOf(file.path), ''])].flatMap(base => {
    const from = joinRepo(base, folder);
    return from === undefined ? [] : (dockerfileAt(reader, from, context, dockerfile) ?? []);
  });
  const [only, ...more] = found;
  return only && more.length === 0 ? only : { file: undefined, context: undefined };
}

/** The Dockerfile of a build that is started in `from`; undefined where it is not there. */
export function dockerfileAt(
  reader: Reader,
  from: string,
  context: string,
  dockerfile: string | undefined,
): Pick<NamedBuild, 'file' | 'context'> | undefined {
  const inside = joinRepo(from, context);
  const file =
    dockerfile === undefined ? inside !== undefined && joinRepo(inside, 'Dockerfile') : joinRepo(from, dockerfile);
  return typeof file === 'string' && reader.kind(file) === 'file' ? { file, context: inside } : undefined;
}
