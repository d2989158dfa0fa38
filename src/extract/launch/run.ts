import type { Word } from '../../model/word.js';
import type { SourceFile, Span } from '../../text/source.js';
import { runList, type Status } from './execute.js';
import { maximumSource, parseScript } from './script.js';
import { limits, type Machine, note, type State } from './state.js';

/** Runs a file in a shell that is already there (`source`). `inside`: its path inside the place. */
export function runFile(
  machine: Machine,
  state: State,
  file: SourceFile,
  inside: string,
  parameters: readonly Word[],
  from: Span,
): Status {
  if (machine.depth >= limits.depth || file.text.length > maximumSource) {
    note(machine, from, `${file.path} is not followed, because scripts are nested too deeply or it is too long`);
    return 'unknown';
  }
  const before = {
    file: state.file,
    source: state.source,
    parameters: state.parameters,
    open: state.parametersOpen,
    alive: state.alive,
  };
  const { exits } = machine;
  machine.depth++;
  machine.steps -= file.text.length >> 8;
  state.file = file;
  state.source = inside;
  if (parameters.length > 0) {
    state.parameters = parameters;
    state.parametersOpen = false;
  }
  const status = runList(machine, state, parseScript(machine, file));
  machine.depth--;
  state.file = before.file;
  state.source = before.source;
  if (parameters.length > 0) {
    state.parameters = before.parameters;
    state.parametersOpen = before.open;
  }
  if (machine.exits === exits) state.alive = before.alive;
  return status;
}
