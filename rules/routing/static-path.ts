import type { Rule } from '../../src/lint/rule.js';
import { constantOf } from '../../src/model/application.js';
import { originOf } from '../../src/model/describe.js';
import type { NginxDirective, NginxScope } from '../../src/model/gateway.js';
import { joinInside, type Mount, type Place, repositoryRoot } from '../../src/model/place.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * The location for Django's static or media files does not look where Django puts them. Compared are paths of one machine, or volumes and
 * folders of the repository that two containers share; whatever else lies between the two ends makes it silent.
 */
export const rule: Rule = {
  id: 'routing/static-path',
  summary: 'Static or media files are looked for where the application does not put them',
  severity: 'warning',
  symptom: '404',
  fix: 'none',

  check(deployment, report) {
    for (const { gateways, servers } of deployment.stacks) {
      const [only, ...more] = servers.filter(server => server.entry?.settings.has('STATIC_URL'));
      if (!only || more.some(server => server.place.id !== only.place.id)) continue;
      for (const gateway of gateways.filter(({ kind }) => kind === 'nginx')) {
        for (const [urlName, rootName] of [
          ['STATIC_URL', 'STATIC_ROOT'],
          ['MEDIA_URL', 'MEDIA_ROOT'],
        ] as const) {
          const url = constantOf(only.entry?.settings.get(urlName));
          const setting = only.entry?.settings.get(rootName);
          const folder = setting?.known && setting.value.kind === 'object' ? setting.value.text : constantOf(setting);
          if (typeof url !== 'string' || typeof folder !== 'string' || !folder.startsWith('/') || !setting?.span)
            continue;
          for (const served of gateway.root ? locationsOf(gateway.root, `/${url.replace(/^\/|\/$/g, '')}/`) : []) {
            const collected = shared(only.place, gateway.place, folder);
            const looked = sharedFrom(gateway.place, only.place, served.folder);
            if (collected === undefined || looked === undefined || collected === looked) continue;
            report({
              span: served.line.span,
              message:
                `nginx looks for ${url} in ${served.folder}, and ${rootName} (${originOf({ ...setting, name: rootName })}) is ${folder}` +
                `${gateway.place.id === only.place.id ? '' : `, in ${only.place.title}`}: that is another folder. Every file below ${url} is a 404.`,
              related: [{ span: setting.span, message: `${rootName} is ${folder}` }, ...mountSteps(only)],
              log: `open() "${served.folder}/..." failed (2: No such file or directory)`,
            });
          }
        }
      }
    }
  },
};

function mountSteps({ place }: AppServer) {
  return place.span ? [{ span: place.span, message: `${place.title} puts the files there` }] : [];
}

interface Served {
  readonly line: NginxDirective;
  /** Folder that stands for the URL. */
  readonly folder: string;
}

/** Prefix locations for exactly this URL that name a folder letter by letter. */
function locationsOf(root: NginxScope, url: string): readonly Served[] {
  const found: Served[] = [];
  const pending = [root];
  for (let scope = pending.pop(); scope; scope = pending.pop()) {
    for (const { block } of scope.directives) if (block) pending.push(block);
    const args = scope.opener?.args ?? [];
    const path = args.at(-1)?.text ?? '';
    if (scope.context !== 'location' || !/^(?:\^~)?$/.test(args.length > 1 ? (args[0]?.text ?? '') : '')) continue;
    if (
      `${path.replace(/\/$/, '')}/` !== url ||
      scope.open ||
      scope.directives.some(({ name }) => /_pass$|^(?:try_files|rewrite)$/.test(name))
    )
      continue;
    const line = scope.directives.find(({ name }) => name === 'alias' || name === 'root');
    const word = line?.args[0];
    if (!line || !word?.known || word.text.includes('$') || !word.text.startsWith('/')) continue;
    found.push({ line, folder: joinInside('/', line.name === 'alias' ? word.text : `${word.text}${url}`) });
  }
  return found;
}

function covering(place: Place, path: string): Mount | undefined {
  return place.mounts.findLast(({ inside }) => inside === path || inside === '/' || path.startsWith(`${inside}/`));
}

/** What a folder of the application is, in terms that the gateway's place shares; undefined where that cannot be told. */
function shared(place: Place, other: Place, path: string): string | undefined {
  if (place.id === other.id) return place.kind === 'host' && !path.startsWith(repositoryRoot) ? path : undefined;
  const mount = covering(place, path);
  return mount && (mount.kind === 'volume' || mount.kind === 'bind') ? identity(mount, path) : undefined;
}

/** The same for the folder that the gateway looks in, which has to be one that the application's place mounts too. */
function sharedFrom(place: Place, other: Place, path: string): string | undefined {
  if (place.id === other.id) return place.kind === 'host' && !path.startsWith(repositoryRoot) ? path : undefined;
  const mount = covering(place, path);
  if (mount?.kind !== 'volume' || mount.uncertain || !other.mounts.some(({ volume }) => volume === mount.volume))
    return undefined;
  return identity(mount, path);
}

function identity({ kind, volume, repo, inside, uncertain }: Mount, path: string): string | undefined {
  const name = kind === 'volume' ? volume : repo;
  return name === undefined || uncertain
    ? undefined
    : `${kind}:${name}:${path.slice(inside === '/' ? 0 : inside.length)}`;
}
