import type { Launch } from './launch.js';
import { baseName, type Place } from './place.js';

const longest = 60;

/** Why no application server is seen in a place, as the end of a sentence: `its image ... is not built here`. */
export function whyUnseen(place: Place, launches: readonly Launch[]): string {
  const own = launches.filter(launch => launch.place.id === place.id);
  const commands = own.flatMap(launch => launch.commands);
  const [open] = own.flatMap(launch => launch.unresolved);
  const image = place.image?.known ? place.image.value.replace(/:$/, '') : '';
  if (commands.length === 0 && open) return `${place.title} starts what could not be followed: ${open.message}`;
  const words = commands.at(-1)?.words.map(word => word.text) ?? [];
  // Options alone are for the entry point of the image.
  if (words.length > 0 && !(words[0]?.startsWith('-') && image !== '')) {
    if (/(?:^|\/)(?:nginx|openresty)$/.test(words[0] ?? ''))
      return `${place.title} starts nginx, with a configuration that passes nothing on or is not in the repository`;
    const text = words.join(' ').replace(/\s+/g, ' ');
    const shown = text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
    return `${place.title} starts ${shown}, which is no application server that is known here${open ? ` (${open.message})` : ''}`;
  }
  if (place.opaqueWhy !== undefined) return `${place.title} runs what is not known here: ${place.opaqueWhy}`;
  if (image !== '' && place.kind === 'image')
    return `${place.title} does not say what it starts, so its base ${image} decides, which is not built in the repository`;
  if (image !== '' && (place.opaque || words.length > 0))
    return `${place.title} runs the image ${image}, which is not built in the repository`;
  if (place.opaque) return `what ${place.title} runs is not in the repository`;
  return `${place.title} starts no server that can be seen`;
}

/** Programs that are started beside a gateway and listen nowhere, or end at once. */
const silent = new Set(
  'nginx openresty docker-entrypoint.sh sh bash dash ash exec echo printf cat tail head cp mv rm ln ls mkdir touch chown chmod test [ sed awk grep find sort cut tr date sleep wait true false exit set export source . cd trap envsubst openssl curl wget certbot cron crond logrotate apt-get apt apk pip pip3 id whoami hostname dumb-init tini gosu su-exec wait-for-it wait-for-it.sh wait-for dockerize nc'.split(
    ' ',
  ),
);

/** True where a program is started in the place that may listen for all that is known of it; not for the steps of manage.py. */
export function runsOwnProgram(place: Place, launches: readonly Launch[]): boolean {
  return launches.some(
    launch =>
      launch.place.id === place.id &&
      launch.commands.some(({ words }) => {
        const [program] = words;
        if (!program?.known || program.text.startsWith('-') || silent.has(baseName(program.text))) return false;
        return !words.some(({ text }) => baseName(text) === 'manage.py');
      }),
  );
}
