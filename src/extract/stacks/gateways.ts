import { imageFacts, imageName } from '../../facts/images.js';
import type { Gateway } from '../../model/gateway.js';
import { filesOf, type Launch } from '../../model/launch.js';
import { baseName, folderOf, joinInside, type Place } from '../../model/place.js';
import type { SourceFile, Step } from '../../text/source.js';
import { isDockerfileName } from '../discover.js';
import { chartValue, isChartTemplate } from '../kubernetes/helm/chart.js';
import { nginxContext } from '../nginx/context.js';
import { type Fill, type NginxRoot, nginxGateway } from '../nginx/gateway.js';
import { parseConfiguration } from '../nginx/load.js';
import { nginxVersion } from '../nginx/version.js';
import { insideOf, isYetToBeMade, listInside, locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { targetVersion } from '../version.js';
import { isUnfilled } from './unfilled.js';

/** Folders that nginx builds read their configuration from: the packages, OpenResty, Bitnami, a build from source. */
const prefixes = ['/etc/nginx', '/usr/local/openresty/nginx/conf', '/opt/bitnami/nginx/conf', '/usr/local/nginx/conf'];

/** Folders that a stock main file includes at the http level (nginx.org's, Debian's, Alpine's and Bitnami's packages). */
const stockIncludes = ['conf.d', 'sites-enabled', 'http.d', 'server_blocks'];

/** The nginx that runs in a place whose file system is known: what is mounted or copied to where nginx looks. */
export function placeGateways(reader: Reader, place: Place, launches: readonly Launch[]): readonly Gateway[] {
  const started = launches
    .flatMap(launch => launch.commands)
    .find(command => /^(?:nginx|openresty)$/.test(baseName(command.words[0]?.text ?? '')));
  const named =
    started &&
    optionOf(
      started.words.map(word => word.text),
      '-c',
    );
  const prefix = prefixes.find(folder =>
    place.mounts.some(mount => mount.inside === folder || mount.inside.startsWith(`${folder}/`)),
  );
  const image = place.image?.known ? imageName(place.image.value) : '';
  const ofNginx = /(?:^|[/-])(?:nginx|openresty)(?:$|-)/.test(image);
  if (!started && !ofNginx && !(prefix && mayStartNginx(reader, launches))) return [];
  const folder = prefix ?? '/etc/nginx';
  const main = named ? joinInside(folder, named) : `${folder}/nginx.conf`;
  const located = locate(reader, place, main);
  if (located.kind === 'file') {
    const root: NginxRoot = { file: located.file, context: 'main', inside: main, ...renderedBy(located) };
    return [gateway(reader, place, [{ root, placed: placedBy(located.mount.span, main, place) }], launches)];
  }
  const roots = stockIncludes.flatMap(name =>
    fragmentsIn(reader, place, `${folder}/${name}`, name === 'sites-enabled'),
  );
  if (roots.length === 0) return [];
  return [gateway(reader, place, roots, launches)];
}

/** False where all that starts is known and none of it speaks of nginx: a worker that runs from the image of the site, its files unused. */
function mayStartNginx(reader: Reader, launches: readonly Launch[]): boolean {
  const commands = launches.flatMap(launch => launch.commands);
  if (commands.length === 0 || launches.some(launch => launch.unresolved.length > 0)) return true;
  if (commands.some(({ words }) => !words[0]?.known)) return true;
  const speaksOf = /nginx|openresty|supervisord|runsvdir|s6-svscan/;
  const scripts = launches
    .flatMap(filesOf)
    .filter(path => !/\.ya?ml$/i.test(path) && !isDockerfileName(baseName(path)));
  return (
    commands.some(({ words }) => words.some(({ text }) => speaksOf.test(text))) ||
    scripts.some(path => speaksOf.test(reader.file(path)?.text ?? 'nginx'))
  );
}

function optionOf(words: readonly string[], flag: string): string | undefined {
  const at = words.findIndex(word => word.startsWith(flag));
  const word = words[at];
  if (word === undefined) return undefined;
  return word.length > flag.length ? word.slice(flag.length) : words[at + 1];
}

function placedBy(span: Step['span'] | undefined, inside: string, place: Place): Step | undefined {
  return span && { span, message: `it is ${inside} in ${place.title}` };
}

function fragmentsIn(reader: Reader, place: Place, folder: string, anyName: boolean): readonly Placed[] {
  return listInside(reader, place, folder).names.flatMap(name => {
    if (name.startsWith('.') || !(anyName || name.endsWith('.conf'))) return [];
    const inside = `${folder}/${name}`;
    const located = locate(reader, place, inside);
    if (located.kind !== 'file') return [];
    return [
      {
        root: { file: located.file, context: 'http', inside, ...renderedBy(located) },
        placed: placedBy(located.mount.span, inside, place),
      },
    ];
  });
}

/** A file that nginx reads in a place, and how it got there. */
interface Placed {
  readonly root: NginxRoot;
  readonly placed?: Step | undefined;
}

/** envsubst fills it in from the environment of the place. */
function renderedBy({ rendered }: { readonly rendered?: 'envsubst' }): Pick<NginxRoot, 'rendered'> {
  return rendered === undefined ? {} : { rendered: true };
}

function gateway(
  reader: Reader,
  place: Place,
  files: readonly Placed[],
  launches: readonly Launch[] = [],
  unfilled?: (name: string) => boolean,
): Gateway {
  const placed = files.find(one => one.placed)?.placed;
  const version = targetVersion(reader, 'nginx') ?? nginxVersion(place);
  const fill: Fill = name => reader.assumptions.variables.get(name) ?? chartValue(reader, place.span?.file.path, name);
  return nginxGateway(reader, {
    roots: files.map(one => one.root),
    place,
    ...(placed && { placed }),
    fill,
    fillRendered: (name, raw) => (raw.startsWith('$') ? place.environment.get(name) : undefined) ?? fill(name, raw),
    verbatim:
      !isChartTemplate(reader, place.span?.file.path) &&
      !files.some(({ root }) => isYetToBeMade(root.file.path)) &&
      startsNginxItself(place, launches),
    ...(unfilled && { unfilled }),
    ...(version && { version }),
    locate: inside => locate(reader, place, inside),
    list: inside => listInside(reader, place, inside),
  });
}

/** Nothing runs before nginx that could rewrite its files: the official image, or a build that starts nginx and no script. */
function startsNginxItself(place: Place, launches: readonly Launch[]): boolean {
  const commands = launches.flatMap(launch => launch.commands);
  if (commands.length > 0) {
    return commands.every(
      command => /^(?:nginx|openresty)$/.test(baseName(command.words[0]?.text ?? '')) && command.via.length < 2,
    );
  }
  return place.image?.known === true && imageFacts(place.image.value)?.family === 'nginx' && launches.length === 0;
}

/**
 * The nginx files of a host folder: each whole configuration with what it includes is one gateway; fragments of one folder that belong
 * together (`sites-enabled`, or one names an upstream of the other) are one; the rest is judged file by file.
 */
export function hostGateways(reader: Reader, files: readonly SourceFile[], place: Place): readonly Gateway[] {
  const contextOf = (file: SourceFile) => nginxContext(reader.derived('nginx', file, parseConfiguration));
  const parsed = files.map(file => ({ file, context: contextOf(file) }));
  const paths = new Set(files.map(file => file.path));
  const all: HostFiles = { place, paths, key: [...paths].join('\0') };
  const found: Gateway[] = [];
  const covered = new Set<string>();
  for (const { file, context } of parsed) {
    if (context !== 'main') continue;
    const whole = hostGateway(reader, all, [file], 'main');
    for (const one of whole.files) covered.add(one.path);
    found.push(whole);
  }
  const left = parsed.filter(one => one.context === 'http' && !covered.has(one.file.path));
  for (const group of groupFragments(left.map(one => one.file))) {
    found.push(hostGateway(reader, all, group, 'http'));
  }
  return found;
}

/** Files of nginx in one host folder, and their paths as one text, so that what depends on all of them is kept while they are the same. */
interface HostFiles {
  readonly place: Place;
  readonly paths: ReadonlySet<string>;
  readonly key: string;
}

function hostGateway(
  reader: Reader,
  { place, paths, key }: HostFiles,
  files: readonly SourceFile[],
  context: 'main' | 'http',
): Gateway {
  const roots = () => files.map(file => ({ root: rootOf(place, file, context) }));
  const isTemplate = files.some(file => /template|\.(?:tmpl|tpl|j2|in|erb|dist|example|sample)\b/i.test(file.path));
  const unfilled = isTemplate ? undefined : (name: string) => isUnfilled(reader, paths, name);
  return reader.kept(`gateway of ${files[0]?.path}`, [place, key, ...files], () =>
    gateway(reader, place, roots(), [], unfilled),
  );
}

/**
 * Nobody wrote down where on the host the file will lie, so only what stands beside it is looked up; where the folder that is checked is
 * nginx's own, the place says so.
 */
function rootOf(place: Place, file: SourceFile, context: string): NginxRoot {
  const inside = insideOf(place, file.path).find(path => prefixes.some(prefix => path.startsWith(`${prefix}/`)));
  return { file, context, ...(inside && { inside }) };
}

/** Folders whose files a main file takes in as a whole. */
const togetherFolder = /(?:^|\/)(?:conf\.d|sites-enabled|sites-available|http\.d|vhosts?\.d|server_blocks)$/;

function groupFragments(files: readonly SourceFile[]): readonly (readonly SourceFile[])[] {
  const groups: (readonly SourceFile[])[] = [];
  const byFolder = new Map<string, SourceFile[]>();
  for (const file of files) {
    const folder = folderOf(file.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  for (const [folder, members] of byFolder) {
    if (togetherFolder.test(folder)) groups.push(members);
    else groups.push(...groupByUpstream(members));
  }
  return groups;
}

/** A file that defines no server but upstreams goes with those that name them; everything else stands alone. */
function groupByUpstream(files: readonly SourceFile[]): readonly (readonly SourceFile[])[] {
  const shared = files.filter(
    file => !/(?:^|[\s;}])server\s*\{/.test(file.text) && /(?:^|[\s;}])upstream\s/.test(file.text),
  );
  const sites = files.filter(file => !shared.includes(file));
  if (sites.length === 0) return files.map(file => [file]);
  return sites.map(site => [...shared, site]);
}
