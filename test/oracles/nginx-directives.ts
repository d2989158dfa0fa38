import fc from 'fast-check';
import { type DirectiveRow, directiveNames, directiveRows } from '../../src/facts/nginx.js';

/** A configuration with statements of one block, one statement a line. */
export interface Sample {
  readonly context: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: boolean;
}

/** How each context is opened and closed; what stands in it begins on line `firstLine`. */
const frames: Readonly<Record<string, readonly [string, string]>> = {
  main: ['events { }', 'http { }'],
  events: ['events {', '} http { }'],
  http: ['events { } http {', ' server { listen 22999; location /w { } } }'],
  upstream: ['events { } http { upstream u {', ' server 127.0.0.1:1; } }'],
  server: ['events { } http { server { listen 22999;', '} }'],
  location: ['events { } http { server { listen 22999; location /w {', '} } }'],
  'if in server': ['events { } http { server { listen 22999; if ($host) {', '} } }'],
  'if in location': ['events { } http { server { listen 22999; location /w { if ($host) {', '} } } }'],
  limit_except: ['events { } http { server { listen 22999; location /w { limit_except GET {', '} } } }'],
};

export const firstLine = 2;

export function textOf({ context, statements }: Sample): string {
  const [before, after] = frames[context] ?? ['', ''];
  return [before, ...statements.map(written), after, ''].join('\n');
}

function written({ name, args, block }: Statement): string {
  return `${[name, ...args].join(' ')}${block ? ' { }' : ';'}`;
}

/** Directives that look at the machine before anything else (files, users, modules, temporary folders), or that only one program may have. */
const ofTheMachine =
  /^(?:include|load_module|user|pid|lock_file|error_log|daemon|master_process|worker_(?:cpu_affinity|priority|rlimit_\w+)|working_directory|debug_points|ssl_engine|thread_pool|use|env|perl\w*|xslt\w*|image_filter\w*|geoip\w*|google_perftools\w*|.*_(?:certificate|certificate_key|crl|dhparam|stapling_file|ticket_key|password_file|trusted_certificate|client_certificate)|.*temp_path|.*cache_path|proxy_store|state|js_\w+|otel_\w+|memcached_\w+|mirror\w*|scgi_\w+|grpc_\w+)$/;

/** Words for any argument, sound and unsound. */
const anyWord = fc.constantFrom(
  ...['on', 'off', '0', '1', '5', '-1', '99999999999', '5s', '1m', '60sec', '1.5m', '8k', '10m', '8kb', '1g'],
  ...[
    'a',
    '/x',
    '$host',
    '$nope',
    '""',
    'http://127.0.0.1:1',
    '127.0.0.1',
    '80',
    '404',
    'any',
    'default',
    '=',
    '"a b"',
    'x=1',
  ],
);

function wordsFor({ type, values, flag }: DirectiveRow): fc.Arbitrary<string> {
  const own = flag
    ? ['on', 'off', 'On', 'yes']
    : type.startsWith('time')
      ? ['5s', '1m', '60', '500ms', '5S', '1h30m', '2d', '1.5s', '10M']
      : type.includes('size') || type === 'bufs' || type === 'offset'
        ? ['4k', '8K', '16m', '1024', '8', '4kb', '1g']
        : type === 'number'
          ? ['0', '1', '100', 'x', '1k']
          : (values ?? []).slice(0, 12);
  const any = { arbitrary: anyWord, weight: own.length > 0 ? 1 : 4 };
  return own.length > 0 ? fc.oneof(any, { arbitrary: fc.constantFrom(...own), weight: 4 }) : anyWord;
}

const names = directiveNames().filter(
  name => !ofTheMachine.test(name) && directiveRows(name).some(row => row.contexts.some(context => frames[context])),
);

const statement: fc.Arbitrary<{ readonly context: string; readonly statement: Statement }> = fc
  .constantFrom(...names)
  .chain(name => fc.tuple(fc.constant(name), fc.constantFrom(...directiveRows(name))))
  .chain(([name, row]) => {
    const own = row.contexts.filter(context => frames[context]);
    const everywhere = Object.keys(frames);
    const context = fc.oneof(
      { arbitrary: fc.constantFrom(...(own.length > 0 ? own : everywhere)), weight: 6 },
      { arbitrary: fc.constantFrom(...everywhere), weight: 1 },
    );
    const { min, max, counts } = row.args;
    const count = row.flag
      ? fc.constant(1)
      : counts
        ? fc.constantFrom(...counts)
        : fc.integer({ min, max: Math.min(max ?? min + 2, min + 2) });
    const number = fc.oneof({ arbitrary: count, weight: 6 }, { arbitrary: fc.integer({ min: 0, max: 4 }), weight: 1 });
    return fc.tuple(context, number, fc.boolean()).chain(([context, length, odd]) =>
      fc.array(wordsFor(row), { minLength: length, maxLength: length }).map(args => ({
        context,
        statement: { name, args, block: odd && length === 0 ? !row.block : row.block !== undefined },
      })),
    );
  });

/** One statement, or two of one name. */
export const sample: fc.Arbitrary<Sample> = fc.tuple(statement, fc.integer({ min: 0, max: 3 })).map(([one, more]) => ({
  context: one.context,
  statements: more === 0 ? [one.statement, one.statement] : [one.statement],
}));
