import { type SourceFile, type Span, span } from '../text/source.js';

const listing = new Set(
  `pyproject.toml pyproject.lock pdm.toml pdm.lock uv.toml uv.lock poetry.toml poetry.lock pipfile pipfile.lock setup.py setup.cfg environment.yml
  environment.yaml containerfile`.split(/\s+/),
);
const scripts = ['.sh', '.bash', '.nix'];

/** True for the name of a file that lists or installs packages. */
export function declaresPackages(path: string): boolean {
  const folders = path.toLowerCase().split('/');
  const name = folders.pop() ?? '';
  if (listing.has(name) || folders.at(-1) === 'requirements' || name.includes('dockerfile')) return true;
  if (name.startsWith('requirements') && (name.endsWith('.txt') || name.endsWith('.in'))) return true;
  if (name.includes('constraints') && name.endsWith('.txt')) return true;
  return scripts.some(ending => name.endsWith(ending) && name.length > ending.length);
}

/** The text of a file that lists packages, and where a part of it stands in the file. */
export interface PackageList {
  readonly text: string;
  readonly place: (start: number, end: number) => Span;
}

/**
 * Reads it as pip does, which takes a list in UTF-16 with a byte order mark, as PowerShell's `pip freeze > requirements.txt` writes it. The text of
 * such a file is its bytes, one character each.
 */
export function packageList(file: SourceFile): PackageList {
  const { text } = file;
  const mark = text.slice(0, 2);
  if (mark !== '\u00ff\u00fe' && mark !== '\u00fe\u00ff')
    return { text, place: (start, end) => span(file, start, end) };
  const low = mark === '\u00ff\u00fe' ? 2 : 3;
  let read = '';
  for (let at = low; at < text.length; at += 2) read += text[at] ?? '';
  return { text: read, place: (start, end) => span(file, 2 + 2 * start, 2 + 2 * end) };
}

/** True for a script, in which a line may start a program as well as install it. */
export function isScript(path: string): boolean {
  return scripts.some(ending => path.toLowerCase().endsWith(ending));
}
