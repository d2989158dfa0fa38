import { baseName, joinRepo } from '../../model/place.js';
import type { Word } from '../../model/word.js';
import { isSlip } from '../../text/near.js';
import type { Reader } from '../reader.js';

/** Options of the servers whose value names a file or folder. */
const fileOptions = new Set([
  '-c',
  '--config',
  '--ini',
  '-i',
  '--yaml',
  '--yml',
  '--json',
  '--xml',
  '-x',
  '-y',
  '-j',
  '--wsgi-file',
  '--file',
  '--emperor',
]);

/** Programs whose last operand names the module to load. */
const loaders = new Set(['gunicorn', 'gunicorn3', 'uvicorn', 'hypercorn', 'daphne', 'waitress-serve', 'granian']);

/**
 * What a command line names relative to its working directory: files as they are written, modules as `a/b` without an ending. The same
 * name twice counts once.
 */
export function namesIn(words: readonly Word[]): readonly string[] {
  const found = new Set<string>();
  const file = (text: string): void => {
    const path = beforePattern(text.replace(/^(?:file:|python:)/, '').split(':', 1)[0] ?? '');
    if (path !== '' && !path.startsWith('/') && !path.startsWith('-')) found.add(path);
  };
  const program = words[0] ? baseName(words[0].text) : '';
  words.forEach((word, index) => {
    if (!word.known || (index === 0 && !/^\.{1,2}\//.test(word.text))) return;
    const option = words[index - 1]?.text ?? '';
    const text = word.text;
    const equals = text.indexOf('=');
    if (text.startsWith('-') && equals > 0) {
      if (fileOptions.has(text.slice(0, equals))) file(text.slice(equals + 1));
    } else if (fileOptions.has(option)) {
      if (!text.startsWith('-')) file(text);
    } else if (/^\.{0,2}[\w./-]+\.(?:py|sh|ini|ya?ml|json|xml|toml|conf)$/.test(text)) file(text);
    else if (isModule(text, program, index === words.length - 1 && !option.startsWith('-')))
      found.add(`${(text.split(':', 1)[0] ?? '').replaceAll('.', '/')}#module`);
  });
  return [...found];
}

/** The folder that a pattern begins with (`vassals/*.ini`); a path without one stays as it is. */
function beforePattern(path: string): string {
  const at = path.search(/[*?[]/);
  return at < 0 ? path : path.slice(0, Math.max(0, path.lastIndexOf('/', at)));
}

function isModule(text: string, program: string, last: boolean): boolean {
  if (text.length > 200) return false;
  if (/^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(.*\))?$/.test(text))
    return !/^(?:unix|fd|tcp|file|python|localhost|https?)$/.test(text.split(':', 1)[0] ?? '');
  if (/^[A-Za-z_]\w*(?:\.\w+)*\.[wa]sgi(?:_\w+)?$/.test(text)) return true;
  return last && loaders.has(program) && /^[A-Za-z_][\w.]*$/.test(text);
}

/** True when everything that is named lies in this folder of the repository. */
export function fitsFolder(reader: Reader, folder: string, names: readonly string[]): boolean {
  return names.every(name => isThere(reader, folder, name));
}

export function isThere(reader: Reader, folder: string, name: string): boolean {
  if (!name.endsWith('#module')) {
    const path = joinRepo(folder, name);
    return path !== undefined && reader.kind(path) !== 'missing';
  }
  const path = joinRepo(folder, name.slice(0, -'#module'.length));
  return path !== undefined && (reader.kind(`${path}.py`) === 'file' || reader.kind(`${path}/__init__.py`) === 'file');
}

/** A module that lies in this folder but for a slip in one part of its name. */
export function isNearlyThere(reader: Reader, folder: string, name: string): boolean {
  if (!name.endsWith('#module')) return false;
  const parts = name.slice(0, -'#module'.length).split('/');
  return parts.some((part, at) => {
    const above = joinRepo(folder, parts.slice(0, at).join('/'));
    if (above === undefined) return false;
    const near = new Set(reader.list(above).map(each => each.replace(/\.py$/, '')));
    return [...near].some(right => {
      const path = [...parts.slice(0, at), right, ...parts.slice(at + 1)].join('/');
      return isSlip(part, right) && isThere(reader, folder, `${path}#module`);
    });
  });
}
