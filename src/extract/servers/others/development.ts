import type { Listener } from '../../../model/endpoint.js';
import type { AppServer } from '../../../model/server.js';
import { defaultSetting, type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { envFile } from '../../launch/envfile.js';
import { type Arguments, type OptionSpec, parseArguments } from '../arguments.js';
import { locateFrom, type ServerContext, startFolder, variableOf } from '../context.js';
import { searchFolders } from '../search-path.js';
import { wordSetting } from '../words.js';
import { boundText, tcpAddress } from './address.js';
import { readTarget, targetOf } from './application.js';
import { plainServer } from './build.js';
import { valueOrDefault, valuesOf } from './options.js';

const value = (name: string, ...flags: string[]): OptionSpec => ({ name, flags, takes: 'value' });
const flag = (name: string, ...flags: string[]): OptionSpec => ({ name, flags, takes: 'nothing' });

/** Django: core/management/commands/runserver.py. */
const runserverOptions: readonly OptionSpec[] = [
  value('settings', '--settings'),
  value('pythonpath', '--pythonpath'),
  value('verbosity', '-v', '--verbosity'),
  flag('ipv6', '--ipv6', '-6'),
  ...[
    '--nothreading',
    '--noreload',
    '--nostatic',
    '--insecure',
    '--traceback',
    '--no-color',
    '--force-color',
    '--skip-checks',
    '--noasgi',
  ].map(one => flag(one, one)),
];

/** `manage.py runserver [[address:]port]`. */
export function runserverOf(context: ServerContext): AppServer {
  const given = parseArguments(context.program.arguments, runserverOptions, 'argparse');
  const word = given.positionals[0];
  const text: Setting<string> = word ? wordSetting('runserver', word, 'command line') : runserverDefault(context);
  const address = boundText(text, startFolder(context), { host: '127.0.0.1', port: 8000, bare: 'port' });
  return plainServer(context, {
    kind: 'runserver',
    development: true,
    listens: [listener(context, address)],
    listensComplete: given.open === undefined,
    interfaces: ['wsgi'],
    searchPath: searchFolders(context, []),
    concurrency: 'threads',
  });
}

/** RUNSERVERPLUS_SERVER_ADDRESS_PORT of the settings, and a command of the project's own or a manage.py that sets `default_port`, change it. */
function runserverDefault(context: ServerContext): Setting<string> {
  const { program, reader } = context;
  const usual = defaultSetting('runserver', '127.0.0.1:8000');
  if (program.plus) return unknownFrom(usual, 'the settings may name the address (RUNSERVERPLUS_SERVER_ADDRESS_PORT)');
  const located = locateFrom(context, startFolder(context), program.word.text);
  const own =
    (located.kind === 'file' && /\bdefault_(?:port|addr)\b/.test(located.file.text)) ||
    reader.files().some(path => path.endsWith('/management/commands/runserver.py'));
  return own ? unknownFrom(usual, 'the project changes the default of runserver') : usual;
}

/** Flask: cli.py (`run` command and its FLASK_RUN_ variables). */
const flaskOptions: readonly OptionSpec[] = [
  value('app', '-A', '--app'),
  value('env-file', '-e', '--env-file'),
  value('host', '-h', '--host'),
  value('port', '-p', '--port'),
  value('cert', '--cert'),
  value('key', '--key'),
  value('extra-files', '--extra-files'),
  value('exclude-patterns', '--exclude-patterns'),
  ...['reload', 'debugger', 'with-threads', 'debug'].map(name => ({
    ...flag(name, `--${name}`),
    off: [`--no-${name}`],
  })),
];

/** `flask run`. */
export function flaskOf(context: ServerContext): AppServer {
  const given = parseArguments(context.program.arguments, flaskOptions, 'click');
  const app = flaskTarget(context, given);
  const host = flaskSetting(context, given, 'host', '127.0.0.1');
  const port = flaskSetting(context, given, 'port', '5000');
  return plainServer(context, {
    kind: 'flask',
    development: true,
    listens: [listener(context, tcpAddress(host, port, '--port'), valuesOf(context, given, 'cert').length > 0)],
    listensComplete: given.open === undefined,
    interfaces: ['wsgi'],
    ...(app && { app }),
    searchPath: searchFolders(context, []),
    concurrency: 'threads',
  });
}

/**
 * Host or port of `flask run`: the option, else the variable, else what `.env` and `.flaskenv` of the folder say (cli.py, load_dotenv), which
 * are often kept out of the repository.
 */
function flaskSetting(
  context: ServerContext,
  given: Arguments,
  name: 'host' | 'port',
  fallback: string,
): Setting<string> {
  const written = valuesOf(context, given, name).at(-1);
  if (written) return written;
  const variable = `FLASK_RUN_${name.toUpperCase()}`;
  const unknown = (why: string): Setting<string> => ({ name: variable, origin: 'environment', known: false, why });
  const set = variableOf(context, variable);
  if (set.state === 'set') return { ...set.setting, origin: 'environment' };
  // On a host one that may come from outside is taken to be absent, as for the other servers.
  if (context.place.kind === 'host') return defaultSetting(name, fallback);
  // Whoever starts an image may set anything; a service that names a file which is not there says that there is something.
  if (set.state === 'unknown' && context.place.kind === 'service') return unknown(set.why);
  let doubt: string | undefined;
  for (const file of ['.env', '.flaskenv']) {
    const found = locateFrom(context, startFolder(context), file);
    const value = found.kind === 'file' ? envFile(context.reader, found.file, 'compose').get(variable) : undefined;
    if (value) return { ...value, origin: 'environment' };
    if (found.kind === 'unknown') doubt ??= `${variable} may stand in ${file}`;
  }
  return doubt === undefined ? defaultSetting(name, fallback) : unknown(doubt);
}

/** Flask looks for app, application, the only Flask object, create_app(), make_app(): a target without a name proves nothing missing. */
function flaskTarget(context: ServerContext, given: Arguments): AppServer['app'] {
  const option = valuesOf(context, given, 'app', 'FLASK_APP').at(-1);
  if (!option) return undefined;
  if (!option.known) return unknownFrom(option, option.why);
  if (!option.value.includes(':'))
    return unknownFrom(option, 'Flask looks for the application in the module by itself');
  return withValue(option, readTarget(option.value, null, true));
}

const fastapiOptions: readonly OptionSpec[] = [
  value('host', '--host'),
  value('port', '--port'),
  value('app', '--app'),
  value('workers', '--workers'),
  value('root-path', '--root-path'),
  value('entrypoint', '--entrypoint', '-e'),
  ...['reload', 'proxy-headers'].map(name => ({ ...flag(name, `--${name}`), off: [`--no-${name}`] })),
];

/** `fastapi run [FILE]`, `fastapi dev [FILE]`: uvicorn with other defaults. */
export function fastapiOf(context: ServerContext): AppServer {
  const [verb, ...rest] = context.program.arguments;
  const development = verb?.text === 'dev';
  const given = parseArguments(rest, fastapiOptions, 'click');
  const variable = variableOf(context, 'PORT');
  const fallback: Setting<string> =
    variable.state === 'set'
      ? { ...variable.setting, origin: 'environment' }
      : variable.state === 'unknown'
        ? { name: 'PORT', origin: 'environment', known: false, why: variable.why }
        : defaultSetting('--port', '8000');
  const port = valuesOf(context, given, 'port').at(-1) ?? fallback;
  const host = valueOrDefault(context, given, 'host', development ? '127.0.0.1' : '0.0.0.0');
  const name = valuesOf(context, given, 'app').at(-1);
  const app = name?.known ? targetOf(given.positionals[0], name.value, false) : undefined;
  return plainServer(context, {
    kind: 'fastapi',
    development,
    listens: [listener(context, tcpAddress(host, port, '--port'))],
    listensComplete: given.open === undefined,
    interfaces: ['asgi'],
    ...(app && { app }),
    searchPath: searchFolders(context, []),
    concurrency: 'async',
    keepAlive: defaultSetting('keep alive', 5),
  });
}

function listener(context: ServerContext, address: Listener['address'], secure = false): Listener {
  return { address, protocol: secure ? 'https' : 'http', role: 'app', span: address.span ?? context.program.word.span };
}
