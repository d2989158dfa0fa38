import type { AppServer, AppTarget } from '../../../model/server.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { type OptionSpec, parseArguments } from '../arguments.js';
import { resolveIn, type ServerContext, startFolder } from '../context.js';
import { searchFolders } from '../search-path.js';
import { wordSetting } from '../words.js';
import { tcpAddress } from './address.js';
import { plainServer } from './build.js';
import { asNumber, flagOf, valueOrDefault, valuesOf } from './options.js';

const names = [
  'host',
  'port',
  'processes',
  'threads',
  'request-timeout',
  'application-type',
  'entry-point',
  'callable-object',
  'working-directory',
  'python-path',
];
const specs: readonly OptionSpec[] = names.map(name => ({ name, flags: [`--${name}`], takes: 'value' }));

/**
 * `mod_wsgi-express start-server`: every interface, port 8000, one process of five threads where nothing else is said. Source:
 * mod_wsgi 6.0 `src/server/options.py` (option defaults).
 */
export function modWsgiOf(context: ServerContext): AppServer | undefined {
  const [verb, ...rest] = context.program.arguments;
  if (!verb?.known || verb.text !== 'start-server') return undefined;
  const given = parseArguments(rest, specs, 'getopt');
  const address = tcpAddress(
    valueOrDefault(context, given, 'host', '0.0.0.0'),
    valueOrDefault(context, given, 'port', '8000'),
    'port',
  );
  const threads = asNumber(valueOrDefault(context, given, 'threads', '5'));
  const limit = asNumber(valueOrDefault(context, given, 'request-timeout', '60'));
  const folder = valuesOf(context, given, 'working-directory').at(-1);
  const paths = valuesOf(context, given, 'python-path');
  const last = rest.at(-1);
  const entry =
    flagOf(given, 'entry-point')?.value ??
    (given.problems.length === 0 ? given.positionals[0] : last?.text.startsWith('-') ? undefined : last);
  const app =
    entry &&
    applicationOf(
      context,
      wordSetting('the application', entry, 'command line'),
      valueOrDefault(context, given, 'application-type', 'script'),
      valueOrDefault(context, given, 'callable-object', 'application'),
    );
  const server = plainServer(context, {
    kind: 'mod_wsgi',
    listens: [{ address, protocol: 'http', role: 'app', span: address.span ?? context.program.word.span }],
    listensComplete: given.open === undefined && address.known,
    interfaces: ['wsgi'],
    ...(app && { app }),
    searchPath: searchFolders(context, [...paths, ...(folder ? [folder] : [])]),
    concurrency: threads.known ? (threads.value > 1 ? 'threads' : 'sync') : 'unknown',
    processes: asNumber(valueOrDefault(context, given, 'processes', '1')),
    threads,
    settings: new Map(
      names.flatMap(name =>
        valuesOf(context, given, name)
          .slice(-1)
          .map(value => [name, value] as const),
      ),
    ),
  });
  return { ...server, requestLimit: requestLimit(threads, limit) };
}

/** The time is an average over the threads, so it limits one request only where there is one thread. */
function requestLimit(threads: Setting<number>, limit: Setting<number>): AppServer['requestLimit'] {
  if (!limit.known || !threads.known)
    return limit.known ? unknownFrom(limit, 'the number of threads is not known') : limit;
  if (threads.value > 1) return unknownFrom(limit, 'it is shared by several threads');
  return limit.value === 0 ? withValue(limit, 'none') : limit;
}

function applicationOf(
  context: ServerContext,
  entry: Setting<string>,
  type: Setting<string>,
  callable: Setting<string>,
): Setting<AppTarget> | undefined {
  if (!entry.known) return unknownFrom(entry, entry.why);
  if (!type.known || !callable.known) return unknownFrom(entry, 'how it is loaded is not known');
  const attribute = { attribute: callable.value, called: false, implied: callable.origin === 'default' };
  if (type.value === 'module') return withValue(entry, { text: entry.value, module: entry.value, ...attribute });
  if (type.value !== 'script') return undefined;
  const resolved = resolveIn(startFolder(context), entry.value);
  return 'why' in resolved
    ? unknownFrom(entry, resolved.why)
    : withValue(entry, { text: entry.value, file: resolved.path, ...attribute });
}
