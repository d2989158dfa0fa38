import type { Word } from '../../model/word.js';

/** What a program that only starts another one does to it. */
export interface Unwrapped {
  /** Index of the first word of the command that it starts. */
  readonly command: number;
  /** `su -c`, `runuser -c`: one word that a shell runs. */
  readonly shell?: Word;
  readonly user?: Word;
  /** `NAME=value` words that it sets. */
  readonly assignments?: readonly Word[];
  /** `env -i`: nothing of the environment is passed on. */
  readonly cleared?: boolean;
  /** It adds variables of its own (a secrets store, a .env file). */
  readonly opens?: boolean;
  /** `--directory`: where it starts the command. */
  readonly directory?: Word;
}

interface Shape {
  /** Options with a separate argument. */
  readonly values?: readonly string[];
  /** Words that belong to it before the command (`run`). */
  readonly sub?: readonly string[];
  /** Number of operands before the command (`timeout 5`). */
  readonly operands?: number;
  /** The command is only what follows `--`. */
  readonly dashes?: true;
  /** Index of the operand that names a user. */
  readonly user?: true;
  /** Options that name a user. */
  readonly userOptions?: readonly string[];
  readonly assignments?: true;
  readonly opens?: true;
  readonly directories?: readonly string[];
}

/**
 * Programs that run the command behind their own options. Options as their manuals list them; an option that is not in
 * `values` is taken to stand alone or to carry its argument behind `=`.
 */
const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['nohup', {}],
  ['setsid', {}],
  ['time', { values: ['-f', '-o', '--format', '--output'] }],
  ['nice', { values: ['-n', '--adjustment'] }],
  ['ionice', { values: ['-c', '-n', '-p', '--class', '--classdata'] }],
  ['chrt', { operands: 1 }],
  ['taskset', { operands: 1 }],
  ['stdbuf', { values: ['-i', '-o', '-e'] }],
  ['unbuffer', {}],
  ['timeout', { values: ['-k', '-s', '--kill-after', '--signal'], operands: 1 }],
  ['tini', { values: ['-p', '-e'] }],
  ['tini-static', { values: ['-p', '-e'] }],
  ['catatonit', {}],
  ['dumb-init', { values: ['-r', '--rewrite'] }],
  ['my_init', {}],
  [
    'sudo',
    {
      values: ['-u', '-g', '-h', '-p', '-C', '-r', '-t', '-T', '-U', '-D'],
      userOptions: ['-u', '--user'],
      assignments: true,
    },
  ],
  ['doas', { values: ['-u', '-C'], userOptions: ['-u'] }],
  ['gosu', { operands: 1, user: true }],
  ['su-exec', { operands: 1, user: true }],
  ['s6-setuidgid', { operands: 1, user: true }],
  ['setuidgid', { operands: 1, user: true }],
  ['s6-setlock', { operands: 1 }],
  [
    'chpst',
    {
      values: ['-u', '-U', '-b', '-e', '-/', '-n', '-l', '-L', '-m', '-d', '-o', '-p', '-f', '-c', '-r', '-t'],
      userOptions: ['-u'],
    },
  ],
  ['setpriv', { values: ['--reuid', '--regid', '--groups'], userOptions: ['--reuid'] }],
  ['chroot', { operands: 1 }],
  ['env', { values: ['-u', '--unset', '-C', '--chdir', '-S'], assignments: true, directories: ['-C', '--chdir'] }],
  ['with-contenv', { opens: true }],
  ['poetry', { sub: ['run'], values: ['-C', '-P', '--directory', '--project'], directories: ['-C', '--directory'] }],
  ['pipenv', { sub: ['run'] }],
  ['pdm', { sub: ['run'], values: ['-p', '--project'] }],
  ['hatch', { sub: ['run'], values: ['-e', '--env'] }],
  ['rye', { sub: ['run'] }],
  [
    'uv',
    {
      sub: ['run'],
      values: [
        '--extra',
        '--group',
        '--no-group',
        '--only-group',
        '--with',
        '--with-requirements',
        '--with-editable',
        '--python',
        '-p',
        '--project',
        '--directory',
        '--env-file',
        '--package',
        '--index',
        '--index-url',
        '--default-index',
        '--extra-index-url',
        '--cache-dir',
        '--config-file',
        '--link-mode',
        '--color',
      ],
      directories: ['--directory'],
    },
  ],
  ['conda', { sub: ['run'], values: ['-n', '--name', '-p', '--prefix', '--cwd'], directories: ['--cwd'] }],
  ['mamba', { sub: ['run'], values: ['-n', '--name', '-p', '--prefix', '--cwd'], directories: ['--cwd'] }],
  [
    'micromamba',
    {
      sub: ['run'],
      values: ['-n', '--name', '-p', '--prefix', '--cwd', '-r', '--root-prefix'],
      directories: ['--cwd'],
    },
  ],
  ['newrelic-admin', { sub: ['run-program'] }],
  ['ddtrace-run', {}],
  [
    'opentelemetry-instrument',
    {
      values: [
        '--traces_exporter',
        '--metrics_exporter',
        '--logs_exporter',
        '--service_name',
        '--exporter_otlp_endpoint',
      ],
    },
  ],
  ['elasticapm-run', {}],
  ['sentry-run', {}],
  ['scout-apm', { sub: ['run'] }],
  ['doppler', { sub: ['run'], dashes: true, opens: true }],
  ['infisical', { sub: ['run'], dashes: true, opens: true }],
  ['op', { sub: ['run'], dashes: true, opens: true }],
  ['chamber', { sub: ['exec'], dashes: true, opens: true }],
  ['aws-vault', { sub: ['exec'], dashes: true, opens: true }],
  ['summon', { values: ['-p', '-f', '-e', '-D'], opens: true }],
  ['dotenv', { sub: ['run'], values: ['-f', '--file', '-e', '-q'], opens: true }],
  [
    'watchmedo',
    {
      sub: ['auto-restart'],
      values: [
        '-d',
        '--directory',
        '-p',
        '--pattern',
        '--patterns',
        '-i',
        '--ignore-patterns',
        '--signal',
        '--kill-after',
        '--debounce-interval',
        '--interval',
      ],
    },
  ],
  ['wait-for-it', { dashes: true }],
  ['wait-for-it.sh', { dashes: true }],
  ['wait-for', { dashes: true }],
  ['wait-for.sh', { dashes: true }],
  ['wait', { dashes: true }],
  [
    'dockerize',
    {
      values: [
        '-wait',
        '-timeout',
        '-template',
        '-env',
        '-stdout',
        '-stderr',
        '-wait-http-header',
        '-wait-retry-interval',
        '-delims',
        '-validate-cert',
      ],
    },
  ],
  ['scl', { dashes: true }],
  ['xvfb-run', { values: ['-n', '-s', '-f', '-e'] }],
  ['honcho', { sub: ['run'], values: ['-e', '--env', '-f', '-d'], opens: true }],
  ['foreman', { sub: ['run'], values: ['-e', '--env', '-f', '--procfile', '-d', '--root'], opens: true }],
  ['busybox', {}],
  ['docker-entrypoint.sh', {}],
]);

