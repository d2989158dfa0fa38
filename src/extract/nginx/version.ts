import { imageFacts, imageName, imageTag, packagedNginx } from '../../facts/images.js';
import type { Place } from '../../model/place.js';
import { type Setting, withValue } from '../../model/setting.js';

/** Images whose tag begins with the version of the nginx in them (OpenResty adds a number of its own behind it). */
const tagged = /^(?:nginx|nginxinc\/nginx-unprivileged|bitnami\/nginx|openresty\/openresty)$/;

/**
 * The version of nginx in a place: by the image's tag (`nginx:1.27.3-alpine`, `nginx:1.27`), or by the release of the distribution whose
 * package the image installs. A tag that moves (`latest`, `stable`) tells nothing.
 */
export function nginxVersion(place: Place): Setting<string> | undefined {
  const { image, packages } = place;
  if (!image?.known) return undefined;
  const name = imageName(image.value);
  const tag = imageTag(image.value);
  const version = tagged.test(name)
    ? /^\d+\.\d+(?:\.\d+)?(?=$|[-.])/.exec(tag)?.[0]
    : packages?.includes('nginx') && !packages.includes('other sources') && imageFacts(image.value)
      ? packagedNginx(name, tag)
      : undefined;
  return version === undefined ? undefined : withValue(image, version);
}
