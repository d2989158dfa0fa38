import { uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault, Repair } from '../../../../model/fault.js';
import type { IniTree } from '../../../../syntax/ini/tree.js';
import type { XmlTree } from '../../../../syntax/xml/tree.js';
import type { YamlTree } from '../../../../syntax/yaml/tree.js';
import { lineEnd } from '../../../../text/lines.js';
import { nearest } from '../../../../text/near.js';
import type { Edit, SourceFile, Span } from '../../../../text/source.js';
import { span, spanText } from '../../../../text/source.js';
import { fault, replacement, type ServerContext } from '../../context.js';
import { nearFileRepairs } from '../../near-files.js';
import { buildOf } from '../build.js';
import type { RawSection } from '../entries.js';
import { embeddedYamlFaults } from './embedded-yaml.js';

export function missingFileFault(context: ServerContext, at: Span, path: string, why: string): Fault {
  const message = `uWSGI is told to read ${path}, which is not there (${why}): it does not start`;
  return fault('uwsgi/config-not-loaded', at, message, {
    repairs: nearFileRepairs(context, at, path),
    log: `realpath() of ${path} failed: No such file or directory`,
  });
}

/** The section that uWSGI reads is not in the ini file. `named`: where a command or file asks for it by name. */
export function sectionFaults(
  file: SourceFile,
  tree: IniTree,
  section: RawSection,
  name: string,
  named: Span | undefined,
): readonly Fault[] {
  if (section.found || tree.sections.some(part => part.name === name)) return [];
  const log = `*** WARNING: Can't find section "${name}" in INI configuration file ${file.path} ***`;
  const tail = 'none of its options takes effect';
  const first = tree.sections[0]?.entries[0];
  if (first?.key.startsWith('\uFEFF[') && tree.sections[0]?.name === undefined) {
    const at = span(file, first.keySpan.start, first.keySpan.start + 1);
    const message = `${file.path} begins with a byte order mark, so uWSGI does not see its first section: ${tail}`;
    return [
      fault('uwsgi/section', first.keySpan, message, {
        repairs: [replacement('Remove the byte order mark', at, '')],
        log,
      }),
    ];
  }
  const headers = tree.sections.filter(part => part.name !== undefined);
  if (headers.length === 0) {
    if (!first) return [];
    // Behind a byte order mark, uWSGI would not see the header either.
    const mark = file.text.startsWith('\uFEFF', first.span.start) ? 1 : 0;
    const at = span(file, first.span.start, first.span.start + mark);
    const repairs = [replacement(`Add [${name}]`, at, `[${name}]${lineEnd(file.text)}`)];
    return [
      fault(
        'uwsgi/section',
        first.span,
        `${file.path} has no section [${name}], so uWSGI reads nothing of it: ${tail}`,
        { repairs, log },
      ),
    ];
  }
  return [misnamed(file, tree, name, named, log)];
}

function misnamed(file: SourceFile, tree: IniTree, name: string, named: Span | undefined, log: string): Fault {
  const headers = tree.sections.flatMap(part =>
    part.name !== undefined && part.nameSpan ? [{ name: part.name, at: part.nameSpan }] : [],
  );
  const broken = headers.find(header => headerLine(header.at).startsWith(`[${name}`));
  const tail = 'none of its options takes effect';
  if (broken) {
    const line = headerSpan(broken.at);
    const message = `uWSGI takes this header for the section "${broken.name}"; nothing may stand behind [${name}] on its line: ${tail}`;
    return fault('uwsgi/section', line, message, { repairs: [replacement(`Write [${name}]`, line, `[${name}]`)], log });
  }
  const near =
    nearest(
      name,
      headers.map(header => header.name),
    ) ?? (headers.length === 1 ? headers[0]?.name : undefined);
  const header = headers.find(candidate => candidate.name === near);
  const message = `uWSGI reads the section [${name}] of ${file.path}, which is not there: ${tail}`;
  if (named) {
    const asked = spanText(named).endsWith(`:${name}`) ? { ...named, start: named.end - name.length } : undefined;
    const repairs = near !== undefined && asked ? [replacement(`Ask for ${near}`, asked, near, 'unsafe')] : [];
    return fault('uwsgi/section', named, message, { repairs, log, related: sectionsThere(headers) });
  }
  const at = header?.at ?? headers[0]?.at ?? span(file, 0, 0);
  const repairs = header ? [replacement(`Write [${name}]`, header.at, name)] : [];
  return fault('uwsgi/section', at, message, { repairs, log });
}

function sectionsThere(
  headers: readonly { readonly name: string; readonly at: Span }[],
): NonNullable<Fault['related']> {
  return headers.slice(0, 5).map(header => ({ span: header.at, message: `the file has [${header.name}]` }));
}

/** From the opening bracket to the end of the line. */
function headerSpan(name: Span): Span {
  const text = name.file.text;
  let end = name.end;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  while (end > name.start && /[ \t]/.test(text[end - 1] ?? '')) end--;
  return span(name.file, Math.max(0, name.start - 1), end);
}

