import { imageFacts } from '../../facts/images.js';
import type { Fault } from '../../model/fault.js';
import { joinRepo } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Span, Step } from '../../text/source.js';
import type { BuildRequest } from '../dockerfile/build.js';
import { missingCopies } from '../dockerfile/faults.js';
import { type BuiltImage, imageReference } from '../dockerfile/image.js';
import { tiedImage } from '../images/ties.js';
import { blockContent } from '../place/embedded.js';
import type { Reader } from '../reader.js';
import { assignments } from './environment.js';
import { missingDockerfile } from './faults.js';
import { type ComposeService, type LayeredNode, layered, strongest } from './project.js';
import { scalarSetting, scalarWord } from './values.js';

export interface ImageBuilder {
  /** The image that a service of the project builds under this name. */
  readonly named: (reference: string) => BuiltImage | undefined;
  /** `buildImage`, each image once. */
  readonly build: (request: BuildRequest) => BuiltImage | undefined;
}

export interface ServiceImage {
  readonly built?: BuiltImage;
  /** The service has a `build`; `stated` is then only the name of what it gives. */
  readonly builds: boolean;
  /** `image` as stated. */
  readonly stated?: Setting<string>;
  /** What could not be found or read. */
  readonly unresolved: readonly Step[];
  readonly faults: readonly Fault[];
  /** Why nothing is known of what is in it. */
  readonly why?: string;
}

/** The image of a service: built from its Dockerfile, built under that name by another service, or from elsewhere. */
export function serviceImage(reader: Reader, service: ComposeService, images: ImageBuilder): ServiceImage {
  const node = strongest(service.layers, 'image');
  const stated =
    node?.node.kind === 'scalar' && node.node.value !== null
      ? imageReference(scalarWord(node.node, node.layer.by), 'image', 'config file')
      : undefined;
  const shared = { ...(stated && { stated }), unresolved: [], faults: [] };
  const builds = layered(service.layers, 'build');
  if (builds.length > 0) return { ...shared, builds: true, ...buildOf(reader, builds, images) };
  const own = stated?.known ? images.named(stated.value) : undefined;
  if (own || !stated?.known || imageFacts(stated.value))
    return { ...shared, builds: false, ...(own && { built: own }) };
  const tie = tiedImage(reader, stated.value);
  return { ...shared, builds: false, ...('image' in tie ? { built: tie.image } : tie) };
}

interface Build {
  readonly text: (key: string) => Setting<string> | undefined;
  readonly context: Setting<string> | undefined;
  /** Folder of the repository that the context is; undefined for an address or a path outside. */
  readonly folder: string | undefined;
  readonly span: Span;
}

function readBuild(builds: readonly LayeredNode[]): Build {
  const part = (key: string): LayeredNode | undefined =>
    builds
      .flatMap(one => (yamlGet(one.node, key) ? [{ ...one, node: yamlGet(one.node, key) as YamlNode }] : []))
      .at(-1);
  const text = (key: string): Setting<string> | undefined => {
    const found = part(key);
    return found && scalarSetting(found.node, key, found.layer.by);
  };
  const last = builds[builds.length - 1] as LayeredNode;
  const short = builds.filter(one => one.node.kind === 'scalar').at(-1);
  const context = text('context') ?? (short && scalarSetting(short.node, 'build', short.layer.by));
  const { folder } = (part('context') ?? short ?? last).layer;
  const at = context === undefined ? folder : context.known ? contextFolder(folder, context.value) : undefined;
  return { text, context, folder: at, span: last.node.span };
}

function contextFolder(folder: string | undefined, context: string): string | undefined {
  if (folder === undefined || /^(?:[a-z+]+:\/\/|git@|github\.com\/|[/~])/.test(context)) return undefined;
  return joinRepo(folder, context);
}

function buildOf(
  reader: Reader,
  builds: readonly LayeredNode[],
  images: ImageBuilder,
): Partial<Pick<ServiceImage, 'built' | 'unresolved' | 'faults'>> {
  const build = readBuild(builds);
  const lost = (message: string) => ({ unresolved: [{ span: build.span, message }] });
  const dockerfile = build.text('dockerfile');
  const inline = inlineDockerfile(builds);
  const file = inline ?? dockerfileIn(reader, build.folder, dockerfile);
  if (!file) {
    const path =
      build.folder === undefined || (dockerfile && !dockerfile.known)
        ? undefined
        : joinRepo(build.folder, dockerfile?.value ?? 'Dockerfile');
    const fault =
      path === undefined || !statesWhere(builds)
        ? undefined
        : missingDockerfile(reader, path, dockerfile?.span ?? build.context?.span ?? build.span);
    return { ...lost(whyLost(build, dockerfile)), ...(fault && { faults: [fault] }) };
  }
  const target = build.text('target');
  if (target && !target.known) return lost('the stage that is built is not known');
  const args = new Map(builds.flatMap(one => assignments(yamlGet(one.node, 'args'), one.layer)));
  const built = images.build({
    file,
    context: build.folder,
    args,
    imageNamed: images.named,
    embedded: inline !== undefined,
    ...(target && { target: target.value }),
  });
  if (!built) return lost('its Dockerfile cannot be read');
  const faults =
    build.folder === undefined || inline
      ? []
      : missingCopies(reader, file, [build.folder], { sure: true, ...(target && { target: target.value }) });
  return { built, faults };
}

function whyLost({ folder, context }: ReturnType<typeof readBuild>, dockerfile: Setting<string> | undefined): string {
  if (dockerfile && !dockerfile.known) return `which Dockerfile it is built from is not known: ${dockerfile.why}`;
  if (context && !context.known) return `where it is built is not known: ${context.why}`;
  return folder === undefined ? 'it is built outside the repository' : 'its Dockerfile is not in the repository';
}

/** False for a `build` that says neither where nor from what: it is laid over one in another file that is not named here. */
function statesWhere(builds: readonly LayeredNode[]): boolean {
  return builds.some(({ node }) => node.kind !== 'map' || yamlGet(node, 'context') || yamlGet(node, 'dockerfile'));
}

/** `dockerfile_inline`, unless Compose fills variables in. */
function inlineDockerfile(builds: readonly LayeredNode[]): SourceFile | undefined {
  const node = builds.map(one => yamlGet(one.node, 'dockerfile_inline')).findLast(one => one !== undefined);
  return node?.kind === 'scalar' && !node.text.includes('$') ? blockContent(node) : undefined;
}

/** Docker looks for `Dockerfile` in the context, then for `dockerfile`. */
function dockerfileIn(
  reader: Reader,
  folder: string | undefined,
  stated: Setting<string> | undefined,
): SourceFile | undefined {
  if (folder === undefined || (stated && !stated.known)) return undefined;
  for (const name of stated ? [stated.value] : ['Dockerfile', 'dockerfile']) {
    const path = name.startsWith('/') ? undefined : joinRepo(folder, name);
    const file = path === undefined ? undefined : reader.file(path);
    if (file) return file;
  }
  return undefined;
}
