import type { Rule } from '../../src/lint/rule.js';
import { constantOf } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { compareFolders } from '../../src/model/folders.js';
import type { Gateway, NginxDirective, NginxScope } from '../../src/model/gateway.js';
import { scopesOf } from '../../src/model/inherit.js';
import { joinInside } from '../../src/model/place.js';
import { locationFor } from '../../src/model/select.js';
import type { AppServer } from '../../src/model/server.js';
import { spanText } from '../../src/text/source.js';

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
          if (
            typeof url !== 'string' ||
            typeof folder !== 'string' ||
            !folder.startsWith('/') ||
            !setting?.known ||
            !setting.span
          )
            continue;
          for (const served of locationsOf(gateway, `/${url.replace(/^\/|\/$/g, '')}/`)) {
            const found = compareFolders(only.place, folder, gateway.place, served.folder);
            if (found !== 'another' && found !== 'nothing there') continue;
            if (!isSelected(served.scope, url)) continue;
            // Where the repository lies on the machine is taken from a unit file; a literal path needs no such ground.
            const literal = setting.value.kind === 'constant' && spanText(setting.span).includes(folder);
            report({
              span: served.line.span,
              ...(!literal && { severity: 'info', confidence: 'likely' }),
              message:
                `nginx looks for ${url} in ${served.folder}, and ${rootName} (${where(setting.span)}) is ${folder}` +
                `${gateway.place.id === only.place.id ? '' : `, in ${only.place.title}`}: ${found === 'another' ? 'that is another folder' : `nothing is mounted there in ${gateway.place.title}`}. Every file below ${url} is a 404.`,
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

/** False where an expression of the same server block takes files from it, or may. */
function isSelected(scope: NginxScope, url: string): boolean {
  let server: NginxScope | undefined = scope;
  while (server && server.context !== 'server') server = server.parent;
  const files = ['css/site.css', 'js/app.js', 'img/logo.png', 'file.pdf'].map(
    name => `/${url.replace(/^\/|\/$/g, '')}/${name}`,
  );
  return server === undefined || files.every(path => locationFor(server, path) === scope);
}

interface Served {
  readonly scope: NginxScope;
  readonly line: NginxDirective;
  /** Folder that stands for the URL. */
  readonly folder: string;
}

/** Prefix locations for exactly this URL that name a folder letter by letter. */
function locationsOf(gateway: Gateway, url: string): readonly Served[] {
  const found: Served[] = [];
  for (const scope of scopesOf(gateway)) {
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
    found.push({ scope, line, folder: joinInside('/', line.name === 'alias' ? word.text : `${word.text}${url}`) });
  }
  return found;
}
