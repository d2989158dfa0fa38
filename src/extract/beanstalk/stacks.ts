import type { Gateway } from '../../model/gateway.js';
import type { Launch } from '../../model/launch.js';
import type { ContainerStack } from '../../model/parts.js';
import { baseName, joinRepo, type Mount, type Place, repositoryRoot } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord, type Word } from '../../model/word.js';
import type { SourceFile } from '../../text/source.js';
import { isThere } from '../launch/evidence.js';
import { procfileEntries, procfileLaunches } from '../launch/procfile.js';
import type { Reader } from '../reader.js';
import {
  type BeanstalkOptions,
  beanstalkApplications,
  contextAt,
  environmentNamespace,
  insideOf,
  scalarOf,
} from './options.js';
import { proxyOf } from './proxy.js';

/** Where the platform puts what is deployed. */
const current = '/var/app/current';

const pythonNamespace = 'aws:elasticbeanstalk:container:python';

/**
 * A stack for each application on the Python platform of Elastic Beanstalk (Amazon Linux 2 and later): what the Procfile or WSGIPath starts, and the
 * platform's nginx with what the application adds to it. Sources: the developer guide, "Using the Elastic Beanstalk Python platform",
 * "Configuring the WSGI server with a Procfile", "Reverse proxy configuration".
 */
export function beanstalkStacks(reader: Reader): readonly ContainerStack[] {
  return beanstalkApplications(reader).flatMap(options => stackOf(reader, options) ?? []);
}

function stackOf(reader: Reader, options: BeanstalkOptions): ContainerStack | undefined {
  const beside = (name: string) => reader.file(joinRepo(options.folder, name) ?? '');
  const procfile = beside('Procfile');
  const python = [...options.settings.keys()].some(name => name.startsWith(`${pythonNamespace}`));
  const docker = ['Dockerfile', 'Dockerrun.aws.json', 'docker-compose.yml'].some(name => beside(name));
  if (!python && (docker || !procfile || !startsPython(procfile))) return undefined;
  const place = placeOf(reader, options);
  const launches = procfile ? procfileLaunches(reader, procfile, place) : wsgiPathLaunches(reader, options, place);
  for (const file of options.files) reader.note(file, 'platform', []);
  const gateways = gatewaysOf(reader, options, place, procfile);
  const [first] = [...options.files, ...options.nginx];
  if (!first || (launches.length === 0 && gateways.length === 0)) return undefined;
  return {
    id: `beanstalk:${options.folder}`,
    title: options.folder === '' ? 'Elastic Beanstalk' : `Elastic Beanstalk in ${options.folder}/`,
    why: 'Elastic Beanstalk deploys this folder',
    places: [place],
    launches,
    files: [...options.files, ...options.nginx, ...(procfile ? [procfile] : [])],
    gateways,
    gatewaysComplete: true,
  };
}

function startsPython(procfile: SourceFile): boolean {
  return procfileEntries(procfile).some(
    ({ name, start, end }) =>
      name === 'web' &&
      /\b(?:gunicorn|uwsgi|uvicorn|hypercorn|daphne|waitress|python3?)\b/.test(procfile.text.slice(start, end)),
  );
}

