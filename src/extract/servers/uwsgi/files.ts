import type { Fault } from '../../../model/fault.js';
import { parseIni } from '../../../syntax/ini/parse.js';
import type { Problem, SourceFile, Span, Step } from '../../../text/source.js';
import { locateFrom, startFolder } from '../context.js';
import { fileMeant, mayBeCopied } from '../near-files.js';
import { iniEntries, jsonEntries, type RawSection, xmlEntries, yamlEntries } from './entries.js';
import { jsonFault, missingFileFault, sectionFaults, xmlFaults, yamlFaults } from './faults/files.js';
import { addEntries, enterFile, type Format, type Loading } from './load.js';

export interface FileRequest {
  readonly format: Format;
  /** As written: a path, with `:section` behind it or alone. */
  readonly name: string;
  /** Where it is named. */
  readonly span: Span;
  readonly via: readonly Step[];
  /** By `ini`, `yaml` and the like, not by a word that stands alone, `include` or `inherit`. */
  readonly byOption: boolean;
  readonly doubt?: string;
}

const deepest = 16;

/** Reads a configuration file into the list of options. Relative paths count from the folder that uWSGI is started in. */
export function readConfiguration(on: Loading, request: FileRequest): void {
  const why = on.blanks.reason(request.name) ?? request.doubt;
  if (why !== undefined) {
    on.open ??= `which configuration file is read is not known: ${why}`;
    return;
  }
  const { path, section } = splitName(request.name);
  const own = path === '' ? on.lastIni : path;
  if (own === undefined || /^[a-z]+:\/\//.test(own) || own === '-') {
    on.open ??= `the configuration ${request.name} is not a file of the repository`;
    return;
  }
  const located = locateFrom(on.context, startFolder(on.context), own);
  if (located.kind === 'missing' && mayBeCopied(on.context, own)) {
    on.open ??= `the configuration file ${own} may be copied from another folder of the repository`;
    return;
  }
  const meant = located.kind === 'unknown' ? fileMeant(on.context, own) : undefined;
  if (located.kind === 'missing' || located.kind === 'directory' || meant !== undefined) {
    const why = located.kind === 'missing' ? located.why : meant === undefined ? 'it is a folder' : `${meant} is`;
    on.faults.push(missingFileFault(on.context, request.span, own, why));
    on.open ??= `the configuration file ${own} is not there`;
    return;
  }
  if (located.kind !== 'file') {
    on.open ??= `the configuration file ${own} cannot be read: ${located.kind === 'unknown' ? located.why : 'it is no file of the repository'}`;
    return;
  }
  const key = `${located.file.path}:${section ?? ''}`;
  on.budget -= located.file.text.length + 1000;
  if (on.budget < 0) {
    on.open ??= 'there is too much to read';
    return;
  }
  if (on.active.includes(key) || on.active.length >= deepest) {
    on.open ??= `${own} is read again and again`;
    return;
  }
  if (request.format === 'ini') on.lastIni = own;
  if (request.format === 'json') on.jsonFiles.push({ name: request.name, span: request.span });
  on.active.push(key);
  const before = on.magic;
  enterFile(on, own, section ?? '', request.byOption);
  readLocated(on, request, located.file, section);
  on.magic = before;
  on.active.pop();
}

/** `path:section`; the last colon divides. */
function splitName(name: string): { readonly path: string; readonly section: string | undefined } {
  const colon = name.lastIndexOf(':');
  if (colon < 0) return { path: name, section: undefined };
  const section = name.slice(colon + 1);
  return { path: name.slice(0, colon), section: section === '' ? undefined : section };
}

function readLocated(on: Loading, request: FileRequest, file: SourceFile, section: string | undefined): void {
  if (!on.files.some(known => known.path === file.path)) on.files.push(file);
  const read = parse(on, request, file, section);
  if (!read) return;
  on.context.reader.note(file, 'uwsgi', read.problems);
  on.faults.push(...read.faults);
  if (read.open !== undefined) on.open ??= read.open;
  const step: Step = { span: request.span, message: `${file.path} is read here` };
  addEntries(on, read.section.entries, file, request.format, [...request.via, step]);
}

interface Parsed {
  readonly section: RawSection;
  readonly problems: readonly Problem[];
  readonly faults: readonly Fault[];
  readonly open?: string;
}

function parse(on: Loading, request: FileRequest, file: SourceFile, asked: string | undefined): Parsed | undefined {
  const name = asked ?? 'uwsgi';
  const { reader } = on.context;
  if (request.format === 'ini') {
    const tree = parseIni(file, 'uwsgi');
    const section = iniEntries(tree, name);
    const template = isTemplate(file.text);
    return {
      section,
      problems: tree.problems,
      faults: template ? [] : sectionFaults(file, tree, section, name, asked === undefined ? undefined : request.span),
      ...(template && { open: `${file.path} is a template` }),
    };
  }
  if (request.format === 'xml') {
    const tree = reader.xml(file);
    if (!tree) return wait(on);
    const faults = isTemplate(file.text) ? [] : xmlFaults(file, tree, request.span);
    return {
      section: xmlEntries(tree, asked),
      problems: tree.problems,
      faults,
      ...(faults.length > 0 && { open: `${file.path} is not read` }),
    };
  }
  const tree = reader.yaml(file);
  if (!tree) return wait(on);
  const section = request.format === 'json' ? jsonEntries(tree, name) : yamlEntries(tree, name);
  const fault = request.format === 'json' ? jsonFault(file, tree, section, name, request.span) : undefined;
  const faults = request.format === 'json' ? (fault ? [fault] : []) : yamlFaults(on.context, file, tree, section, name);
  const open = tree.templated
    ? `${file.path} is a template`
    : faults.some(one => one.severity === undefined)
      ? `${file.path} is not read as it is meant`
      : undefined;
  return {
    section,
    problems: tree.problems,
    faults: tree.templated ? [] : faults,
    ...(open !== undefined && { open }),
  };
}

/** The parser is not loaded; the pipeline loads it and starts again. */
function wait(on: Loading): undefined {
  on.open ??= 'the file is not read yet';
  return undefined;
}

/** Placeholders of Jinja, ERB or a generator; `%(x)` and `$(X)` are uWSGI's own. */
function isTemplate(text: string): boolean {
  return /\{\{|\{%|<%=?|@@\w+@@/.test(text);
}
