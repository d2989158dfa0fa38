import { baseName, folderOf } from '../../model/place.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';

/** What a platform's file says about one process that serves requests. */
export interface Statement {
  /** For messages: `fly.toml`, `service web of render.yaml`. */
  readonly title: string;
  /** The command line, which a shell reads; absent where the image's own holds. */
  readonly command?: YamlScalar;
  /** Dockerfile of the image, relative to `folder`; absent where the platform builds without one. */
  readonly dockerfile?: string;
  /** Folder of the repository that is built. */
  readonly folder: string;
  readonly environment: readonly { readonly name: string; readonly node: YamlNode }[];
  /** The port that the platform dials. */
  readonly port?: YamlNode;
  /** The value of PORT that the platform sets by itself. */
  readonly portSet?: string;
}

const names =
  /^(?:fly(?:\.[\w-]+)?\.toml|app\.ya?ml|apprunner\.yaml|render\.ya?ml|heroku\.yml|railway\.(?:json|toml)|Dockerrun\.aws\.json)$/;

/** True for a file that may be one of a platform, by its name. */
export function isPlatformName(path: string): boolean {
  return names.test(baseName(path));
}

/** What the file states, whose tree begins at `root`; empty where it is one of another kind. */
export function statementsOf(file: SourceFile, root: YamlNode): readonly Statement[] {
  const name = baseName(file.path);
  const folder = folderOf(file.path);
  if (name.startsWith('fly')) return fly(root, folder, name);
  if (name.startsWith('app.')) return appEngine(root, folder, name);
  if (name.startsWith('apprunner')) return appRunner(root, folder, name);
  if (name.startsWith('render')) return render(root, folder);
  if (name.startsWith('heroku')) return heroku(root, folder);
  if (name.startsWith('railway')) return railway(root, folder, name);
  return dockerrun(root, folder, name);
}

function entriesOf(node: YamlNode | undefined): Statement['environment'] {
  return node?.kind === 'map' ? node.entries.map(({ key, value }) => ({ name: key, node: value })) : [];
}

/** `- name: X` or `- key: X` with `value: y`; one without a value comes from a store. */
function listed(node: YamlNode | undefined, nameKey: string): Statement['environment'] {
  return (node?.kind === 'list' ? node.items : []).flatMap(item => {
    const name = yamlGet(item, nameKey);
    const value = yamlGet(item, 'value') ?? yamlGet(item, 'sync') ?? item;
    return name?.kind === 'scalar' ? [{ name: name.text, node: value }] : [];
  });
}

function scalarOf(node: YamlNode | undefined): YamlScalar | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node : undefined;
}

/** A process group is served where the service names it; the first group where it names none. */
function fly(root: YamlNode, folder: string, title: string): readonly Statement[] {
  if (!yamlGet(root, 'app') && !yamlGet(root, 'http_service') && !yamlGet(root, 'services')) return [];
  const services = yamlGet(root, 'services');
  const service = yamlGet(root, 'http_service') ?? (services?.kind === 'list' ? services.items[0] : undefined);
  const several = services?.kind === 'list' && services.items.length > 1;
  const served = yamlGet(service, 'processes');
  const group = served?.kind === 'list' ? scalarOf(served.items[0])?.text : undefined;
  const processes = yamlGet(root, 'processes');
  const command = scalarOf(yamlGet(processes, group ?? 'app') ?? yamlGet(root, 'experimental', 'cmd'));
  const builder =
    yamlGet(root, 'build', 'builder') ?? yamlGet(root, 'build', 'buildpacks') ?? yamlGet(root, 'build', 'image');
  const port = several ? undefined : yamlGet(service, 'internal_port');
  return [
    {
      title,
      folder,
      ...(command && { command }),
      ...(!builder && { dockerfile: scalarOf(yamlGet(root, 'build', 'dockerfile'))?.text ?? 'Dockerfile' }),
      environment: entriesOf(yamlGet(root, 'env')),
      ...(port && { port }),
    },
  ];
}

