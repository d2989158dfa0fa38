import { imageName } from '../../facts/images.js';
import type { Problem } from '../../text/source.js';
import type { Reader } from '../reader.js';

/** What Python 2 accepts and Python 3 refuses, by the words of our own messages or by the line itself. */
const oldMessages =
  /^(?:missing parentheses in call to|invalid syntax: "raise" takes one value|Python 3 does not (?:know|unpack))/;
const oldLines = /^\s*(?:except\b[^#\n]*,\s*\w+\s*:|print\b\s*[^\s(=.,)\]]|exec\s+["'\w]|raise\s+\w+\s*,)|`[^`\n]+`|<>/;

/** True for a mistake that none is for Python 2. */
export function isOldSyntax({ span, message }: Problem): boolean {
  if (oldMessages.test(message)) return true;
  const { text } = span.file;
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const [line = ''] = text.slice(start, start + 500).split(/\r?\n/, 1);
  return oldLines.test(line);
}

/** Syntax of Python 3 alone, in a module beside the one in question. */
const newSyntax = [
  /[\s(,=[{+][rR]?f["']/,
  /^[ \t]{0,40}async def /m,
  /^[ \t]{1,40}nonlocal /m,
  /^[ \t]{0,40}def \w+\([^()\n]{0,300}\) -> /m,
  / from None$/m,
  /\byield from /,
];

/** Files that say which Python is meant, each with what says that it is the third. */
const statements: readonly (readonly [string, RegExp])[] = [
  ['runtime.txt', /^python-3/m],
  ['.python-version', /^(?:[\w-]*python-)?3\./m],
  ['.tool-versions', /^python\s+3/m],
  ['Pipfile', /^python_(?:full_)?version\s*=\s*["']3/m],
  ['pyproject.toml', /^(?:requires-python|python)[ \t]{0,20}=[ \t]{0,20}["'][>=~^ ]{0,4}3/m],
];

/**
 * True where it is stated that the code is run by Python 3: by the image, by a file for that purpose, or by a first-party module that only
 * Python 3 reads. False where nothing tells: a project of its time may well be run by Python 2.
 */
export function isPython3(reader: Reader, image: string, texts: readonly string[]): boolean {
  if (/(?:^|[/-])python$/.test(imageName(image))) return !/:2/.test(image);
  if (/python-?3/.test(image)) return true;
  return (
    texts.some(text => newSyntax.some(one => one.test(text))) ||
    reader.once('a statement of Python 3', () => states3(reader))
  );
}

function states3(reader: Reader): boolean {
  return statements.some(([name, pattern]) =>
    reader.files().some(path => {
      if (path !== name && !path.endsWith(`/${name}`)) return false;
      return pattern.test(reader.file(path)?.text ?? '');
    }),
  );
}
