import type { Setting } from '../../model/setting.js';
import { type Machine, type State, unknownValue, type Value, type Variable, valueText, variable } from './state.js';

interface Branch {
  readonly branch: State;
  /** How many commands there were when it began. */
  readonly from: number;
}

/**
 * Joins the ways that a script may have taken: what is the same in all of them stays known. A way that ends with an error does not
 * count; where only one is left, it is taken for certain.
 */
export function mergeBranches(machine: Machine, state: State, branches: readonly Branch[]): void {
  const open = branches.filter(({ branch }) => branch.alive !== 'failed');
  if (open.length === 0) {
    state.alive = 'failed';
    return;
  }
  const [only] = open;
  if (open.length === 1 && only && only.branch.alive === 'no') {
    promote(machine, state, only, branches[branches.indexOf(only) + 1]?.from ?? machine.commands.length);
  }
  const going = open.filter(({ branch }) => branch.alive !== 'no').map(({ branch }) => branch);
  if (going.length === 0) {
    state.alive = 'no';
    return;
  }
  if (going.length < open.length || going.some(branch => branch.alive === 'maybe')) state.alive = 'maybe';
  mergeVariables(state, going);
  for (const branch of going) for (const [name, body] of branch.functions) state.functions.set(name, body);
  state.open = going.some(branch => branch.open);
  const directory = agreed(going.map(branch => branch.directory));
  state.directory = directory ?? { name: 'cd', origin: 'command line', known: false, why: 'it depends on a condition' };
  const [first] = going;
  const same = first && going.every(branch => sameParameters(branch, first));
  if (first) state.parameters = same ? first.parameters : [];
  state.parametersOpen = !same || going.some(branch => branch.parametersOpen);
}

function promote(machine: Machine, state: State, only: Branch, to: number): void {
  if (!state.certain || state.alive !== 'yes') return;
  for (let index = only.from; index < to; index++) {
    const command = machine.commands[index];
    if (command && index === to - 1) machine.commands[index] = { ...command, certain: true };
  }
}

function mergeVariables(state: State, going: readonly State[]): void {
  const names = new Set(going.flatMap(branch => [...branch.variables.keys()]));
  for (const name of names) {
    const seen = going.map(branch => variable(branch, name) ?? inherited(state, name));
    const [first] = seen;
    if (!first) continue;
    const text = first.value && valueText(first.value);
    const same = seen.every(
      other => other === first || (text !== undefined && other.value && valueText(other.value) === text),
    );
    const value: Value | undefined = same
      ? first.value
      : { ...unknownValue('it depends on a condition', seen.find(other => other.value?.span)?.value?.span), via: [] };
    const joined: Variable = { ...(value && { value }), exported: seen.some(other => other.exported) };
    state.variables.set(name, joined);
  }
}

/** A variable that a branch left as it was: from the environment, where it is exported, or not set at all. */
function inherited(state: State, name: string): Variable {
  const given = state.base.get(name);
  if (!given) return { exported: false };
  return {
    exported: true,
    value: given.known
      ? { parts: [{ known: true, text: given.value }], via: [] }
      : { parts: [{ known: false, text: `$${name}`, why: given.why }], via: [] },
  };
}

function agreed(settings: readonly Setting<string>[]): Setting<string> | undefined {
  const [first] = settings;
  return first &&
    settings.every(other => other === first || (other.known && first.known && other.value === first.value))
    ? first
    : undefined;
}

function sameParameters(a: State, b: State): boolean {
  return (
    a.parameters === b.parameters ||
    (a.parameters.length === b.parameters.length &&
      a.parameters.every((word, index) => word.known && word.text === b.parameters[index]?.text))
  );
}
