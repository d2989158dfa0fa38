import type { Step } from '../../text/source.js';
import { branch, type Machine, openStore, write } from './machine.js';
import { constant, type Item, openSlot, reasonOf, textOf, unknown, type Value } from './values.js';

export type Variable =
  | { readonly state: 'set'; readonly value: Value }
  | { readonly state: 'absent' }
  /** It may be set, or is set to what nobody can tell. `present`: it is set. */
  | { readonly state: 'unknown'; readonly why: string; readonly present: boolean; readonly via?: readonly Step[] };

/** What the process sees as an environment variable at this point of the code. */
export function readVariable(machine: Machine, name: string): Variable {
  const own = machine.variables.slots.get(name);
  if (own && !own.maybe) {
    if (textOf(own.value) !== undefined) return { state: 'set', value: own.value };
    if (own.value.data.kind === 'constant') return { state: 'absent' };
    return { state: 'unknown', why: reasonOf(own.value), present: false };
  }
  if (own) return { state: 'unknown', why: `the code itself may set ${name}`, present: false };
  const given = machine.environment.variables.get(name);
  if (given) {
    const via = [...(given.span ? [{ span: given.span, message: `${name} is set here` }] : []), ...(given.via ?? [])];
    if (given.known) return { state: 'set', value: constant(given.value, 'str', via) };
    return { state: 'unknown', why: given.why, present: true, via };
  }
  const opened = machine.variables.slots.get(openSlot);
  if (opened && opened.value.data.kind === 'unknown')
    return { state: 'unknown', why: opened.value.data.why, present: false };
  if (machine.environment.open) {
    return { state: 'unknown', why: `${name} comes from the environment, which no file states`, present: false };
  }
  return { state: 'absent' };
}

/** `os.environ.get(name, default)`. */
export function getVariable(machine: Machine, name: string, fallback: Value): Value {
  const variable = readVariable(machine, name);
  if (variable.state === 'set') return variable.value;
  return variable.state === 'absent' ? fallback : unknown(variable.why, variable.via);
}

export function setVariable(machine: Machine, name: string, { value, at }: Item): void {
  write(machine, machine.variables, name, at ? { value, at } : { value });
}

/** `os.environ.setdefault(name, value)`. */
export function defaultVariable(machine: Machine, name: string, proposed: Item): Value {
  const variable = readVariable(machine, name);
  if (variable.state === 'set') return variable.value;
  if (variable.state === 'absent') {
    setVariable(machine, name, proposed);
    return proposed.value;
  }
  if (variable.present) return unknown(variable.why, variable.via);
  // Set from outside or, where it is not, by this call.
  return branch(
    machine,
    undefined,
    () => {
      setVariable(machine, name, { ...proposed, value: unknown(variable.why, variable.via) });
      return unknown(variable.why, variable.via);
    },
    () => {
      setVariable(machine, name, proposed);
      return proposed.value;
    },
    variable.why,
  );
}

/** From here on more variables may be set. */
export function openEnvironment(machine: Machine, why: string): void {
  if (!machine.variables.slots.has(openSlot)) write(machine, machine.variables, openSlot, { value: unknown(why) });
}

/** From here on any variable may have any value. */
export function blurEnvironment(machine: Machine, why: string): void {
  openStore(machine, machine.variables, why);
}
