import type { Fault } from '../../model/fault.js';
import { fault, locateFrom, namedVariable, type ServerContext, startFolder } from './context.js';

/** Ways of a file to start something itself; such a file may be a launcher on purpose. */
const starting =
  /\b(?:exec\w*|popen|run\w*|serve\w*|spawn\w*|system|call|main|import_module)[ \t]*\(|__main__|__import__/i;

/**
 * `python -m gunicorn` beside a file gunicorn.py: the folder that it is started in comes first on the search path, so Python runs that file
 * and ends with status 0.
 */
export function shadowFaults(context: ServerContext): readonly Fault[] {
  const { program } = context;
  if (!program.asModule || isolated(context)) return [];
  const name = program.word.text.split('.', 1)[0] ?? '';
  const found = locateFrom(context, startFolder(context), `${name}.py`);
  if (found.kind !== 'file' || starting.test(found.file.text)) return [];
  const message =
    `"python -m ${program.word.text}" runs the file ${found.file.path}, not the program ${name}: the folder it is started in comes first on Python's search path. ` +
    `That file is worked off and the process ends without a message`;
  const related = [
    { span: { file: found.file, start: 0, end: lineEnd(found.file.text) }, message: 'this file is run' },
  ];
  return [fault('process/cannot-start', program.word.span, message, { related })];
}

/** `python -P` and `-I` leave the folder out, as PYTHONSAFEPATH does. */
function isolated(context: ServerContext): boolean {
  const { words } = context.command;
  const before = words.slice(0, words.indexOf(context.program.word));
  return (
    before.some(({ text }) => /^-[A-Za-z]*[PI]/.test(text)) || namedVariable(context, 'PYTHONSAFEPATH').state === 'set'
  );
}

function lineEnd(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}