/** App Engine, standard environment: without an entrypoint it starts Gunicorn with main:app. PORT is 8080. */
function appEngine(root: YamlNode, folder: string, title: string): readonly Statement[] {
  const command = scalarOf(yamlGet(root, 'entrypoint'));
  if (!/^python/.test(scalarOf(yamlGet(root, 'runtime'))?.text ?? '') || !command) return [];
  return [{ title, folder, command, environment: entriesOf(yamlGet(root, 'env_variables')), portSet: '8080' }];
}

function appRunner(root: YamlNode, folder: string, title: string): readonly Statement[] {
  const run = yamlGet(root, 'run');
  const command = scalarOf(yamlGet(run, 'command'));
  const port = yamlGet(run, 'network', 'port');
  if (!command) return [];
  const environment = [...listed(yamlGet(run, 'env'), 'name')];
  const name = scalarOf(yamlGet(run, 'network', 'env'))?.text;
  if (name !== undefined && port) environment.push({ name, node: port });
  return [{ title, folder, command, environment, ...(port && { port }) }];
}

function render(root: YamlNode, folder: string): readonly Statement[] {
  const services = yamlGet(root, 'services');
  return (services?.kind === 'list' ? services.items : []).flatMap((service): readonly Statement[] => {
    const type = scalarOf(yamlGet(service, 'type'))?.text;
    const command = scalarOf(yamlGet(service, 'startCommand') ?? yamlGet(service, 'dockerCommand'));
    const runtime = scalarOf(yamlGet(service, 'runtime') ?? yamlGet(service, 'env'))?.text;
    if ((type !== 'web' && type !== 'pserv') || (!command && runtime !== 'docker')) return [];
    const below = scalarOf(yamlGet(service, 'rootDir'))?.text ?? '';
    return [
      {
        title: `service ${scalarOf(yamlGet(service, 'name'))?.text ?? type}`,
        folder: [folder, below.replace(/^\.?\//, '')].filter(part => part !== '' && part !== '.').join('/'),
        ...(command && { command }),
        ...(runtime === 'docker' && { dockerfile: scalarOf(yamlGet(service, 'dockerfilePath'))?.text ?? 'Dockerfile' }),
        environment: listed(yamlGet(service, 'envVars'), 'key'),
        portSet: '10000',
      },
    ];
  });
}

function heroku(root: YamlNode, folder: string): readonly Statement[] {
  const web = yamlGet(root, 'run', 'web');
  const command = scalarOf(web?.kind === 'map' ? yamlGet(web, 'command') : web);
  const dockerfile = scalarOf(yamlGet(root, 'build', 'docker', 'web'))?.text;
  if (!command && dockerfile === undefined) return [];
  return [
    {
      title: 'process web',
      folder,
      environment: [],
      ...(command && { command }),
      ...(dockerfile !== undefined && { dockerfile }),
    },
  ];
}

function railway(root: YamlNode, folder: string, title: string): readonly Statement[] {
  const command = scalarOf(yamlGet(root, 'deploy', 'startCommand'));
  const dockerfile = scalarOf(yamlGet(root, 'build', 'dockerfilePath'))?.text;
  return command ? [{ title, folder, command, environment: [], ...(dockerfile !== undefined && { dockerfile }) }] : [];
}

/** Version 1 states the one port of the image that the Dockerfile beside it builds. */
function dockerrun(root: YamlNode, folder: string, title: string): readonly Statement[] {
  if (String(scalarOf(yamlGet(root, 'AWSEBDockerrunVersion'))?.text) !== '1') return [];
  const ports = yamlGet(root, 'Ports');
  const port =
    ports?.kind === 'list' && ports.items.length === 1 ? yamlGet(ports.items[0], 'ContainerPort') : undefined;
  if (yamlGet(root, 'Image', 'Name')) return [];
  return [{ title, folder, dockerfile: 'Dockerfile', environment: [], ...(port && { port }) }];
}
