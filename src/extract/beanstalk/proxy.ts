import type { Fault } from '../../model/fault.js';
import type { Gateway, Route } from '../../model/gateway.js';
import { baseName, type Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import type { SourceFile, Span } from '../../text/source.js';
import { procfileEntries } from '../launch/procfile.js';
import { type NginxRoot, nginxGateway } from '../nginx/gateway.js';
import { parseConfiguration } from '../nginx/load.js';
import { parseTime } from '../nginx/units.js';
import { listInside, locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { type BeanstalkOptions, environmentNamespace, scalarOf } from './options.js';

/** The file with the platform's own `location /`; one of the same name takes its place. */
const ownLocation = '00_application.conf';

/** Port that the Python platform's nginx passes to where PORT says nothing else. */
const platformPort = 8000;

/** nginx with what the application adds, and the platform's own location, which passes every request to the application. */
export function proxyOf(
  reader: Reader,
  options: BeanstalkOptions,
  place: Place,
  files: readonly NginxRoot[],
  procfile: SourceFile | undefined,
): readonly Gateway[] {
  const main = files.find(root => root.context === 'main');
  // A configuration of its own includes the others itself.
  const roots = main
    ? [main]
    : files.map(root => ({ ...root, ...(root.context === 'server' && { sharesServer: true }) }));
  const added =
    roots.length === 0
      ? undefined
      : nginxGateway(reader, {
          roots,
          place,
          placed: { span: startOf(files[0]?.file as SourceFile), message: 'nginx of Elastic Beanstalk reads it' },
          locate: inside => locate(reader, place, inside),
          list: inside => ({ ...listInside(reader, place, inside), complete: false }),
        });
  const replaced = files.some(root => root.context === 'server' && baseName(root.inside ?? '') === ownLocation);
  const left = main !== undefined && !/elasticbeanstalk/.test(main.file.text);
  const own =
    replaced || left || options.changesProxy ? undefined : platformRoute(reader, options, procfile, main ? [] : files);
  const judged = added && { ...added, faults: [...added.faults.filter(isRead), ...(own ? twice(reader, files) : [])] };
  if (!own) return judged ? [judged] : [];
  const router: Gateway = {
    kind: 'router',
    place,
    file: own.span.file,
    whole: false,
    servers: [],
    groups: [],
    routes: [own],
    files: [own.span.file],
    faults: [],
    placed: undefined,
  };
  return judged ? [judged, router] : [router];
}

/** What `files:` writes below /etc/nginx may be gone when the platform puts its own configuration there, so nginx may never refuse it. */
function isRead({ span }: Fault): boolean {
  return !span.file.path.endsWith('.config');
}

/** A second `location /` in the server of the platform, which nginx refuses: the deployment fails, and nothing says so before. */
function twice(reader: Reader, files: readonly NginxRoot[]): readonly Fault[] {
  return files.flatMap(({ file, context }) => {
    if (context !== 'server' || file.path.endsWith('.config')) return [];
    const { nodes } = reader.derived('nginx', file, parseConfiguration);
    return nodes
      .filter(({ words: [name, path, more] }) => name?.value === 'location' && path?.value === '/' && !more)
      .map(({ start, words }) => ({
        kind: 'nginx/duplicate-directive',
        span: { file, start, end: words[1]?.end ?? start },
        message: `location / stands in the ${ownLocation} of the platform too, in the same server block: nginx refuses it, and the deployment fails. A file of the name ${ownLocation} takes the place of the platform's`,
        log: 'duplicate location "/"',
      }));
  });
}

function startOf(file: SourceFile): Span {
  return { file, start: 0, end: 0 };
}

/** What the platform passes to: the port in PORT. Where no file sets it, somebody may in the console, unless the command agrees with 8000. */
function platformRoute(
  reader: Reader,
  { settings, files, nginx }: BeanstalkOptions,
  procfile: SourceFile | undefined,
  roots: readonly NginxRoot[],
): Route | undefined {
  const stated = scalarOf(settings.get(`${environmentNamespace}/PORT`));
  const web = procfile && procfileEntries(procfile).find(({ name }) => name === 'web');
  const command = procfile && web ? procfile.text.slice(web.start, web.end) : '';
  const place =
    stated?.span ??
    (procfile && web ? { file: procfile, start: web.start, end: web.end } : undefined) ??
    settings.get('aws:elasticbeanstalk:container:python/WSGIPath')?.span ??
    ((files[0] ?? nginx[0]) ? startOf((files[0] ?? nginx[0]) as SourceFile) : undefined);
  if (!place) return undefined;
  const port = stated && /^\d{1,5}$/.test(stated.text) ? Number(stated.text) : platformPort;
  const sure = stated ? stated.text === String(port) : !web || command.includes(`:${platformPort}`);
  const facts = { name: 'PORT', origin: stated ? ('config file' as const) : ('default' as const), span: place };
  const address: Route['to'][number]['address'] = sure
    ? { ...facts, known: true, value: { kind: 'tcp', host: '127.0.0.1', port } }
    : { ...facts, known: false, why: `it is ${platformPort} unless PORT is set, which can be done in the console` };
  const at = (name: string): Setting<number> => timeout(reader, roots, name);
  return {
    title: 'every request',
    modifier: '',
    path: '/',
    pass: { directive: 'PORT', target: literalWord(String(port), place), span: place },
    protocol: 'http',
    to: [{ address, protocol: 'http', span: place }],
    readTimeout: at('proxy_read_timeout'),
    connectTimeout: at('proxy_connect_timeout'),
    sendTimeout: at('proxy_send_timeout'),
    headers: new Map(),
    headersComplete: false,
    span: place,
  };
}

/** A time that the application sets for the server or for http. What holds otherwise is told by the limit of the platform. */
function timeout(reader: Reader, roots: readonly NginxRoot[], name: string): Setting<number> {
  for (const context of ['server', 'http']) {
    for (const { file } of roots.filter(root => root.context === context)) {
      const { nodes } = reader.derived('nginx', file, parseConfiguration);
      const value = nodes.find(node => node.name === name)?.words[1];
      const milliseconds = value && parseTime(value.value, 'time_ms');
      if (!value || value.masked !== undefined || milliseconds === undefined) continue;
      const span = { file, start: value.start, end: value.end };
      return { name, origin: 'config file', span, known: true, value: milliseconds / 1000 };
    }
  }
  return { name, origin: 'default', known: false, why: 'the platform decides it' };
}
