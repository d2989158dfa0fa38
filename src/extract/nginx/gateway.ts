import type { Fault } from '../../model/fault.js';
import type { Gateway, NginxScope } from '../../model/gateway.js';
import { folderOf, type Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { SourceFile, Step } from '../../text/source.js';
import type { Located } from '../place/files.js';
import type { Reader } from '../reader.js';
import { findFaults } from './faults/index.js';
import { upstreamGroups } from './groups.js';
import type { IncludeWorld } from './include.js';
import { type Loaded, load } from './load.js';
import { type PassReading, passForm, readPass } from './pass.js';
import { routesOf } from './routes.js';
import { type Expanded, expand, type NginxRoot } from './scopes.js';
import { collectVariables, type Variables } from './variables.js';
import { virtualServers } from './virtual.js';
import type { Fill } from './words.js';

export type { NginxRoot } from './scopes.js';
export type { Fill } from './words.js';

export interface NginxOptions {
  /** One main file, or the fragments that form one http level; both together where nothing includes the fragments. At least one. */
  readonly roots: readonly NginxRoot[];
  readonly place: Place;
  readonly placed?: Step;
  readonly locate: (inside: string) => Located;
  readonly list: (insideFolder: string) => { readonly names: readonly string[]; readonly complete: boolean };
  /** Values for `${NAME}` in every file, and in those that are rendered from a known environment. */
  readonly fill?: Fill;
  readonly fillRendered?: Fill;
  /** Proved: nginx reads its files as they are, nothing renders them before, but for those that are said to be rendered. */
  readonly verbatim?: boolean;
  /** True for a placeholder's name that nothing in the repository would fill in. */
  readonly unfilled?: (name: string) => boolean;
  /** Of nginx, where the image tag or the package names it. */
  readonly version?: Setting<string>;
}

/** One nginx: its scopes after includes, virtual servers, upstream groups, routes with their effective settings, and faults. */
export function nginxGateway(reader: Reader, options: NginxOptions): Gateway {
  const { roots, place } = options;
  const main = roots.find(root => root.context === 'main') ?? roots[0];
  if (!main) throw new RangeError('a gateway needs at least one file');
  const loaded = load(roots, includeWorld(reader, options, main), options);
  const outerKnown = stockMain(options);
  const expanded = expand(roots, loaded, outerKnown);
  for (const note of expanded.unresolved) reader.unresolved(note.span, note.message);
  noteFiles(reader, loaded);

  const whole = main.context === 'main' || outerKnown;
  const { version } = options;
  const groups = upstreamGroups(expanded.scopes, version);
  const servers = virtualServers(expanded.scopes);
  const variables = collectVariables(expanded.scopes);
  const passes = readPasses(expanded, variables, groups);
  const levels = { unread: expanded.unread, version };
  const groupsOpen = expanded.scopes.some(
    scope => (scope.context === 'main' || scope.context === 'http') && scope.open,
  );
  const routes = routesOf(handlers(passes, loaded), servers, levels, groupsOpen);
  const faults: readonly Fault[] = findFaults({
    ...expanded,
    loaded,
    roots,
    groups,
    servers,
    passes,
    variables,
    whole,
    options,
  });
  return {
    kind: 'nginx',
    place,
    file: main.file,
    whole,
    servers: [...servers.values()],
    groups: [...groups.values()],
    routes,
    files: filesOf(main, loaded),
    root: expanded.root,
    ...(version && { version }),
    faults,
    placed: options.placed,
  };
}

function includeWorld(reader: Reader, options: NginxOptions, main: NginxRoot): IncludeWorld {
  const base = {
    reader,
    place: options.place,
    locate: options.locate,
    list: options.list,
    folder: folderOf(main.file.path),
  };
  if (main.inside === undefined) return base;
  if (main.context === 'main') return { ...base, prefix: folderOf(main.inside) || '/' };
  // A fragment is included from the main file, one folder above conf.d or sites-enabled, whose folder is what counts.
  const folder = folderOf(main.inside);
  return /\/(?:conf\.d|http\.d|sites-enabled|sites-available|server_blocks|snippets)$/.test(folder)
    ? { ...base, prefix: folderOf(folder) }
    : base;
}

/** True when the fragments lie where the main file of an image includes them, and that main file is the image's own. */
function stockMain(options: NginxOptions): boolean {
  if (options.place.kind === 'host' || options.roots.some(root => root.context !== 'http')) return false;
  return options.roots.every(root => {
    const folder = root.inside === undefined ? '' : folderOf(root.inside);
    return (
      /\/(?:conf\.d|http\.d|sites-enabled)$/.test(folder) &&
      options.locate(`${folderOf(folder)}/nginx.conf`).kind === 'image'
    );
  });
}

function readPasses(
  { scopes, root }: Expanded,
  variables: Variables,
  groups: Parameters<typeof readPass>[3],
): readonly PassReading[] {
  const found: PassReading[] = [];
  for (const scope of scopes) {
    if (scope === root || !isHttp(scope)) continue;
    for (const directive of scope.directives) {
      if (!passForm(directive.name) || directive.block) continue;
      const reading = readPass(directive, scope, variables, groups);
      if (reading) found.push(reading);
    }
  }
  return found;
}

/**
 * Of passes of several modules in one block the last one handles the requests: each sets the handler anew. Branches of a template are
 * alternatives.
 */
function handlers(passes: readonly PassReading[], { files }: Loaded): readonly PassReading[] {
  const last = new Map<NginxScope, PassReading>();
  for (const pass of passes) last.set(pass.scope, pass);
  return passes.filter(pass => {
    const handler = last.get(pass.scope);
    if (!handler || handler.directive.name === pass.directive.name) return true;
    return [pass, handler].some(({ directive }) => files.get(directive.span.file)?.controlled);
  });
}

function isHttp(scope: NginxScope): boolean {
  return /^(?:location|if in location|limit_except)$/.test(scope.context);
}

function filesOf(main: NginxRoot, loaded: Loaded): readonly SourceFile[] {
  const own = [...loaded.files.values()].filter(info => !info.stock).map(info => info.file);
  return [main.file, ...own.filter(file => file !== main.file)];
}

function noteFiles(reader: Reader, loaded: Loaded): void {
  for (const info of loaded.files.values()) if (!info.stock) reader.note(info.file, 'nginx', info.tree.problems);
}
