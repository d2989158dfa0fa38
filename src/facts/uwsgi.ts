import { once } from './once.js';
import table from './uwsgi-options.json' with { type: 'json' };

/** A uWSGI option of 2.0.30 or master. */
export interface UwsgiOption {
  readonly name: string;
  /** `core` or the plugins that define it. */
  readonly plugins: readonly string[];
  readonly argument: 'no' | 'required' | 'optional';
  readonly short?: string;
  /** `bool int megabytes string list map socket gateway load plugin logic env placeholder mode ...`. */
  readonly type: string;
  readonly repeats: boolean;
  readonly protocol?: string;
  readonly default?: string | number | boolean;
  /** Other settings that it switches on. */
  readonly implies: readonly string[];
  /** Other names of the same setting. */
  readonly aliases: readonly string[];
  /** Only in master, in no release. */
  readonly unreleased: boolean;
}

interface Row {
  readonly plugin: string | readonly string[];
  readonly arg: 'no' | 'required' | 'optional';
  readonly short?: string;
  readonly type: string;
  readonly repeats: boolean;
  readonly protocol?: string;
  readonly default?: string | number | boolean;
  readonly implies?: readonly string[];
  readonly sameAs?: readonly string[];
  readonly since?: string;
}

// Most runs meet no uWSGI, so its large table is made ready only when it is asked for.
const options = once(
  (): ReadonlyMap<string, UwsgiOption> =>
    new Map(
      Object.entries(table.options as unknown as Readonly<Record<string, Row>>).map(([name, row]) => [
        name,
        {
          name,
          plugins: typeof row.plugin === 'string' ? [row.plugin] : row.plugin,
          argument: row.arg,
          ...(row.short !== undefined && { short: row.short }),
          type: row.type,
          repeats: row.repeats,
          ...(row.protocol !== undefined && { protocol: row.protocol }),
          ...(row.default !== undefined && { default: row.default }),
          implies: row.implies ?? [],
          aliases: row.sameAs ?? [],
          unreleased: row.since?.startsWith('master') ?? false,
        },
      ]),
    ),
);

/** Every option by name. Source: the table's own `source` and `commit`. */
export const uwsgiOptions: Pick<ReadonlyMap<string, UwsgiOption>, 'get' | 'has' | 'keys' | 'values'> = {
  get: name => options().get(name),
  has: name => options().has(name),
  keys: () => options().keys(),
  values: () => options().values(),
};

/** Names that people know best, where a setting has several. */
const preferred: readonly string[] = [
  'processes',
  'virtualenv',
  'module',
  'wsgi-file',
  'plugins',
  'pythonpath',
  'chmod-socket',
  'protocol',
  'stats',
  'http',
  'ini',
  'yaml',
  'json',
  'xml',
  'set-placeholder',
  'mount',
  'py-autoreload',
];

const canonical = once(
  (): ReadonlyMap<string, string> =>
    new Map(
      [...uwsgiOptions.values()].map(option => {
        const names = [option.name, ...option.aliases];
        return [option.name, preferred.find(name => names.includes(name)) ?? [...names].sort()[0] ?? option.name];
      }),
    ),
);

/** Names whose functions take the same thing in core/uwsgi.c and plugins/python, though they share no variable. */
const sameFunction: Readonly<Record<string, string>> = {
  chmod: 'chmod-socket',
  plugin: 'plugins',
  'need-plugin': 'plugins',
  'need-plugins': 'plugins',
  'python-path': 'pythonpath',
  pp: 'pythonpath',
  set: 'set-placeholder',
  'set-ph': 'set-placeholder',
  yml: 'yaml',
  js: 'json',
  xmlconfig: 'xml',
};

/** One name for all aliases of a setting (`workers` is `processes`); the name itself where there is no such option. */
export function canonicalOption(name: string): string {
  return Object.hasOwn(sameFunction, name) ? (sameFunction[name] ?? name) : (canonical().get(name) ?? name);
}

/** Variables with the prefix UWSGI_ that are no options: `general.environment.notOptions`. */
export const privateVariables = once((): ReadonlySet<string> => new Set(table.general.environment.notOptions));

/**
 * The option behind a single letter, where several names share it: the first in the source wins (core/uwsgi.c of 2.0.21, `uwsgi_base_options`).
 */
const letters: Readonly<Record<string, string>> = {
  s: 'socket',
  x: 'xmlconfig',
  y: 'yaml',
  j: 'json',
  p: 'processes',
  C: 'chmod-socket',
  w: 'module',
  H: 'home',
};

const byLetter = once((): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { short, name } of uwsgiOptions.values())
    if (short !== undefined && !found.has(short)) found.set(short, name);
  return new Map([...found, ...Object.entries(letters)]);
});

export function optionOfLetter(letter: string): string | undefined {
  return byLetter().get(letter);
}
