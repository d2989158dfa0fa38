import { gunicornSettings } from '../../../facts/gunicorn.js';
import type { Fault } from '../../../model/fault.js';
import { baseName, folderOf } from '../../../model/place.js';
import type { PyModule } from '../../../syntax/python/tree.js';
import type { SourceFile } from '../../../text/source.js';
import { span } from '../../../text/source.js';
import { insideOf } from '../../place/files.js';
import { fault, type ServerContext, startFolder } from '../context.js';
import { contentSpan } from '../words.js';

/** Kinds of file in which a command may name a configuration file. */
const mayName =
  /(?:^|\/)(?:[^/.]+|[^/]*\.(?:sh|bash|ya?ml|service|conf|ini|toml|cfg|json|md|rst|txt|py|env|j2|tpl|template|in|socket|mk|bat|ps1))$|(?:docker|proc|make|container)file/i;
const largestFile = 200_000;

/**
 * A file that is plainly meant as this server's configuration and that Gunicorn does not read: it has another name, or lies in
 * another folder than the one Gunicorn is started in. Silent where any file of the repository names it.
 */
export function unreadFiles(context: ServerContext): readonly Fault[] {
  const start = startFolder(context);
  if (!start.known) return [];
  const candidates = context.reader.files().filter(path => /gun/i.test(baseName(path)) && path.endsWith('.py'));
  const found = candidates.filter(path => path !== 'gunicorn.py' && near(context, path, start.value));
  const own = found.map(path => context.reader.file(path)).filter((file): file is SourceFile => file !== undefined);
  const settings = own.filter(file =>
    setsSettings(context.reader.python(file), baseName(file.path) === 'gunicorn.conf.py' ? 1 : 2),
  );
  const only = settings.length === 1 ? settings[0] : undefined;
  if (!only || namedAnywhere(context, only.path)) return [];
  return [unread(context, only, start.value)];
}

/** In the folder it starts in, or one folder above or below. */
function near(context: ServerContext, path: string, start: string): boolean {
  const folders = insideOf(context.place, path).map(inside => folderOf(inside) || '/');
  return folders.some(folder => folder === start || folderOf(folder) === start || folderOf(start) === folder);
}

/** Assigns so many settings at its top, and has nothing of a program. */
function setsSettings(module: PyModule | undefined, least: number): boolean {
  if (!module || module.problems.length > 0 || module.templated) return false;
  const names = new Set<string>();
  for (const statement of module.body) {
    if (statement.kind === 'function' || statement.kind === 'class') {
      // The file of an application that merely has "gun" in its name has functions of its own.
      if (!gunicornSettings.has(statement.name)) return false;
      continue;
    }
    if (statement.kind !== 'assign') continue;
    for (const target of statement.targets)
      if (target.kind === 'name' && gunicornSettings.has(target.id)) names.add(target.id);
  }
  return names.size >= least;
}

function namedAnywhere(context: ServerContext, path: string): boolean {
  const name = baseName(path);
  const module = name.slice(0, -'.py'.length);
  const patterns = [name, `python:${module}`, `import ${module}`, `from ${module}`, `.${module}`];
  for (const other of context.reader.files()) {
    if (other === path || !mayName.test(other)) continue;
    const file = context.reader.file(other);
    if (!file || file.text.length > largestFile) continue;
    if (patterns.some(pattern => pattern !== 'gunicorn.conf.py' && file.text.includes(pattern))) return true;
  }
  return false;
}

function unread(context: ServerContext, file: SourceFile, start: string): Fault {
  const word = context.program.word;
  const name = baseName(file.path);
  const inside = insideOf(context.place, file.path);
  const elsewhere = !inside.some(path => folderOf(path) === start || (folderOf(path) === '' && start === '/'));
  const why =
    name === 'gunicorn.conf.py'
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
  });
}

function relativePath(inside: string | undefined, start: string): string | undefined {
  if (inside === undefined) return undefined;
  const prefix = start === '/' ? '/' : `${start}/`;
  return inside.startsWith(prefix) ? inside.slice(prefix.length) : undefined;
}