function headerLine(name: Span): string {
  return spanText(headerSpan(name));
}

export function xmlFaults(file: SourceFile, tree: XmlTree, named: Span): readonly Fault[] {
  const problem = tree.problems[0];
  const log = `[uWSGI] could not parse file ${file.path}.`;
  if (problem) {
    const message = `uWSGI cannot read ${file.path} and does not start: ${problem.message}`;
    return [
      fault('uwsgi/syntax', problem.span, message, { log, related: [{ span: named, message: 'it is read here' }] }),
    ];
  }
  const { root } = tree;
  if (!root || root.name === 'uwsgi' || root.children.some(child => child.name === 'uwsgi')) return [];
  const message = `${file.path} has no element <uwsgi>; uWSGI does not start`;
  return [
    fault('uwsgi/section', root.nameSpan, message, { log: '[uWSGI] invalid xml root element, <uwsgi> expected.' }),
  ];
}

/** uWSGI's JSON is strict: no comments, no comma behind the last item. */
export function jsonFault(
  file: SourceFile,
  tree: YamlTree,
  section: RawSection,
  name: string,
  named: Span,
): Fault | undefined {
  let error: string | undefined;
  try {
    JSON.parse(file.text);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const related = [{ span: named, message: 'it is read here' }];
  if (error !== undefined) {
    const at = Math.min(
      Number(/position (\d+)/.exec(error)?.[1] ?? behindComma(file.text) ?? tree.problems[0]?.span.start ?? 0),
      file.text.length,
    );
    const message = `uWSGI cannot read ${file.path} and does not start: it is no valid JSON here`;
    const repairs = trailingComma(file, at);
    const place = repairs[0]?.edits[0]?.span ?? span(file, at, Math.min(at + 1, file.text.length));
    return fault('uwsgi/syntax', place, message, { repairs, related, log: 'error parsing JSON data' });
  }
  if (section.found) return undefined;
  const message = `${file.path} has no object "${name}"; uWSGI does not start`;
  const log = `you must define a object named ${name} in your JSON data`;
  return fault('uwsgi/section', span(file, 0, Math.min(1, file.text.length)), message, { related, log });
}

/** The bracket behind a comma too many: of one in a list, JavaScript does not tell the place. */
function behindComma(text: string): number | undefined {
  const withoutTexts = text.replace(/"(?:[^"\\\n]|\\.)*"/g, quoted => ' '.repeat(quoted.length));
  const found = /,\s*[\]}]/.exec(withoutTexts);
  return found ? found.index + found[0].length - 1 : undefined;
}

function trailingComma(file: SourceFile, at: number): readonly Repair[] {
  if (file.text[at] !== '}' && file.text[at] !== ']') return [];
  let before = at - 1;
  while (before >= 0 && /\s/.test(file.text[before] ?? '')) before--;
  if (file.text[before] !== ',') return [];
  return [replacement('Remove the comma', span(file, before, before + 1), '')];
}

export function yamlFaults(
  context: ServerContext,
  file: SourceFile,
  tree: YamlTree,
  section: RawSection,
  name: string,
): readonly Fault[] {
  const problem = tree.problems.find(candidate => !candidate.message.startsWith('the key '));
  if (problem) {
    return [
      fault('uwsgi/syntax', problem.span, `uWSGI cannot read ${file.path}: ${problem.message}`, {
        log: 'error parsing YAML file',
      }),
    ];
  }
  if (section.found) return buildOf(context).kind === 'pip' ? embeddedYamlFaults(context, file, tree, name) : [];
  const root = tree.documents[0];
  if (root?.kind !== 'map') return [];
  const beside = root.entries.filter(entry => uwsgiOptions.has(entry.key) && entry.key !== name);
  const empty = root.entries.find(entry => entry.key === name);
  // A file that leaves everything to the command line.
  if (empty && beside.length === 0) return [];
  const lack = empty ? 'but nothing stands there' : 'which is not there';
  const message = `uWSGI reads what stands under "${name}:" in ${file.path}, ${lack}: none of its options takes effect`;
  const options = !empty && root.entries.every(entry => uwsgiOptions.has(entry.key) || entry.value.kind === 'scalar');
  const repairs = options && beside.length > 0 ? [underKey(file, root.span, name)] : [];
  return [fault('uwsgi/section', (empty ?? root.entries[0])?.keySpan ?? root.span, message, { repairs })];
}

/** Puts the whole mapping under a key of its own. */
function underKey(file: SourceFile, root: Span, name: string): Repair {
  const edits: Edit[] = [{ span: span(file, root.start, root.start), text: `${name}:${lineEnd(file.text)}  ` }];
  for (let at = root.start; at < root.end; at++) {
    if (file.text[at - 1] === '\n' && at > root.start && !/[\r\n]/.test(file.text[at] ?? '\n')) {
      edits.push({ span: span(file, at, at), text: '  ' });
    }
  }
  return { title: `Put it under ${name}:`, safety: 'safe', edits };
}
