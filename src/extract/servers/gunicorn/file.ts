import { gunicornSettings } from '../../../facts/gunicorn.js';
import { installerMark, whyMarked } from '../../../model/assumptions.js';
import type { PyValue } from '../../../model/entry.js';
import type { Fault } from '../../../model/fault.js';
import { baseName } from '../../../model/place.js';
import { type Setting, unknownFrom } from '../../../model/setting.js';
import type { PyModule } from '../../../syntax/python/tree.js';
import type { SourceFile } from '../../../text/source.js';
import type { Located } from '../../place/files.js';
import { evaluateModule } from '../../python/evaluate.js';
import { fault, locateFrom, resolveIn, type ServerContext, startFolder } from '../context.js';
import { fileMeant, mayBeCopied, nearFileRepairs } from '../near-files.js';
import { searchFolders } from '../search-path.js';
import type { Source } from './command-line.js';
import { unknownNames } from './names.js';

/** Which configuration file Gunicorn reads, and what it says. */
export interface ConfigFile {
  readonly source: Source;
  readonly file?: SourceFile;
  /** No file is read, as far as the repository tells, and none is named. */
  readonly none: boolean;
}

const nothing: Source = { values: new Map(), faults: [] };

function openFile(why: string, faults: readonly Fault[] = []): ConfigFile {
  return { source: { values: new Map(), open: { why, sure: new Set() }, faults }, none: false };
}

/**
 * Gunicorn reads the file that `-c` names, else ./gunicorn.conf.py of the folder it is started in, before any chdir. Source:
 * gunicorn/app/base.py (`load_config`) and gunicorn/config.py (`get_default_config_file`) of 20.1.0.
 */
export function readConfigFile(context: ServerContext, named: Setting<PyValue> | undefined): ConfigFile {
  if (!named) return defaultFile(context);
  if (!named.known) return openFile(`the configuration file is not known: ${named.why}`);
  const text = named.value.kind === 'constant' && typeof named.value.value === 'string' ? named.value.value.trim() : '';
  if (text === '') return defaultFile(context);
  if (text.startsWith('python:')) return moduleFile(context, text.slice('python:'.length));
  const path = text.startsWith('file:') ? text.slice('file:'.length) : text;
  const located = locateFrom(context, startFolder(context), path);
  if (located.kind === 'missing' && mayBeCopied(context, path))
    return openFile(`the configuration file ${path} may be copied from another folder of the repository`);
  if (located.kind === 'missing')
    return openFile('the configuration file is not there', [missingFile(context, named, path, located.why)]);
  if (located.kind !== 'file') {
    const meant = located.kind === 'unknown' ? fileMeant(context, path) : undefined;
    if (meant !== undefined) {
      const missing = missingFile(context, named, path, `${meant} is`);
      return openFile('the configuration file is not there', [missing]);
    }
    return openFile(
      `the configuration file ${path} cannot be read: ${located.kind === 'unknown' ? located.why : 'it is no file of the repository'}`,
    );
  }
  const shell = shellScript(located.file);
  if (shell) {
    const message = `Gunicorn reads ${path} as Python, but it is a shell script: Gunicorn does not start`;
    return openFile('the configuration file is a shell script', [
      fault('gunicorn/config-not-loaded', namedSpan(context, named), message),
    ]);
  }
  return readFile(context, located, path);
}

function namedSpan(context: ServerContext, named: Setting<unknown>): Fault['span'] {
  return named.span ?? context.program.word.span;
}

function shellScript(file: SourceFile): boolean {
  const first = file.text.split('\n', 1)[0] ?? '';
  return /^#!.*\b(?:ba|da|z|k)?sh\b/.test(first);
}

function defaultFile(context: ServerContext): ConfigFile {
  const located = locateFrom(context, startFolder(context), 'gunicorn.conf.py');
  if (located.kind === 'file') return readFile(context, located, 'gunicorn.conf.py');
  if (located.kind === 'missing') return { source: nothing, none: true };
  if (located.kind !== 'unknown') return openFile('gunicorn.conf.py of the image may be read');
  // A file that no repository holds is rare; one that is hidden by .gitignore or brought by a foreign image is not.
  const elsewhere = context.reader.files().some(path => baseName(path) === 'gunicorn.conf.py');
  if (elsewhere || context.place.opaque || located.why.includes('.gitignore')) {
    return openFile(`a gunicorn.conf.py may be read from the folder it starts in: ${located.why}`);
  }
  return { source: nothing, none: true };
}

