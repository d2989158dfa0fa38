import { gunicornSettings } from '../../../facts/gunicorn.js';
import type { Fault } from '../../../model/fault.js';
import { baseName, folderOf } from '../../../model/place.js';
import type { PyModule } from '../../../syntax/python/tree.js';
import type { SourceFile } from '../../../text/source.js';
import { span } from '../../../text/source.js';
import { insideOf } from '../../place/files.js';
import { fault, type ServerContext, startFolder } from '../context.js';
import { contentSpan } from '../words.js';
import type { CommandLine } from './command-line.js';

/** Kinds of file in which a command may name a configuration file. */
const mayName =
  /(?:^|\/)(?:[^/.]+|[^/]*\.(?:sh|bash|ya?ml|service|conf|ini|toml|cfg|json|md|rst|txt|py|env|j2|tpl|template|in|socket|mk|bat|ps1))$|(?:docker|proc|make|container)file/i;
const largestFile = 200_000;
/** The only name that Gunicorn looks for by itself. */
const defaultName = 'gunicorn.conf.py';

/**
 * A file that is plainly meant as this server's configuration and that Gunicorn does not read: it has another name, or lies in
 * another folder than the one Gunicorn is started in. Silent where any file of the repository names it.
 */
export function unreadFiles(context: ServerContext, line: CommandLine): readonly Fault[] {
  const start = startFolder(context);
  if (!start.known) return [];
  const candidates = context.reader.files().filter(path => /gun/i.test(baseName(path)) && path.endsWith('.py'));
  const found = candidates.filter(path => path !== 'gunicorn.py' && near(context, path, start.value));
  const own = found.map(path => context.reader.file(path)).filter((file): file is SourceFile => file !== undefined);
  const settings = own
    .map(file => ({ file, names: settingNames(context.reader.python(file)) }))
    .filter(({ file, names }) => names.size >= (baseName(file.path) === defaultName ? 1 : 2));
  const only = settings.length === 1 ? settings[0] : undefined;
  if (!only || namedAnywhere(context, only.file.path)) return [];
  const binds = only.names.has('bind');
  // Who writes the same settings on the command line has chosen them there: the file is another way to start.
  if ([...only.names].some(name => line.values.has(name))) return [];
  return [unread(context, only.file, start.value, binds ? undefined : 'warning')];
}

/** In the folder it starts in, or one folder above or below. */
function near(context: ServerContext, path: string, start: string): boolean {
  const folders = insideOf(context.place, path).map(inside => folderOf(inside) || '/');
  return folders.some(folder => folder === start || folderOf(folder) === start || folderOf(start) === folder);
}

/** Settings that it assigns at its top; none for the file of a program. */
function settingNames(module: PyModule | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  if (!module || module.problems.length > 0 || module.templated) return names;
  for (const statement of module.body) {
    if (statement.kind === 'function' || statement.kind === 'class') {
      // The file of an application that merely has "gun" in its name has functions of its own.
      if (!gunicornSettings.has(statement.name)) return new Set();
    } else if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        if (target.kind === 'name' && gunicornSettings.has(target.id)) names.add(target.id);
      }
    }
  }
  return names;
}

function namedAnywhere(context: ServerContext, path: string): boolean {
  const name = baseName(path);
  const module = name.slice(0, -'.py'.length);
  const patterns =
    name === defaultName ? [name] : [name, `python:${module}`, `import ${module}`, `from ${module}`, `.${module}`];
  for (const other of context.reader.files()) {
    // Documentation tells of gunicorn.conf.py what Gunicorn's own does.
    if (other === path || !mayName.test(other) || (name === defaultName && /\.(?:md|rst|txt)$/i.test(other))) continue;
    const file = context.reader.file(other);
    if (!file || file.text.length > largestFile) continue;
    if (patterns.some(pattern => file.text.includes(pattern))) return true;
  }
  return false;
}

function unread(context: ServerContext, file: SourceFile, start: string, severity: Fault['severity']): Fault {
  const word = context.program.word;
  const name = baseName(file.path);
  const inside = insideOf(context.place, file.path);
  const elsewhere = !inside.some(path => folderOf(path) === start || (folderOf(path) === '' && start === '/'));
  const why =
    name === defaultName
      ? 'Gunicorn reads gunicorn.conf.py only from the folder it is started in'
      : 'Gunicorn reads no other file than gunicorn.conf.py by itself';
  const message = `Gunicorn is started without -c and never reads ${file.path}: ${why}`;
  const path = relativePath(inside[0], start);
  const at = contentSpan(word);
  const insert = { ...at, start: at.end };
  const repairs =
    path === undefined || elsewhere !== path.includes('/')
      ? []
      : [{ title: `Add -c ${path}`, safety: 'unsafe' as const, edits: [{ span: insert, text: ` -c ${path}` }] }];
  return fault('gunicorn/config-not-loaded', at, message, {
    related: [{ span: span(file, 0, 0), message: 'the settings that are meant stand here' }],
    repairs,
    ...(severity && { severity }),
  });
}

function relativePath(inside: string | undefined, start: string): string | undefined {
  if (inside === undefined) return undefined;
  const prefix = start === '/' ? '/' : `${start}/`;
  return inside.startsWith(prefix) ? inside.slice(prefix.length) : undefined;
}
