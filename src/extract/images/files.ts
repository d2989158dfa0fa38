import { baseName, folderOf, joinRepo } from '../../model/place.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';
import { looksLikeCompose } from '../compose/recognise.js';
import type { Reader } from '../reader.js';
import { gap, type NamedBuild, splitReference } from './build.js';
import { buildsOf, dockerfileAt, filled } from './commands.js';

function text(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function entries(node: YamlNode | undefined): ReadonlyMap<string, string | undefined> {
  return new Map(node?.kind === 'map' ? node.entries.map(({ key, value }) => [key, text(value)]) : []);
}

const nowhere = { file: undefined, context: undefined };

/** Builds that a YAML file states: skaffold.yaml, a compose file, a workflow of GitHub, a build of Google Cloud. */
export function fileBuilds(reader: Reader, file: SourceFile): readonly NamedBuild[] {
  const tree = reader.yaml(file);
  if (!tree) return [];
  return tree.documents.flatMap(document => {
    if (/^skaffold\//.test(text(yamlGet(document, 'apiVersion')) ?? '')) return skaffoldBuilds(reader, file, document);
    if (yamlGet(document, 'jobs')) return workflowBuilds(reader, document);
    if (yamlGet(document, 'steps')) return cloudBuilds(reader, file, document);
    return looksLikeCompose(tree) ? composeBuilds(reader, file, document) : [];
  });
}

/** `build.artifacts`: the context is relative to the file, the Dockerfile to the context (Skaffold's documentation, "skaffold.yaml"). */
function skaffoldBuilds(reader: Reader, file: SourceFile, document: YamlNode): readonly NamedBuild[] {
  return items(yamlGet(document, 'build', 'artifacts')).flatMap(artifact => {
    const image = text(yamlGet(artifact, 'image'));
    if (image === undefined) return [];
    const docker = yamlGet(artifact, 'docker') ?? yamlGet(artifact, 'kaniko');
    const other = ['buildpacks', 'bazel', 'jib', 'ko', 'custom'].some(kind => yamlGet(artifact, kind));
    const context = joinRepo(folderOf(file.path), text(yamlGet(artifact, 'context')) ?? '.');
    const at =
      other || context === undefined ? undefined : inContext(reader, context, text(yamlGet(docker, 'dockerfile')));
    return [named(image, at, text(yamlGet(docker, 'target')), entries(yamlGet(docker, 'buildArgs')), artifact)];
  });
}

function composeBuilds(reader: Reader, file: SourceFile, document: YamlNode): readonly NamedBuild[] {
  const services = yamlGet(document, 'services');
  return (services?.kind === 'map' ? services.entries : []).flatMap(({ value: service }) => {
    const image = text(yamlGet(service, 'image'));
    const build = yamlGet(service, 'build');
    if (image === undefined || !build) return [];
    const context = joinRepo(folderOf(file.path), text(build) ?? text(yamlGet(build, 'context')) ?? '.');
    const inline = yamlGet(build, 'dockerfile_inline') !== undefined;
    const at =
      inline || context === undefined ? undefined : inContext(reader, context, text(yamlGet(build, 'dockerfile')));
    return [
      named(filled(image, new Map()), at, text(yamlGet(build, 'target')), argumentsOf(yamlGet(build, 'args')), build),
    ];
  });
}

function argumentsOf(node: YamlNode | undefined): ReadonlyMap<string, string | undefined> {
  if (node?.kind !== 'list') return entries(node);
  return new Map(
    node.items.map(item => {
      const [name = '', ...rest] = (text(item) ?? '').split('=');
      return [name, rest.length > 0 ? rest.join('=') : undefined];
    }),
  );
}

/** Of what is built in a folder, the Dockerfile is named relative to it. */
function inContext(
  reader: Reader,
  context: string,
  dockerfile: string | undefined,
): typeof nowhere | Pick<NamedBuild, 'file' | 'context'> | undefined {
  return dockerfileAt(reader, context, '.', dockerfile);
}

function named(
  image: string,
  at: Pick<NamedBuild, 'file' | 'context'> | undefined,
  target: string | undefined,
  args: ReadonlyMap<string, string | undefined>,
  { span }: YamlNode,
): NamedBuild {
  const known = new Map(
    [...args].map(([name, value]) => [name, value === undefined || /[${]/.test(value) ? gap : value]),
  );
  return { ...splitReference(image), ...(at ?? nowhere), ...(target !== undefined && { target }), args: known, span };
}

/** `docker/build-push-action`, whose names may come from `docker/metadata-action`. */
function workflowBuilds(reader: Reader, document: YamlNode): readonly NamedBuild[] {
  const jobs = yamlGet(document, 'jobs');
  return (jobs?.kind === 'map' ? jobs.entries : []).flatMap(({ value: job }) => {
    const steps = items(yamlGet(job, 'steps'));
    return steps.flatMap(step => {
      if (!/^docker\/build-push-action@/.test(text(yamlGet(step, 'uses')) ?? '')) return [];
      const environment = new Map([document, job, step].flatMap(level => [...entries(yamlGet(level, 'env'))]));
      const given = (key: string) => {
        const value = text(yamlGet(step, 'with', key));
        return value === undefined ? undefined : filled(value, environment);
      };
      const [context, file] = [given('context') ?? '.', given('file')];
      const known = ![context, file ?? ''].some(path => path.includes(gap) || path.includes('://'));
      const at = known ? dockerfileAt(reader, '', context, file) : undefined;
      const args = argumentLines(given('build-args'));
      return tagsOf(step, steps, environment).map(tag => named(tag, at, given('target'), args, step));
    });
  });
}

function argumentLines(lines: string | undefined): ReadonlyMap<string, string | undefined> {
  return new Map(
    (lines ?? '').split('\n').flatMap(line => {
      const equals = line.indexOf('=');
      return equals > 0 ? [[line.slice(0, equals).trim(), line.slice(equals + 1).trim()] as const] : [];
    }),
  );
}

function tagsOf(
  step: YamlNode,
  steps: readonly YamlNode[],
  environment: ReadonlyMap<string, string | undefined>,
): readonly string[] {
  const written = text(yamlGet(step, 'with', 'tags')) ?? '';
  const from = /^\s*\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}\s*$/.exec(written)?.[1];
  const meta = from === undefined ? undefined : steps.find(one => text(yamlGet(one, 'id')) === from);
  const list = meta ? text(yamlGet(meta, 'with', 'images')) : written;
  return filled(list ?? '', environment)
    .split(/[\n,]/)
    .map(line => line.trim())
    .filter(line => line !== '');
}

/** Steps of Google Cloud Build that are given to Docker word by word. */
function cloudBuilds(reader: Reader, file: SourceFile, document: YamlNode): readonly NamedBuild[] {
  return items(yamlGet(document, 'steps')).flatMap(step => {
    if (!/\/(?:cloud-builders\/)?docker(?::|$)/.test(text(yamlGet(step, 'name')) ?? '')) return [];
    const [first, ...words] = items(yamlGet(step, 'args')).map(item => text(item) ?? '');
    if (first !== 'build') return [];
    const folder = text(yamlGet(step, 'dir')) ?? '.';
    return buildsOf(
      reader,
      file,
      words.map(word => filled(word, entries(yamlGet(document, 'substitutions')))),
      folder,
      step.span,
    );
  });
}

/** Files in YAML that may state a build. */
export function mayStateBuild(path: string): boolean {
  return /\.ya?ml$/i.test(baseName(path)) && !/(?:^|\/)templates\//.test(path);
}
