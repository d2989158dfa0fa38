import type { Command } from '../../model/launch.js';
import type { Word, WordPart } from '../../model/word.js';
import { parseShell } from '../../syntax/shell/parse.js';
import type { SourceFile, Span } from '../../text/source.js';
import { runList } from './execute.js';
import { maximumSource } from './script.js';
import { limits, type Machine, note, startState, type Variable } from './state.js';

/** Runs the text of one word as `sh -c` does; `rest` are `$0` and the parameters. */
export function runShellWord(machine: Machine, command: Command, word: Word, rest: readonly Word[]): void {
  const found = word.known ? inFile(word) : undefined;
  if (found) {
    runShellRange(machine, command, word.span.file, found.start, found.end, rest);
    return;
  }
  const { text, variables } = rebuilt(word.parts);
  const file = { path: word.span.file.path, text };
  run(machine, command, { file, start: 0, end: text.length, words: rest, place: word.span, variables });
}

/** Runs a range of a file as a command line of a new shell. */
export function runShellRange(
  machine: Machine,
  command: Command,
  file: SourceFile,
  start: number,
  end: number,
  words: readonly Word[] = [],
): void {
  run(machine, command, { file, start, end, words });
}

interface Text {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  /** `$0` and the parameters. */
  readonly words: readonly Word[];
  /** Where the text is written, if not letter by letter in the file. */
  readonly place?: Span;
  readonly variables?: ReadonlyMap<string, Variable>;
}

function run(machine: Machine, command: Command, text: Text): void {
  const { file, start, end } = text;
  if (machine.depth >= limits.depth || end - start > maximumSource) {
    note(
      machine,
      text.place ?? { file, start, end: start },
      'commands are nested too deeply or too long to be followed',
    );
    return;
  }
  machine.depth++;
  machine.steps -= (end - start) >> 8;
  const state = startState(
    {
      place: machine.place,
      environment: command.environment,
      environmentOpen: command.environmentOpen,
      workingDirectory: command.workingDirectory,
      parameters: text.words.slice(1),
      ...(text.words[0]?.known && { script: text.words[0].text }),
      via: command.via,
      certain: command.certain,
      ...(command.user && { user: command.user }),
    },
    file,
    text.place,
  );
  if (command.umask) state.umask = command.umask;
  for (const [name, value] of text.variables ?? []) state.variables.set(name, value);
  const { exits } = machine;
  runList(machine, state, parseShell(file, start, end).nodes);
  machine.exits = exits;
  machine.depth--;
}

/** The range of the file that holds the word's text letter by letter. */
function inFile(word: Word): { readonly start: number; readonly end: number } | undefined {
  const { file, start, end }: Span = word.span;
  const offset = file.text.slice(start, end).indexOf(word.text);
  return offset < 0 ? undefined : { start: start + offset, end: start + offset + word.text.length };
}

/** The text with each unknown piece behind a variable of its own, so that the rest can still be read. */
function rebuilt(parts: readonly WordPart[]): {
  readonly text: string;
  readonly variables: ReadonlyMap<string, Variable>;
} {
  const variables = new Map<string, Variable>();
  let text = '';
  for (const part of parts) {
    if (part.known) text += part.text;
    else {
      const name = `__unknown_${variables.size}`;
      variables.set(name, { exported: false, value: { parts: [part], via: [] } });
      text += `\${${name}}`;
    }
  }
  return { text, variables };
}
