import type { Launch } from '../../model/launch.js';
import { baseName, type Place } from '../../model/place.js';
import { literalWord } from '../../model/word.js';
import type { SourceFile } from '../../text/source.js';
import { insideOf } from '../place/files.js';

/** How uWSGI is told to read a file of this ending (core/uwsgi.c: options of the same names). */
function flagFor(path: string): string {
  if (/\.xml$/i.test(path)) return '--xml';
  if (/\.ya?ml$/i.test(path)) return '--yaml';
  return /\.js(?:on)?$/i.test(path) ? '--json' : '--ini';
}

/**
 * A uWSGI configuration that nothing in its folder starts: an Emperor's vassal, a file of the distribution's service, a command that nobody
 * wrote down. It is read as if uWSGI were started with it, from a folder that is not known.
 */
export function looseUwsgi(file: SourceFile, place: Place): Launch | undefined {
  const [inside] = insideOf(place, file.path);
  if (inside === undefined || isTemplate(file)) return undefined;
  const span = { file, start: 0, end: Math.min(file.text.length, firstLine(file.text)) };
  const words = ['uwsgi', flagFor(file.path), inside].map(text => literalWord(text, span));
  return {
    kind: 'information',
    name: baseName(file.path),
    place,
    span,
    commands: [
      {
        words,
        environment: new Map(),
        environmentOpen: true,
        workingDirectory: {
          name: 'the working directory',
          origin: 'default',
          known: false,
          why: 'nothing in the repository starts it',
        },
        span,
        via: [],
        certain: true,
      },
    ],
    passedSockets: [],
    unresolved: [],
  };
}

/** Names of files that it takes in, or has its vassals take in: they are no configuration by themselves, placeholders of theirs are set elsewhere. */
export function partsNamedIn({ text }: SourceFile): readonly string[] {
  const named = text.matchAll(
    /^[ \t]*(?:vassals-)?(?:include|inherit|ini|import)(?:-before)?[ \t]*=[ \t]*([^\s;#]{1,300})/gm,
  );
  return [...named].map(found => baseName(found[1] ?? ''));
}

/** Something fills it in before uWSGI reads it, so what it says is not what uWSGI gets. */
function isTemplate({ path, text }: SourceFile): boolean {
  return (
    /\.(?:j2|jinja2?|tpl|tmpl|template|in|erb|example|sample|skel|skeleton|orig|dist)$/i.test(path) ||
    /\{\{|\{%|<%|\$\{\w+\}/.test(text)
  );
}

function firstLine(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}
