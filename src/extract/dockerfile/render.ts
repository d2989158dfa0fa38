import { imageFacts, imageTag } from '../../facts/images.js';
import { joinInside, type Mount, type Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { GeneratedFile } from '../launch/outcome.js';
import { listInside, locate } from '../place/files.js';
import type { Reader } from '../reader.js';

const deepestTemplates = 3;
const mostTemplates = 200;

function stated(environment: ReadonlyMap<string, Setting<string>>, name: string, fallback: string): string | undefined {
  const setting = environment.get(name);
  if (!setting) return fallback;
  return setting.known ? setting.value : undefined;
}

/**
 * Files that the official nginx image makes at start from `/etc/nginx/templates/*.template` (its entry point script
 * 20-envsubst-on-templates.sh). A variable that the environment does not have stays as it is written.
 */
export function renderedTemplates(reader: Reader, place: Place): readonly Mount[] {
  const folder = stated(place.environment, 'NGINX_ENVSUBST_TEMPLATE_DIR', '/etc/nginx/templates');
  const suffix = stated(place.environment, 'NGINX_ENVSUBST_TEMPLATE_SUFFIX', '.template');
  const output = stated(place.environment, 'NGINX_ENVSUBST_OUTPUT_DIR', '/etc/nginx/conf.d');
  if (folder === undefined || suffix === undefined || output === undefined) return [];
  // Only variables that match it are filled in. It is seldom used, and a regular expression of awk.
  const filtered = place.environment.has('NGINX_ENVSUBST_FILTER');
  const found: Mount[] = [];
  const walk = (relative: string, depth: number) => {
    const at = joinInside(folder, `./${relative}`);
    const { names, complete } = listInside(reader, place, at);
    if (!complete && place.mounts.some(mount => mount.inside === at)) {
      found.push({ kind: 'run', inside: joinInside(output, `./${relative}`), effect: 'adds' });
    }
    for (const name of names.slice(0, mostTemplates)) {
      const target = joinInside(at, name);
      const located = locate(reader, place, target);
      if (located.kind === 'directory' && depth < deepestTemplates) walk(`${relative}/${name}`, depth + 1);
      if (located.kind !== 'file' || !name.endsWith(suffix)) continue;
      const inside = joinInside(output, `./${relative}/${name.slice(0, name.length - suffix.length)}`);
      const { span } = located.mount;
      const made = filtered
        ? { effect: 'replaces' as const }
        : { effect: 'link' as const, target, rendered: 'envsubst' as const };
      found.push({ kind: 'run', inside, ...made, ...(span && { span }) });
    }
  };
  walk('', 0);
  return found;
}

/** True for an image whose entry point renders nginx templates when nginx is what it starts. */
export function rendersTemplates(place: Place, words: readonly Word[]): boolean {
  const reference = place.image?.known ? place.image.value : undefined;
  if (reference === undefined || imageFacts(reference)?.family !== 'nginx' || isBeforeTemplates(reference))
    return false;
  return /(?:^|\/)nginx(?:-debug)?$/.test(words[0]?.text ?? '');
}

/** An image that is not known, and files where only nginx's own image looks for templates: it can be no other. */
export function isTemplateFolderOf({ image, mounts }: Place): boolean {
  return image === undefined && mounts.some(({ inside }) => `${inside}/`.startsWith('/etc/nginx/templates/'));
}

/** nginx images have an entry point that renders templates since 1.18 (nginx/docker-nginx). */
function isBeforeTemplates(reference: string): boolean {
  const version = /^(\d+)\.(\d+)/.exec(imageTag(reference));
  return version !== null && Number(version[1]) === 1 && Number(version[2]) < 18;
}

/** Files that a start command writes before the server reads them, as mounts over what lies there. */
export function generatedMounts(generated: readonly GeneratedFile[]): readonly Mount[] {
  return generated.map((file): Mount => {
    const { path: inside, span } = file;
    if (!file.certain) return { kind: 'run', inside, effect: 'replaces', span };
    if (file.how === 'content' && file.content) return { kind: 'copy', inside, content: file.content, span };
    if (file.source !== undefined && file.how !== 'content' && file.how !== 'changed') {
      const rendered = file.how === 'envsubst' ? { rendered: 'envsubst' as const } : {};
      return { kind: 'run', inside, effect: 'link', target: file.source, span, ...rendered };
    }
    return { kind: 'run', inside, effect: 'replaces', span };
  });
}
