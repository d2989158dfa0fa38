import type { Reader } from '../reader.js';

/** Programs and services that fill in placeholders; any trace of one makes every placeholder possible. */
const renderers =
  /envsubst|gomplate|dockerize|\bconfd\b|consul-template|jinja|ansible|chezmoi|templatefile|nginx\/templates|string import Template|\bsed\b[^\n]*nginx|cookiecutter|copier|terraform|helm/i;

/** A repository that is larger than this is not searched: then nothing is said. */
const mostFiles = 3_000;
const mostBytes = 20_000_000;

/**
 * True for a name that nothing in the repository would fill in: no other file than those of `own` mentions it, and nothing in the
 * repository fills in templates at all.
 */
export function isUnfilled(reader: Reader, own: ReadonlySet<string>, name: string): boolean {
  const texts = reader.once('every text', () => everyText(reader));
  if (!texts) return false;
  const named = new RegExp(`\\b${name}\\b`);
  return !texts.some(({ path, text }) => renderers.test(text) || (!own.has(path) && named.test(text)));
}

function everyText(reader: Reader): readonly { readonly path: string; readonly text: string }[] | undefined {
  const paths = reader.files();
  if (paths.length > mostFiles) return undefined;
  const found: { readonly path: string; readonly text: string }[] = [];
  let bytes = 0;
  for (const path of paths) {
    const text = reader.file(path)?.text ?? '';
    bytes += text.length;
    if (bytes > mostBytes) return undefined;
    found.push({ path, text });
  }
  return found;
}