function moduleFile(context: ServerContext, module: string): ConfigFile {
  const folders = searchFolders(context, []);
  const relative = module.replaceAll('.', '/');
  if (!/^\w+(?:\/\w+)*$/.test(relative)) return openFile('the configuration module cannot be told');
  for (const folder of folders.known ? folders.value : []) {
    for (const path of [`${relative}.py`, `${relative}/__init__.py`]) {
      const located = locateFrom(context, startFolder(context), `${folder}/${path}`);
      if (located.kind === 'file') return readFile(context, located, `${folder}/${path}`);
      if (located.kind === 'unknown')
        return openFile(`the configuration module ${module} is not found: ${located.why}`);
    }
  }
  return openFile(`the configuration module ${module} may be an installed one`);
}

function readFile(context: ServerContext, located: Located & { readonly kind: 'file' }, path: string): ConfigFile {
  const { file } = located;
  const { reader, command, place } = context;
  const module = reader.python(file);
  if (!module) return { ...openFile('Python is not read yet'), file };
  reader.note(file, 'gunicorn', module.problems);
  if (module.templated) return { ...openFile(`${file.path} is a template`), file };
  const [problem] = module.problems;
  if (problem) {
    const message = `${file.path} does not parse: ${problem.message}. Gunicorn reads it first of all and does not start`;
    const broken = fault('gunicorn/bad-value', problem.span, message, { log: 'SyntaxError' });
    return { ...openFile(`${file.path} does not parse`, [broken]), file };
  }
  const folder = startFolder(context);
  const resolved = resolveIn(folder, path);
  const evaluated = evaluateModule(module, {
    reader,
    environment: { variables: command.environment, open: command.environmentOpen },
    name: '__config__',
    place,
    searchPath: searchFolders(context, []),
    ...('path' in resolved && { path: resolved.path }),
    ...(folder.known && { workingDirectory: folder.value }),
  });
  const values = new Map<string, readonly Setting<PyValue>[]>();
  for (const [name, value] of evaluated.values) if (gunicornSettings.has(name)) values.set(name, [withoutMark(value)]);
  const open = evaluated.complete
    ? undefined
    : { why: `${file.path}: ${evaluated.why ?? 'it may set more'}`, sure: new Set(values.keys()) };
  const faults = [
    ...(environmentStated(context) ? unsetVariables(module, evaluated.values) : []),
    ...(evaluated.complete ? unknownNames(module, evaluated.values) : []),
  ];
  return { source: { values, faults, ...(open && { open }) }, file, none: false };
}

function withoutMark(value: Setting<PyValue>): Setting<PyValue> {
  const text = value.known && value.value.kind === 'constant' ? value.value.value : undefined;
  return typeof text === 'string' && installerMark.test(text) ? unknownFrom(value, whyMarked) : value;
}

/** supervisord hands on what it was started with, and a host's files seldom say what that was. */
function environmentStated({ launch, place }: ServerContext): boolean {
  return launch.kind !== 'supervisor' || place.kind !== 'host';
}

/** `os.environ["NAME"]` of a variable that is known not to be set: reading the file ends in a KeyError. */
function unsetVariables(module: PyModule, values: ReadonlyMap<string, Setting<PyValue>>): readonly Fault[] {
  const faults: Fault[] = [];
  const { file } = module;
  // Not inside a block: a `try` around it may catch the error.
  const own = new Set(
    module.body.flatMap(statement => (statement.kind === 'assign' && statement.value ? [statement.value.start] : [])),
  );
  for (const value of values.values()) {
    if (value.known || !value.span || !own.has(value.span.start)) continue;
    const name = /^(\w+) is not set in the environment$/.exec(value.why)?.[1];
    const text = value.span.file.text.slice(value.span.start, value.span.end);
    if (name === undefined || !/environ\s*\[/.test(text) || value.span.file.path !== file.path) continue;
    const message = `${file.path} needs ${name}, which is not set where Gunicorn is started: it does not start`;
    const log = `Failed to read config file: ${file.path}`;
    faults.push(fault('gunicorn/bad-value', value.span, message, { log }));
  }
  return faults;
}

function missingFile(context: ServerContext, named: Setting<PyValue>, path: string, why: string): Fault {
  const span = namedSpan(context, named);
  const message = `${named.name} names ${path}, which is not there (${why}): Gunicorn does not start`;
  return fault('gunicorn/config-not-loaded', span, message, {
    log: `Error: '${path}' doesn't exist`,
    repairs: nearFileRepairs(context, span, path),
  });
}
