import type { ContainerStack } from '../../model/parts.js';
import { baseName, folderOf, joinRepo } from '../../model/place.js';
import { type YamlMap, type YamlNode, yamlEntry, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';
import { buildImage } from '../dockerfile/build.js';
import type { BuiltImage } from '../dockerfile/image.js';
import type { Reader } from '../reader.js';
import { type ImageBuilder, serviceImage } from './build.js';
import { composeInvocations } from './invocations.js';
import { type ComposeProject, type ComposeService, readProject } from './project.js';
import { readService } from './service.js';
import { composeSyntaxFault } from './syntax.js';

/** Compose files that are used together: what `composeStack` reads. */
export interface Composed {
  readonly group: Group;
  readonly definers: Definers;
}

/** What the compose files of a repository describe, stack by stack: each file with those that are laid over it. */
export function composeStacks(reader: Reader, files: readonly SourceFile[]): readonly Composed[] {
  const included = includedPaths(reader, files);
  const byFolder = new Map<string, SourceFile[]>();
  const { stacks } = reader.assumptions;
  for (const file of files) {
    if (included.has(file.path) || stacks.some(one => one.has(file.path))) continue;
    const folder = folderOf(file.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const invoked = composeInvocations(reader, new Set(files.map(file => file.path)));
  const byPath = new Map(files.map(file => [file.path, file]));
  const declared = stacks.map(one => ({
    files: files.filter(file => !included.has(file.path) && one.has(file.path)),
    why: `${one.file.path} counts it to ${one.name}`,
  }));
  const groups: Group[] = [
    ...declared.filter(group => group.files.length > 0),
    ...[...byFolder.values()].flatMap(group => folderGroups(reader, group, invoked)),
  ];
  const known = new Set(groups.map(group => pathsOf(group.files)));
  for (const paths of invoked) {
    const list = paths.flatMap(path => byPath.get(path) ?? []);
    if (list.length > 1 && !known.has(pathsOf(list))) {
      known.add(pathsOf(list));
      groups.push({ files: list, why: 'the repository starts these compose files together' });
    }
  }
  const definers = definersOf(reader, files);
  const found = groups.map(group => ({ group, definers }));
  return found.filter(one => !one.group.doubtful || runs(composeStack(reader, one)));
}

interface Group {
  readonly files: readonly SourceFile[];
  readonly why: string;
  /** Other files are laid over it, so that it may be meant as a part only. */
  readonly doubtful?: boolean;
}

/** False where a service starts nothing but the interpreter that its base image starts by itself. */
function runs(stack: ContainerStack): boolean {
  return !stack.launches.some(launch => {
    const [command] = launch.commands;
    const name = command?.words.length === 1 ? baseName(command.words[0]?.text ?? '') : '';
    return /^(?:python3?|pypy3|node|bash|sh)$/.test(name);
  });
}

function pathsOf(files: readonly SourceFile[]): string {
  return files.map(file => file.path).join('+');
}

export function composeStack(reader: Reader, { group, definers }: Composed): ContainerStack {
  const project = readProject(reader, group.files);
  const images = projectImages(reader, project);
  const services = [...project.services.values()];
  const read = services.map(service => readService(reader, project, service, images));
  const files = new Map<string, SourceFile>(project.files.map(file => [file.path, file]));
  for (const service of read) for (const file of service.files) files.set(file.path, file);
  const awaited = read.flatMap(service => service.place.dependsOn.map(one => one.name));
  const [first, ...rest] = group.files;
  const over = rest.length > 0 ? ` with ${rest.map(file => file.path).join(' and ')}` : '';
  return {
    id: project.id,
    title: `${first?.path ?? ''}${over}`,
    why: group.why,
    places: read.map(service => service.place),
    launches: read.flatMap(service => service.launch ?? []),
    files: [...files.values()],
    faults: group.files.flatMap(file => {
      const tree = reader.yaml(file);
      return (tree && composeSyntaxFault(file, tree)) ?? [];
    }),
    servicesBeside: project.partial ? new Set(awaited) : servicesBeside(project, awaited, definers),
    switchedOff: new Set(read.filter((_, index) => services[index]?.switchedOff).map(({ place }) => place.id)),
  };
}

interface Definers {
  /** Paths of the compose files that say something about a service, by its name. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** Services that a file says enough about to run them, by its path. */
  readonly whole: ReadonlyMap<string, ReadonlySet<string>>;
}

function definersOf(reader: Reader, files: readonly SourceFile[]): Definers {
  const paths = new Map<string, string[]>();
  const whole = new Map<string, ReadonlySet<string>>();
  // Thousands of files may name the same services.
  const alike = new Map<string, ReadonlySet<string>>();
  for (const file of files) {
    const own: string[] = [];
    for (const { key, value } of serviceMap(reader, file)?.entries ?? []) {
      const known = paths.get(key);
      if (known) known.push(file.path);
      else paths.set(key, [file.path]);
      if (yamlEntry(value, 'image') || yamlEntry(value, 'build')) own.push(key);
    }
    const key = JSON.stringify(own);
    const names = alike.get(key) ?? new Set(own);
    alike.set(key, names);
    whole.set(file.path, names);
  }
  return { paths, whole };
}

/**
 * Of the services that a project waits for, those that a file defines that may be put together with it. A file that says all about half of
 * the project's own services is another form of the same project (for development, for production), and the two are never used together.
 */
function servicesBeside(project: ComposeProject, awaited: readonly string[], definers: Definers): ReadonlySet<string> {
  const own = new Set(project.files.map(file => file.path));
  const names = [...project.services.keys()];
  const isOtherForm = (path: string): boolean => {
    const whole = definers.whole.get(path);
    return 2 * names.filter(name => whole?.has(name)).length >= names.length;
  };
  return new Set(
    awaited.filter(name => {
      if (project.services.has(name)) return false;
      return definers.paths.get(name)?.some(path => !own.has(path) && !isOtherForm(path));
    }),
  );
}

/** Images that the services build under a name, so that another service or Dockerfile may start from them. */
function projectImages(reader: Reader, project: ComposeProject): ImageBuilder {
  const builders = new Map<string, ComposeService>();
  for (const service of project.services.values()) {
    if (!service.layers.some(layer => yamlEntry(layer.map, 'build'))) continue;
    const stated = service.layers.map(layer => yamlGet(layer.map, 'image')).findLast(node => node !== undefined);
    if (stated?.kind === 'scalar' && !builders.has(withTag(stated.text))) builders.set(withTag(stated.text), service);
  }
  const named = new Map<string, BuiltImage | undefined>();
  const built = new Map<string, BuiltImage | undefined>();
  const images: ImageBuilder = {
    named: reference => {
      const name = withTag(reference);
      const service = builders.get(name);
      if (!service || named.has(name)) return named.get(name);
      // Known as nothing while it is built: an image may not start from itself.
      named.set(name, undefined);
      named.set(name, serviceImage(reader, service, images).built);
      return named.get(name);
    },
    build: request => {
      const args = [...(request.args ?? [])].map(([name, setting]) => [name, setting.known ? setting.value : null]);
      const key = JSON.stringify([request.file.path, request.context, request.target, args]);
      if (request.embedded) return buildImage(reader, request);
      if (!built.has(key)) built.set(key, buildImage(reader, request));
      return built.get(key);
    },
  };
  return images;
}

function withTag(reference: string): string {
  return reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : `${reference}:latest`;
}

const baseFile = /^(?:docker-)?compose\.ya?ml$/i;
const overrideFile = /^(?:docker-)?compose\.override\.ya?ml$/i;
/** The order in which Compose looks for them. */
const preferred = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/**
 * The stacks of one folder. The override file is laid over the base; any other file is a stack of its own where its services say what they run,
 * else it is laid over the base. A base that cannot be meant to run without another file is no stack alone.
 */
function folderGroups(
  reader: Reader,
  files: readonly SourceFile[],
  invoked: readonly (readonly string[])[],
): readonly Group[] {
  const bases = files
    .filter(file => baseFile.test(baseName(file.path)))
    .sort(
      (a, b) => preferred.indexOf(baseName(a.path).toLowerCase()) - preferred.indexOf(baseName(b.path).toLowerCase()),
    );
  const overrides = files.filter(file => overrideFile.test(baseName(file.path)));
  const others = files.filter(file => !bases.includes(file) && !overrides.includes(file));
  const groups: Group[] = [];
  let needed = false;
  for (const file of others) {
    const base = baseOf(reader, file, bases[0], others, invoked);
    if (!base) groups.push({ files: [file], why: 'a compose file whose services say what they run' });
    else {
      if (!isAddition(reader, file, base) && base === bases[0]) needed = true;
      groups.push({ files: [base, file], why: `${baseName(file.path)} is laid over ${baseName(base.path)}` });
    }
  }
  bases.forEach((base, index) => {
    if (index === 0 && overrides.length > 0) {
      groups.unshift({ files: [base, ...overrides], why: 'Compose reads the override file by itself' });
    } else groups.unshift({ files: [base], why: 'a compose file', doubtful: index === 0 && needed });
  });
  if (bases.length === 0) for (const file of overrides) groups.push({ files: [file], why: 'a compose file' });
  return groups;
}

/** The file that another one is laid over; undefined for one that stands alone. */
function baseOf(
  reader: Reader,
  file: SourceFile,
  standard: SourceFile | undefined,
  others: readonly SourceFile[],
  invoked: readonly (readonly string[])[],
): SourceFile | undefined {
  const lists = invoked.filter(list => list.includes(file.path));
  if (lists.some(list => list.length === 1)) return undefined;
  const first = lists.find(list => list[0] !== file.path)?.[0];
  const told = first === undefined ? undefined : [standard, ...others].find(one => one?.path === first);
  if (told) return told;
  const needs = neededServices(reader, file);
  if (standard) return needs.length > 0 || isAddition(reader, file, standard) ? standard : undefined;
  if (needs.length === 0) return undefined;
  const able = others.filter(other => {
    if (other === file || neededServices(reader, other).length > 0) return false;
    const names = serviceMap(reader, other)?.entries.map(entry => entry.key) ?? [];
    return needs.every(name => names.includes(name));
  });
  return able.length === 1 ? able[0] : undefined;
}

function serviceMap(reader: Reader, file: SourceFile): YamlMap | undefined {
  for (const document of reader.yaml(file)?.documents ?? []) {
    const services = yamlGet(document, 'services');
    if (services?.kind === 'map') return services;
  }
  return undefined;
}

/** Services that the file itself does not say enough about: without image and build, or only named by another service. */
function neededServices(reader: Reader, file: SourceFile): readonly string[] {
  const services = serviceMap(reader, file);
  if (!services) return [];
  const names = new Set(services.entries.map(entry => entry.key));
  const needed: string[] = [];
  for (const { key, value } of services.entries) {
    if (!['image', 'build', 'extends'].some(word => yamlEntry(value, word))) needed.push(key);
    for (const name of referred(value)) if (!names.has(name)) needed.push(name);
  }
  return needed;
}

function referred(service: YamlNode): readonly string[] {
  const names: string[] = [];
  for (const key of ['depends_on', 'links']) {
    const node = yamlGet(service, key);
    if (node?.kind === 'map') names.push(...node.entries.map(entry => entry.key));
    if (node?.kind === 'list') {
      for (const item of node.items) if (item.kind === 'scalar') names.push(item.text.split(':')[0] ?? '');
    }
  }
  const mode = yamlGet(service, 'network_mode');
  if (mode?.kind === 'scalar' && mode.text.startsWith('service:')) names.push(mode.text.slice('service:'.length));
  return names;
}

/** True for a file that only adds services to the base. */
function isAddition(reader: Reader, file: SourceFile, base: SourceFile): boolean {
  const own = serviceMap(reader, file)?.entries ?? [];
  const names = new Set(serviceMap(reader, base)?.entries.map(entry => entry.key));
  return own.length > 0 && own.every(entry => !names.has(entry.key));
}

/**
 * Files that another compose file includes, and those that only lend services to be extended: they are no stacks of their own.
 */
function includedPaths(reader: Reader, files: readonly SourceFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    for (const document of reader.yaml(file)?.documents ?? []) {
      for (const path of extendedPaths(file, document)) if (!baseFile.test(baseName(path))) found.add(path);
      if (!yamlGet(document, 'include')) continue;
      for (const one of readProject(reader, [file]).files) if (one.path !== file.path) found.add(one.path);
    }
  }
  return found;
}

function extendedPaths(file: SourceFile, document: YamlNode): readonly string[] {
  const services = yamlGet(document, 'services');
  return (services?.kind === 'map' ? services.entries : []).flatMap(entry => {
    const target = yamlGet(entry.value, 'extends', 'file');
    const path = target?.kind === 'scalar' ? joinRepo(folderOf(file.path), target.text) : undefined;
    return path === undefined || path === file.path ? [] : [path];
  });
}
