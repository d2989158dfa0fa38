import type { Command } from '../../model/launch.js';
import type { Place } from '../../model/place.js';
import { parseShell } from '../../syntax/shell/parse.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { runList } from './execute.js';
import { follow } from './follow.js';
import type { ShellOutcome, ShellStart } from './outcome.js';
import { maximumSource, parseScript } from './script.js';
import { limits, type Machine, note, startState } from './state.js';

export type { GeneratedFile, ShellOutcome, ShellStart } from './outcome.js';

/**
 * Runs a script without running it: variables, branches that constants decide, functions and sourced files are followed to the
 * commands that it starts. Nothing is executed and no name is resolved.
 */
export function runScript(reader: Reader, file: SourceFile, start: ShellStart): ShellOutcome {
  const machine = newMachine(reader, start.place, start.defaultsHold);
  if (file.text.length > maximumSource)
    note(machine, { file, start: 0, end: 0 }, 'the script is too long to be followed');
  else runList(machine, startState(start, file), parseScript(machine, file));
  return outcome(machine);
}

/** The same for a command line that a shell reads: all of `file`, which is what `maskOutside` leaves of the file it stands in. */
export function runText(reader: Reader, file: SourceFile, start: ShellStart): ShellOutcome {
  const { from, to } = contentRange(file.text);
  return runRange(reader, file, from, to, start);
}

/** The same for a range of a file. */
export function runRange(reader: Reader, file: SourceFile, from: number, to: number, start: ShellStart): ShellOutcome {
  const machine = newMachine(reader, start.place, start.defaultsHold);
  if (to - from > maximumSource)
    note(machine, { file, start: from, end: from }, 'the command is too long to be followed');
  else runList(machine, startState(start, file), parseShell(file, from, to).nodes);
  return outcome(machine);
}

/** Follows a command that no shell reads (exec form, ExecStart) through wrappers and scripts to what is started in the end. */
export function followCommand(reader: Reader, command: Command, place: Place): ShellOutcome {
  const machine = newMachine(reader, place);
  follow(machine, command);
  return outcome(machine);
}

function newMachine(reader: Reader, place: Place, defaultsHold = false): Machine {
  return {
    reader,
    place,
    defaultsHold,
    commands: [],
    unresolved: [],
    generated: [],
    faults: [],
    scripts: new Map(),
    steps: limits.steps,
    depth: 0,
    nesting: 0,
    exits: 0,
    breaks: 0,
  };
}

function outcome(machine: Machine): ShellOutcome {
  const { commands, unresolved, generated, faults } = machine;
  return { commands, unresolved, generated, faults };
}

/** Without the blanks that masking leaves before and behind the text. */
function contentRange(text: string): { readonly from: number; readonly to: number } {
  let from = 0;
  let to = text.length;
  while (from < to && /\s/.test(text[from] ?? '')) from++;
  while (to > from && /\s/.test(text[to - 1] ?? '')) to--;
  return { from, to };
}
