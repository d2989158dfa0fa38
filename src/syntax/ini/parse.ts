import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import { iniBuilder, keyAndValue, type Line, splitLines, trimLine } from './lines.js';
import { readSupervisor } from './supervisor.js';
import { readSystemd } from './systemd.js';
import type { IniDialect, IniTree } from './tree.js';

/**
 * Reads an ini-like file as the named tool does. Never throws; what the tool refuses or ignores is a problem, and the rest is
 * read as the tool would.
 */
export function parseIni(file: SourceFile, dialect: IniDialect): IniTree {
  if (dialect === 'uwsgi') return readUwsgi(file);
  return dialect === 'systemd' ? readSystemd(file) : readSupervisor(file);
}

const blank = (char: string): boolean => char === ' ' || char === '\t' || char === '\r';

/**
 * Source: uWSGI 2.0.21 `core/ini.c`. Lines end at LF; `;` and `#` are comments at the start of a line only; the name of a
 * section is the text behind `[` without its last character, whatever that is; all before the first header has the section
 * name "" and is read by nobody.
 */
function readUwsgi(file: SourceFile): IniTree {
  const builder = iniBuilder(file);
  for (const whole of splitLines(file.text, '\n')) {
    const line = trimLine(file.text, whole, blank);
    if (line.start === line.end) continue;
    const first = file.text[line.start];
    if (first === ';' || first === '#') builder.comment(line);
    else if (first === '[') {
      const end = Math.max(line.start + 1, line.end - 1);
      builder.section(file.text.slice(line.start + 1, end), span(file, line.start + 1, end), line);
      if (file.text[line.end - 1] !== ']') builder.problem(line, headerMessage(file.text, line));
    } else {
      const equals = file.text.indexOf('=', line.start);
      const parts = keyAndValue(file, line, equals >= 0 && equals < line.end ? equals : -1, blank);
      const key = file.text.slice(parts.keySpan.start, parts.keySpan.end);
      builder.entry({ key, ...parts, span: span(file, line.start, line.end) });
    }
  }
  return builder.finish();
}

function headerMessage(text: string, line: Line): string {
  const name = text.slice(line.start + 1, Math.max(line.start + 1, line.end - 1));
  return `uWSGI takes everything but the last character as the name of this section: "${name}"`;
}
