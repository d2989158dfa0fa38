import { type EntryRequest, entryPoint } from '../../src/extract/python/entry.js';
import { evaluateModule, type ModuleValues, type PyEnvironment } from '../../src/extract/python/evaluate.js';
import { type Program, programServers } from '../../src/extract/python/program.js';
import type { EntryPoint, PyCall, PyValue } from '../../src/model/entry.js';
import type { Place } from '../../src/model/place.js';
import type { AppTarget } from '../../src/model/server.js';
import { defaultSetting, type Setting } from '../../src/model/setting.js';
import { lineStarts, positionAt } from '../../src/text/lines.js';
import type { Span } from '../../src/text/source.js';
import { memoryReader } from './memory.js';

/** A host on which the repository lies in /srv. */
export const host: Place = {
  id: 'host',
  kind: 'host',
  title: 'the host',
  names: [],
  networks: [],
  ports: [],
  environment: new Map(),
  environmentOpen: false,
  mounts: [{ kind: 'assumed', inside: '/srv', repo: '' }],
  workingDirectory: defaultSetting('', '/srv'),
  opaque: false,
  dependsOn: [],
  extraNames: new Map(),
};

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Variables may be set that no file states. */
  readonly open?: boolean;
}

export function environment({ env = {}, open = false }: Surroundings): PyEnvironment {
  const file = { path: 'app.service', text: Object.keys(env).join('\n') };
  const variables = Object.entries(env).map(([name, value]): [string, Setting<string>] => {
    const start = file.text.indexOf(name);
    return [name, { name, origin: 'environment', span: { file, start, end: start + name.length }, known: true, value }];
  });
  return { variables: new Map(variables), open };
}

/** Values of a module as plain data: `{ unknown: why }` for what cannot be told. */
export async function values(text: string, surroundings: Surroundings = {}): Promise<Record<string, unknown>> {
  const { values: found } = await evaluated(text, surroundings);
  return Object.fromEntries([...found].map(([name, setting]) => [name, plain(setting)]));
}

export async function evaluated(
  text: string,
  surroundings: Surroundings = {},
  files: Readonly<Record<string, string>> = {},
): Promise<ModuleValues> {
  const reader = await memoryReader({ ...files, 'gunicorn.conf.py': text }, 'python');
  const file = reader.file('gunicorn.conf.py');
  const module = file && reader.python(file);
  if (!module) throw new Error('the Python grammar is not loaded');
  return evaluateModule(module, {
    reader,
    environment: environment(surroundings),
    place: host,
    searchPath: defaultSetting('', ['/srv']),
    path: '/srv/gunicorn.conf.py',
    workingDirectory: '/srv',
  });
}

export function plain(setting: Setting<PyValue>): unknown {
  if (!setting.known) return { unknown: setting.why };
  const { value } = setting;
  if (value.kind === 'constant') return value.value;
  if (value.kind === 'list') return value.items.map(plain);
  if (value.kind === 'dict') return Object.fromEntries([...value.entries].map(([key, each]) => [key, plain(each)]));
  return { object: value.of };
}

/** The entry point of `module:attribute`, or of `path.py:attribute` with a slash or suffix in `file`. */
export async function entry(
  files: Readonly<Record<string, string>>,
  target: string,
  { folder = '/srv', file = false, ...surroundings }: Surroundings & { folder?: string; file?: boolean } = {},
): Promise<EntryPoint> {
  const reader = await memoryReader(files, 'python');
  const [module = '', attribute = 'application'] = target.split(':');
  const app: AppTarget = {
    text: target,
    ...(file ? { file: module } : { module }),
    attribute: attribute.replace(/\(.*$/, ''),
    called: attribute.includes('('),
    implied: !target.includes(':'),
  };
  const request: EntryRequest = {
    reader,
    place: host,
    target: app,
    searchPath: defaultSetting('', [folder]),
    environment: environment(surroundings),
    workingDirectory: folder,
  };
  return entryPoint(request);
}

export async function program(
  files: Readonly<Record<string, string>>,
  started: { readonly file: string } | { readonly module: string },
  surroundings: Surroundings = {},
): Promise<Program> {
  const reader = await memoryReader(files, 'python');
  return programServers({
    reader,
    place: host,
    program: started,
    workingDirectory: defaultSetting('', '/srv'),
    environment: environment(surroundings),
  });
}

/** `app.py:3` */
export function place(span: Span | undefined): string {
  return span ? `${span.file.path}:${positionAt(lineStarts(span.file.text), span.start).line}` : 'nowhere';
}

/** Calls whose name matches, as `name path:line`, with `?` behind those that are not certain. */
export function shown(calls: readonly PyCall[], pattern: RegExp): readonly string[] {
  return calls
    .filter(call => pattern.test(call.name))
    .map(call => `${call.name} ${place(call.span)}${call.certain ? '' : '?'}`);
}
