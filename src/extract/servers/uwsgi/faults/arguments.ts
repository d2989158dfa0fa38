import { uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault } from '../../../../model/fault.js';
import type { Word } from '../../../../model/word.js';
import { nearest } from '../../../../text/near.js';
import type { ArgumentProblem } from '../../arguments.js';
import { fault, locateFrom, replacement, type ServerContext, startFolder } from '../../context.js';
import { contentSpan, isVerbatim } from '../../words.js';

/** What getopt_long refuses: uWSGI then ends with "getopt_long() error". */
export function argumentFaults(problems: readonly ArgumentProblem[]): readonly Fault[] {
  return problems.flatMap(problem => {
    const { word } = problem;
    const span = contentSpan(word);
    const flag = word.text.split('=', 1)[0] ?? word.text;
    if (problem.kind === 'unknown') return [unknownFlag(word, flag)];
    if (problem.kind === 'no value') {
      const message = `${flag} needs a value; uWSGI refuses the command line and does not start`;
      return [fault('uwsgi/unknown-option', span, message, { log: `uwsgi: option '${flag}' requires an argument` })];
    }
    if (problem.kind !== 'unwanted value') return [];
    const message = `${flag} takes no value; uWSGI refuses the command line and does not start`;
    return [fault('uwsgi/unknown-option', span, message, { log: `uwsgi: option '${flag}' doesn't allow an argument` })];
  });
}

function unknownFlag(word: Word, flag: string): Fault {
  const span = contentSpan(word);
  const near = flag.startsWith('--') ? nearest(flag.slice(2), uwsgiOptions.keys()) : undefined;
  const place = isVerbatim(word) ? { ...span, end: span.start + flag.length } : undefined;
  const repairs = near !== undefined && place ? [replacement(`Write --${near}`, place, `--${near}`)] : [];
  const hint = near !== undefined ? `; did you mean --${near}?` : '';
  const message = `uWSGI has no option ${flag} and does not start${hint}`;
  return fault('uwsgi/unknown-option', span, message, { repairs, log: `uwsgi: unrecognized option '${flag}'` });
}

/** A word that stands alone and whose ending uWSGI does not load: core/uwsgi.c (`uwsgi_opt_load`) of 2.0.21. */
export function positionalFault(context: ServerContext, word: Word): Fault {
  const span = contentSpan(word);
  const option = meantOption(context, word.text);
  const insert = { ...span, end: span.start };
  const repairs =
    option !== undefined && isVerbatim(word) ? [replacement(`Write ${option} ${word.text}`, insert, `${option} `)] : [];
  const message =
    `uWSGI cannot load ${word.text}: a file that is named alone must end in .ini, .xml, .yaml, .yml, .json or .js` +
    (option === undefined ? '' : `; ${option} takes it`);
  return fault('uwsgi/config-not-loaded', span, message, {
    repairs,
    log: `unable to load configuration from ${word.text}`,
  });
}

function meantOption(context: ServerContext, text: string): string | undefined {
  if (/\.ini:[\w-]+$/.test(text)) return '--ini';
  if (/\.py$/.test(text)) return '--wsgi-file';
  if (/^[A-Za-z_][\w.]*:[A-Za-z_]\w*$/.test(text)) return '--module';
  const located = locateFrom(context, startFolder(context), text);
  return located.kind === 'file' && /^\[uwsgi\]\s*$/m.test(located.file.text) ? '--ini' : undefined;
}
