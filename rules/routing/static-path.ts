import type { Finding, Rule } from '../../src/lint/rule.js';
import { constantOf } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { compareFolders, sharedElsewhere } from '../../src/model/folders.js';
import type { Gateway, NginxScope } from '../../src/model/gateway.js';
import { baseName, type Place } from '../../src/model/place.js';
import { locationFor } from '../../src/model/select.js';
import { servedFolders } from '../../src/model/served.js';
import type { AppServer } from '../../src/model/server.js';
import { spanText } from '../../src/text/source.js';

/** Folders as examples write them. */
const toFillIn = /(?:^|\/)(?:path\/to|your[-_]?\w*|<[^/>]+>)(?:\/|$)/i;

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
    for (const { gateways, servers, places } of deployment.stacks) {
      for (const gateway of gateways) for (const finding of elsewhere(gateway, places)) report(finding);
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
          for (const served of servedFolders(gateway, `/${url.replace(/^\/|\/$/g, '')}/`)) {
            const found = compareFolders(only.place, folder, gateway.place, served.folder);
            if (found !== 'another' && found !== 'nothing there') continue;
            // One of the two is still to be filled in.
            if (toFillIn.test(folder) !== toFillIn.test(served.folder)) continue;
            if (mayBePublished(gateway.place, folder, served.folder)) continue;
            if (sharedElsewhere(gateway.place, served.folder, places) || !isSelected(served.scope, url)) continue;
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

/** A folder of the same name where web servers have theirs: what the application collects is copied or linked there at a deployment. */
function mayBePublished(place: Place, folder: string, served: string): boolean {
  const web = /^\/(?:var\/www|usr\/share\/nginx)\//;
  return place.kind === 'host' && web.test(served) && !web.test(folder) && baseName(served) === baseName(folder);
}

/** The path inside the application's container, where the gateway has the same volume at another one. */
function elsewhere(gateway: Gateway, places: readonly Place[]): readonly Finding[] {
  return servedFolders(gateway).flatMap(({ line, folder, url }) => {
    const found = gateway.kind === 'nginx' ? sharedElsewhere(gateway.place, folder, places) : undefined;
    if (!found) return [];
    const { place, there, own } = found;
    const steps = [there, own].flatMap(({ span, inside }) =>
      span ? [{ span, message: `the volume is at ${inside}` }] : [],
    );
    return [
      {
        span: line.span,
        message:
          `nginx looks for ${url} in ${folder}, which is the path in ${place.title}: in ${gateway.place.title} the same volume is mounted at ${own.inside}, ` +
          `and nothing is at ${folder}. Every file below ${url} is a 404.`,
        related: steps,
        log: `open() "${folder}/..." failed (2: No such file or directory)`,
      },
    ];
  });
}

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
