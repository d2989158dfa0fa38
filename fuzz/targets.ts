import { isDeepStrictEqual } from 'node:util';
import { rules } from '../rules/index.js';
import { analyze } from '../src/analyze.js';
import { procfileEntries } from '../src/extract/launch/procfile.js';
import { contextsOf, isDirective, takesArguments } from '../src/facts/nginx.js';
import { ignoreRules } from '../src/host/gitignore.js';
import { memoryHost } from '../src/host/memory.js';
import { parseDockerfile } from '../src/syntax/dockerfile/parse.js';
import { parseIni } from '../src/syntax/ini/parse.js';
import { readSupervisor } from '../src/syntax/ini/supervisor.js';
import { readSystemd } from '../src/syntax/ini/systemd.js';
import type { IniTree } from '../src/syntax/ini/tree.js';
import { parseNginx, parseWithCare } from '../src/syntax/nginx/parse.js';
import { loadPython } from '../src/syntax/python/parse.js';
import { readPlain } from '../src/syntax/python/plain/read.js';
import { parseShell } from '../src/syntax/shell/parse.js';
import { splitWords } from '../src/syntax/shell/split.js';
import { parseToml } from '../src/syntax/toml/parse.js';
import { parseXml } from '../src/syntax/xml/parse.js';
import { parseYaml } from '../src/syntax/yaml/parse.js';
import type { YamlTree } from '../src/syntax/yaml/tree.js';
import { applyEdits, overlaps } from '../src/text/apply.js';
import type { SourceFile } from '../src/text/source.js';
import { checkNginxTree, remainder, shapeOf } from './nginx.js';

export type Files = ReadonlyMap<string, string>;

/** What is fuzzed: one parser, or the whole pipeline. */
export interface Target {
  readonly name: string;
  /** Whether a file of the fixtures is one to begin with. */
  readonly takes: (path: string, text: string) => boolean;
  /** Texts to begin with where the fixtures have few of the kind. */
  readonly samples?: readonly string[];
  /** Works on an input and throws where something does not hold. What it returns is the same for equal inputs. */
  readonly work: (files: Files) => unknown;
}

const parsePython = await loadPython();

/** A parser of one file. Its result must lie inside the text; `more` looks at what else must hold. */
function parser<T>(
  name: string,
  takes: Target['takes'],
  parse: (file: SourceFile) => T,
  more: (tree: T, text: string) => void = () => {},
  samples: readonly string[] = [],
): Target {
  const work = (files: Files) => {
    for (const [path, text] of files) {
      const tree = parse({ path, text });
      checkPlaces(tree, text);
      more(tree, text);
    }
  };
  return { name, takes, work, samples };
}

const named = (pattern: RegExp) => (path: string) => pattern.test(path);

const tomls = [
  '[tool.gwlint]\nfail-on = "error"\nexclude = ["a", \'b\\d\', """c\nd"""]\n[tool.gwlint.rules]\n"a/b" = { level = "off", n = 0x1F }\n',
  'title = "x"\n[[stack]]\nat = 1979-05-27T07:32:00Z\nf = 1e-3\n[[stack]]\na.b."c d" = [1, [2, 3], {x = true}]\n# end\n',
];
const xmls = [
  '<?xml version="1.0"?>\n<!DOCTYPE uwsgi [<!ENTITY a "b">]>\n<uwsgi id="x">\n  <socket>127.0.0.1:3031</socket><master/>\n  <!-- no -->\n</uwsgi>\n',
  '<configuration><system.webServer><handlers><add name="a" path="*" /></handlers><x><![CDATA[<&]]>&lt;&#65;</x></system.webServer></configuration>',
];

