import { once } from '../../facts/once.js';
import type { Span } from '../../text/source.js';
import { builtinCalls } from './builtins.js';
import { configurationCalls } from './configuration.js';
import type { Frame, Machine } from './machine.js';
import { containerCall, textCall } from './methods.js';
import { pathCalls, pathMethod } from './paths.js';
import { processCalls } from './process.js';
import type { Given, Value } from './values.js';

/** A call of something that is not ours, with everything needed to tell what it gives. */
export interface LibraryCall {
  readonly machine: Machine;
  readonly frame: Frame;
  readonly name: string;
  readonly self?: Value;
  readonly given: Given;
  readonly site: Span;
}

/** Gives the result; undefined leaves the call to be noted as one of an installed package. */
export type LibraryFunction = (call: LibraryCall) => Value | undefined;

/** By qualified name; the first table that knows a name counts. */
const functions = once(
  (): ReadonlyMap<string, LibraryFunction> =>
    new Map([configurationCalls, pathCalls, processCalls, builtinCalls].flatMap(table => Object.entries(table))),
);

/**
 * What a function of Python's library gives that only computes, or that changes what evaluation knows (the environment, a
 * list, the search path). Undefined for every other call.
 */
export function libraryCall(call: LibraryCall): Value | undefined {
  const { name, self } = call;
  const known = functions().get(name);
  if (known) return known(call);
  if (!self) return undefined;
  const method = name.slice(name.lastIndexOf('.') + 1);
  if (self.data.kind === 'path') return pathMethod(call, self.data.path, method);
  if (self.data.kind === 'sequence' || self.data.kind === 'dict') return containerCall(call, self, method);
  if (self.data.kind === 'constant' || self.data.kind === 'text') return textCall(call, self, method);
  return undefined;
}