function placeOf(reader: Reader, { folder, files, nginx, settings, written, copied }: BeanstalkOptions): Place {
  const guessed = isBuiltElsewhere(reader, folder, scalarOf(settings.get(`${pythonNamespace}/WSGIPath`))?.text);
  const mounts: Mount[] = [
    { kind: 'assumed', inside: repositoryRoot, repo: '' },
    { kind: 'bind', inside: current, repo: folder, ...(guessed && { uncertain: true }) },
    { kind: 'bind', inside: '/var/app/staging', repo: folder, ...(guessed && { uncertain: true }) },
  ];
  for (const file of nginx) mounts.push({ kind: 'copy', inside: insideOf(file), repo: file.path });
  for (const { path, content, span } of written)
    if (content && path.startsWith('/')) mounts.push({ kind: 'config', inside: path, content, span });
  for (const { from, to } of copied) {
    const repo = from.startsWith('/') ? undefined : joinRepo(folder, from);
    if (repo === undefined || !to.startsWith('/etc/nginx/conf.d')) continue;
    const inside = to.endsWith('.conf') ? to : `${to.replace(/\/$/, '')}/${baseName(from)}`;
    mounts.push({ kind: 'copy', inside, repo });
  }
  const environment = new Map<string, Setting<string>>();
  for (const [key, node] of settings) {
    if (!key.startsWith(`${environmentNamespace}/`)) continue;
    const name = key.slice(environmentNamespace.length + 1);
    const value = scalarOf(node);
    const facts = { name, origin: 'config file' as const, span: node.span };
    // `"$PYTHONPATH"` and references to other resources are filled in by the platform.
    const known = value && typeof value.value !== 'boolean' && !/[$`{]/.test(value.text) && value.tag === undefined;
    environment.set(
      name,
      known
        ? { ...facts, known: true, value: value.text }
        : { ...facts, known: false, why: 'the platform fills it in' },
    );
  }
  const span = files[0] ?? nginx[0];
  return {
    id: `${folder}#beanstalk`,
    kind: 'service',
    title: 'the instance of Elastic Beanstalk',
    names: [],
    networks: ['beanstalk'],
    ports: [],
    environment,
    environmentOpen: true,
    mounts,
    workingDirectory: { name: 'the folder of the application', origin: 'default', known: true, value: current },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
    ...(span && { span: { file: span, start: 0, end: 0 } }),
  };
}

/** The module of WSGIPath is not in the folder, but in another one of the repository: what is deployed may be put together by a pipeline. */
function isBuiltElsewhere(reader: Reader, folder: string, path: string | undefined): boolean {
  const module = (path ?? '').split(':', 1)[0]?.replace(/\.py$/, '').replaceAll('.', '/') ?? '';
  if (module === '' || isThere(reader, folder, `${module}#module`)) return false;
  return reader
    .files()
    .some(file => `/${file}`.endsWith(`/${module}.py`) || `/${file}`.endsWith(`/${module}/__init__.py`));
}

/** The platform's own command where there is no Procfile: Gunicorn on 127.0.0.1:8000 with the application of WSGIPath. */
function wsgiPathLaunches(reader: Reader, { folder, settings }: BeanstalkOptions, place: Place): readonly Launch[] {
  const option = (name: string) => scalarOf(settings.get(`${pythonNamespace}/${name}`));
  const path = option('WSGIPath');
  if (!path || path.text === '') return [];
  const { span } = path;
  const moved = settings.has(`${environmentNamespace}/PORT`);
  const why = 'the platform may take the port from PORT';
  const bind: Word = moved
    ? { text: '127.0.0.1:8000', known: false, parts: [{ known: false, text: '127.0.0.1:8000', why }], span }
    : literalWord('127.0.0.1:8000', span);
  const count = (name: string, otherwise: number): Word => {
    const node = option(name);
    return node && /^\d{1,4}$/.test(node.text)
      ? literalWord(node.text, node.span)
      : literalWord(String(otherwise), span);
  };
  const words = [
    literalWord('gunicorn', span),
    literalWord('--bind', span),
    bind,
    literalWord('--workers', span),
    count('NumProcesses', 1),
    literalWord('--threads', span),
    count('NumThreads', 15),
    target(reader, folder, path.text, span),
  ];
  return [
    {
      kind: 'platform',
      name: 'web',
      place,
      span,
      commands: [
        {
          words,
          environment: place.environment,
          environmentOpen: true,
          workingDirectory: place.workingDirectory,
          span,
          via: [{ span, message: 'the platform starts Gunicorn with WSGIPath' }],
          certain: true,
        },
      ],
      passedSockets: [],
      unresolved: [],
    },
  ];
}

/** `shop.wsgi:application`, `application`; `shop/wsgi.py` as older platforms have it, where that file is there. */
function target(reader: Reader, folder: string, text: string, span: Word['span']): Word {
  const dotted = text.replace(/\.py$/, '').replaceAll('/', '.');
  if (/^[\w.]+(?::\w+)?$/.test(text) && !text.endsWith('.py')) return literalWord(text, span);
  if (isThere(reader, folder, `${text.replace(/\.py$/, '')}#module`)) return literalWord(dotted, span);
  const why = 'it is a path, and that file is not there';
  return { text, known: false, parts: [{ known: false, text, why }], span };
}

function gatewaysOf(
  reader: Reader,
  options: BeanstalkOptions,
  place: Place,
  procfile: SourceFile | undefined,
): readonly Gateway[] {
  const proxy = scalarOf(options.settings.get('aws:elasticbeanstalk:environment:proxy/ProxyServer'))?.text;
  if (proxy !== undefined && proxy !== 'nginx') return [];
  // The platforms before Amazon Linux 2 had Apache.
  const old = options.written.some(({ path }) => path.startsWith('/etc/httpd/') || path.startsWith('/opt/python/'));
  const files = place.mounts.flatMap(({ inside, repo, content }) => {
    const context = contextAt(inside);
    const file = content ?? (repo === undefined ? undefined : reader.file(repo));
    return context && file ? [{ file, context, inside }] : [];
  });
  return old && files.length === 0 ? [] : proxyOf(reader, options, place, files, procfile);
}
