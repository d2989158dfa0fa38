import { readVariable } from './environment.js';
import type { LibraryCall, LibraryFunction } from './library.js';
import { makeSequence } from './machine.js';
import { parseWhole } from './strings.js';
import { constant, type Item, nothingGiven, textOf, unknown, type Value } from './values.js';

/**
 * Packages that read settings from the environment: python-decouple, django-environ and environs. A variable that the launch
 * sets is what they give; where it is not set, their files (`.env`) may set it, so only a default behind a closed environment
 * without such a file counts (django-environ and environs read a file only when told to).
 */
function reads(cast: string, fileDecides: boolean): LibraryFunction {
  return call => {
    const { machine, given } = call;
    const name = textOf(
      (given.positional[0] ?? given.keywords.get('name') ?? given.keywords.get('option') ?? given.keywords.get('var'))
        ?.value,
    );
    if (name === undefined) return unknown('the name of the environment variable cannot be told');
    const variable = readVariable(machine, name);
    if (variable.state === 'unknown') return unknown(variable.why, variable.via);
    const text = variable.state === 'set' ? textOf(variable.value) : undefined;
    if (text !== undefined)
      return convert(call, text, castName(call, cast), variable.state === 'set' ? variable.value : undefined);
    if (fileDecides) return unknown(`${name} may be set in a .env file`);
    const fallback = given.keywords.get('default') ?? given.positional[1] ?? schemeDefault(call, name);
    return fallback ? fallback.value : unknown(`${name} is not set in the environment`);
  };
}

function castName({ given }: LibraryCall, cast: string): string {
  const asked = given.keywords.get('cast');
  if (!asked) return cast;
  return asked.value.data.kind === 'external' ? asked.value.data.name : 'unknown';
}

function convert({ machine }: LibraryCall, text: string, cast: string, from: Value | undefined): Value {
  if (cast === 'str') return constant(text, 'str', from?.via);
  if (cast === 'int') {
    const whole = parseWhole(text, 10);
    return whole === undefined ? unknown('it is no whole number', from?.via) : constant(whole, 'int', from?.via);
  }
  if (cast === 'bool') {
    if (/^(?:true|yes|on|ok|y|t|1)$/i.test(text)) return constant(true, 'bool', from?.via);
    return /^(?:false|no|off|n|f|0)$/i.test(text)
      ? constant(false, 'bool', from?.via)
      : unknown('it is no truth value', from?.via);
  }
  if (cast === 'list' && !/["'()[\]\\]/.test(text)) {
    const items = text
      .split(',')
      .filter(part => part !== '')
      .map((part): Item => ({ value: constant(part, 'str', from?.via) }));
    return makeSequence(machine, 'list', items);
  }
  return unknown('how it is converted cannot be told', from?.via);
}

/** `environ.Env(DEBUG=(bool, False))`: the second of the pair. */
function schemeDefault({ self }: LibraryCall, name: string): Item | undefined {
  if (self?.data.kind !== 'made') return undefined;
  const scheme = (self.data.given ?? nothingGiven).keywords.get(name)?.value;
  if (scheme?.data.kind !== 'sequence') return undefined;
  const held = scheme.data.store.slots.values().next().value?.value.data;
  return held?.kind === 'items' ? held.items[1] : undefined;
}

const casts = [
  'str',
  'int',
  'bool',
  'list',
  'float',
  'url',
  'path',
  'json',
  'dict',
  'tuple',
  'db',
  'cache',
  'email',
  'log_level',
];

function methods(type: string): Record<string, LibraryFunction> {
  return Object.fromEntries(casts.map(cast => [`${type}.${cast}`, reads(cast, false)]));
}

/** `env("NAME")` of a scheme that names a type: the type is the scheme's. */
const environCall: LibraryFunction = call => {
  const name = textOf(call.given.positional[0]?.value) ?? '';
  const scheme = call.self?.data.kind === 'made' ? call.self.data.given.keywords.get(name) : undefined;
  return reads(scheme ? 'unknown' : 'str', false)(call);
};

export const configurationCalls: Readonly<Record<string, LibraryFunction>> = {
  'decouple.config': reads('str', true),
  'decouple.AutoConfig.__call__': reads('str', true),
  'decouple.Config.__call__': reads('str', true),
  'environ.Env.__call__': environCall,
  'environs.Env.__call__': environCall,
  'environs.env.__call__': environCall,
  ...methods('environ.Env'),
  ...methods('environs.Env'),
  ...methods('environs.env'),
  'starlette.config.Config.__call__': reads('str', true),
};