/** How the words wrap another command; undefined where their program is no wrapper, or wraps nothing that can be told. */
export function unwrap(program: string, words: readonly Word[]): Unwrapped | undefined {
  if (program === 'su' || program === 'runuser') return unwrapSu(words);
  const shape = shapes.get(program);
  return shape && unwrapShape(shape, words);
}

function unwrapShape(shape: Shape, words: readonly Word[]): Unwrapped | undefined {
  const assignments: Word[] = [];
  let user: Word | undefined;
  let directory: Word | undefined;
  let cleared = false;
  let at = 1;
  let operands = shape.operands ?? 0;
  let sub = shape.sub ? 0 : -1;
  let dashed = false;
  for (; at < words.length; at++) {
    const word = words[at];
    if (!word) return undefined;
    const text = word.text;
    if (text === '--') {
      at++;
      dashed = true;
      break;
    }
    if (text.startsWith('-') && text !== '-') {
      const equals = text.indexOf('=');
      const option = equals > 0 ? text.slice(0, equals) : text;
      const attached = shortWithValue(shape, text);
      const argument =
        equals > 0 || attached !== undefined ? undefined : shape.values?.includes(text) ? words[at + 1] : undefined;
      if (shape.userOptions?.includes(option) || (attached !== undefined && shape.userOptions?.includes(attached)))
        user = argument ?? tail(word, equals > 0 ? equals + 1 : 2);
      if (shape.directories?.includes(option)) directory = argument ?? tail(word, equals + 1);
      if (shape.assignments && (text === '-i' || text === '--ignore-environment') && words[0]?.text.endsWith('env'))
        cleared = true;
      if (argument) at++;
      continue;
    }
    if (sub >= 0 && shape.sub && sub < shape.sub.length) {
      if (shape.sub[sub] !== text) return undefined;
      sub++;
      continue;
    }
    if (shape.assignments && /^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) {
      assignments.push(word);
      continue;
    }
    if (operands > 0) {
      operands--;
      if (shape.user) user = word;
      continue;
    }
    if (shape.dashes) continue;
    break;
  }
  if (sub >= 0 && shape.sub && sub < shape.sub.length) return undefined;
  if (at >= words.length || (shape.dashes && !dashed)) return undefined;
  // `sudo -u x -- A=b cmd` and `env -- A=b cmd` take assignments behind the dashes too.
  while (shape.assignments && dashed && /^[A-Za-z_][A-Za-z0-9_]*=/.test(words[at]?.text ?? '')) {
    const word = words[at++];
    if (word) assignments.push(word);
  }
  return {
    command: at,
    ...(user && { user }),
    ...(directory && { directory }),
    ...(assignments.length > 0 && { assignments }),
    ...(cleared && { cleared }),
    ...(shape.opens && { opens: true }),
  };
}

/** `-uapp`: the option of one letter, where its argument follows in the same word. */
function shortWithValue(shape: Shape, text: string): string | undefined {
  const option = text.slice(0, 2);
  return text.length > 2 && text[1] !== '-' && shape.values?.includes(option) && !shape.values.includes(text)
    ? option
    : undefined;
}

function tail(word: Word, count: number): Word {
  const text = word.text.slice(count);
  return word.known ? { ...word, text, parts: [{ known: true, text }] } : word;
}

/** `su [-] [user] -c 'command'`, `runuser -u user -- command`. */
function unwrapSu(words: readonly Word[]): Unwrapped | undefined {
  let user: Word | undefined;
  let shell: Word | undefined;
  for (let at = 1; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (text === '-c' || text === '--command') shell = words[++at];
    else if (text === '-s' || text === '--shell' || text === '-g' || text === '-G') at++;
    else if (text === '-u' || text === '--user') user = words[++at];
    else if (text === '--' && user) return { command: at + 1, user };
    else if (!text.startsWith('-')) {
      if (user && !shell && words[0]?.text.endsWith('runuser')) return { command: at, user };
      user ??= words[at];
    }
  }
  return shell && { command: words.length, shell, ...(user && { user }) };
}