export const targets: readonly Target[] = [
  { name: 'whole', takes: () => true, work: judge },
  parser(
    'nginx',
    (path, text) => /\.conf$|nginx|_params$/.test(path) || /^\s*(?:server|location|upstream)\b[^;]*\{/m.test(text),
    file => parseNginx(file, { isDirective, contextsOf, takes: takesArguments }),
    (tree, text) => {
      checkNginxTree(tree);
      const careful = parseWithCare(tree.file, { isDirective, contextsOf, takes: takesArguments });
      if (JSON.stringify(shapeOf(tree)) !== JSON.stringify(shapeOf(careful)))
        throw new Error('a plain reading differs');
      const sure = parseNginx({ path: 'nginx.conf', text });
      if (sure.refusal || sure.problems.length > 0 || sure.masked.length > 0) return;
      const rest = remainder(sure);
      if (/[^ \t\r\n]/.test(rest)) throw new Error(`the tree leaves out ${JSON.stringify(rest.trim().slice(0, 80))}`);
    },
  ),
  parser(
    'uwsgi',
    (path, text) => /\.ini$/.test(path) || /^\[uwsgi\]/m.test(text),
    file => parseIni(file, 'uwsgi'),
    checkIni,
  ),
  parser('supervisor', (_, text) => /^\[(?:program|supervisord)\b/m.test(text), readSupervisor, checkIni),
  parser('unit', named(/\.(?:service|socket|timer|target)$|\.d\/[^/]+\.conf$/), readSystemd, checkIni),
  parser('python', named(/\.py$/), parsePython, checkPython),
  parser('shell', (path, text) => /\.sh$/.test(path) || /^#!.*sh\b/.test(text), parseShell, checkShell),
  parser(
    'words',
    named(/Procfile|\.service$|\.sh$/),
    file => splitWords(file, 0, file.text.length),
    ({ words }, text) => inOrder(words, text, 'words'),
  ),
  parser('dockerfile', named(/ockerfile[^/]*$/), parseDockerfile, checkDockerfile),
  parser('yaml', named(/\.ya?ml$/), parseYaml, checkYaml),
  parser('json', named(/\.json$/), parseYaml, checkYaml),
  parser('toml', named(/\.toml$/), parseToml, checkYaml, tomls),
  parser('xml', named(/\.xml$|web\.config$/), parseXml, undefined, xmls),
  parser('procfile', named(/Procfile/), procfileEntries, (entries, text) => inOrder(entries, text, 'entries')),
  {
    name: 'gitignore',
    takes: named(/\.(?:gitignore|dockerignore)$/),
    samples: ['# built\n/dist/\n*.py[co]\n!keep.pyc\n**/cache/**\n\\#name\\ \na/**/b\n', 'x?[!a-c]\n[]]\n\\!z\n**\n'],
    work: files => {
      for (const text of files.values()) {
        const judged = ignoreRules(text);
        for (const path of ['a', 'a/b.py', 'deep/er/x/y/z.conf', 'dist', 'a b', 'node_modules/x']) {
          judged(path, false);
          judged(path, true);
        }
      }
    },
  },
];

/** Every pair of offsets in a result, however deep, must lie inside the text. Objects that hold the text itself are no places. */
function checkPlaces(tree: unknown, text: string): void {
  const seen = new Set<unknown>();
  const pending: unknown[] = [tree];
  for (let at = pending.pop(); pending.length > 0 || at !== undefined; at = pending.pop()) {
    if (typeof at !== 'object' || at === null || seen.has(at)) continue;
    seen.add(at);
    const { start, end } = at as { readonly start?: unknown; readonly end?: unknown };
    if (typeof start === 'number' && typeof end === 'number' && !(start >= 0 && start <= end && end <= text.length))
      throw new Error(`a place ${start}-${end} of ${text.length}`);
    for (const inner of at instanceof Map ? at.values() : Object.values(at))
      if (typeof inner === 'object' && inner !== null) pending.push(inner);
  }
}

function inOrder(
  ranges: readonly { readonly start: number; readonly end: number }[],
  text: string,
  what: string,
): void {
  let last = 0;
  for (const { start, end } of ranges) {
    if (start < last) throw new Error(`${what} overlap at ${start}: ${JSON.stringify(text.slice(start, start + 40))}`);
    last = end;
  }
}

/** Each line that is not blank is an entry, a header, a remark or a problem; and names stand where they are said to. */
function checkIni({ sections, comments, problems }: IniTree, text: string): void {
  const entries = sections.flatMap(section => section.entries);
  const spans = [
    ...entries.map(entry => entry.span),
    ...sections.flatMap(({ nameSpan }) => (nameSpan ? [nameSpan] : [])),
    ...comments,
    ...problems.map(problem => problem.span),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { key, keySpan } of entries) {
    const written = text.slice(keySpan.start, keySpan.end);
    // A name that goes on in the next line is joined.
    if (!/[\r\n]/.test(written) && written !== key && written.toLowerCase() !== key)
      throw new Error(`the key ${JSON.stringify(key)} stands elsewhere`);
  }
  let reached = 0;
  let next = 0;
  for (const line of text.matchAll(/[^\n]+/g)) {
    const begin = line.index;
    const end = begin + line[0].length;
    for (let one = spans[next]; one && one.start <= end; one = spans[++next]) reached = Math.max(reached, one.end);
    if (reached < begin && /[^\s\0\ufeff\\]/.test(line[0]))
      throw new Error(`the tree leaves out ${JSON.stringify(line[0].slice(0, 80))}`);
  }
}

function checkPython(module: ReturnType<typeof parsePython>, text: string): void {
  if (!module.templated) inOrder(module.body, text, 'statements');
  const plain = readPlain(module.file);
  if (plain && !isDeepStrictEqual(plain, module)) throw new Error('a plain reading differs');
}

function checkShell({ nodes }: ReturnType<typeof parseShell>, text: string): void {
  inOrder(nodes, text, 'commands');
}

function checkDockerfile({ globals, stages }: ReturnType<typeof parseDockerfile>, text: string): void {
  const all = [...globals, ...stages.flatMap(stage => [stage.from, ...stage.instructions])];
  inOrder(
    all.map(one => one.span),
    text,
    'instructions',
  );
  for (const { name, nameSpan } of all) {
    const written = text.slice(nameSpan.start, nameSpan.end);
    // A keyword that goes on in the next line is joined.
    if (!/[\r\n]/.test(written) && written.toUpperCase() !== name) throw new Error(`${name} stands elsewhere`);
  }
}

/** A scalar that stands in the file letter by letter does. */
function checkYaml({ documents, templated }: YamlTree, text: string): void {
  if (templated) return;
  const pending = [...documents];
  const seen = new Set();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'map') pending.push(...node.entries.map(entry => entry.value));
    else if (node.kind === 'list') pending.push(...node.items);
    else if (node.contentStart !== undefined) {
      const written = text.slice(node.contentStart, node.contentStart + node.text.length);
      if (written !== node.text) throw new Error(`${JSON.stringify(node.text)} is written ${JSON.stringify(written)}`);
    }
  }
}

/** The whole pipeline: places inside their files, and edits that can be applied together. */
async function judge(files: Files): Promise<unknown> {
  const { diagnostics, deployment } = await analyze(memoryHost(files), { rules });
  const spans = diagnostics.flatMap(one => [
    one.span,
    ...one.related.map(step => step.span),
    ...one.fixes.flatMap(fix => fix.edits.map(edit => edit.span)),
  ]);
  for (const { file, start, end } of [...spans, ...deployment.unresolved.map(one => one.span)]) {
    if (!(start >= 0 && start <= end && end <= file.text.length))
      throw new Error(`a place ${start}-${end} outside ${file.path}`);
  }
  for (const { edits, title } of diagnostics.flatMap(one => one.fixes)) {
    for (const [i, edit] of edits.entries()) {
      if (edits.slice(i + 1).some(other => overlaps(edit, other) && edit.span.end > edit.span.start))
        throw new Error(`edits of '${title}' overlap`);
    }
    for (const path of new Set(edits.map(edit => edit.span.file.path))) {
      const text = files.get(path);
      if (text === undefined) throw new Error(`'${title}' edits ${path}, which is not there`);
      applyEdits(
        text,
        edits.filter(edit => edit.span.file.path === path),
      );
    }
  }
  return diagnostics.map(one => `${one.rule} ${one.span.file.path} ${one.span.start} ${one.message}`).join('\n');
}
