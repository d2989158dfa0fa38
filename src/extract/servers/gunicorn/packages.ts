import { shortWorkerName, workerClass } from '../../../facts/gunicorn.js';
import type { Fault } from '../../../model/fault.js';
import { declaresPackages, isScript, packageList } from '../../packages.js';
import { fault, type ServerContext } from '../context.js';
import type { Ranked } from './ranking.js';

const largestFile = 2_000_000;
/** Images that bring Python and nothing of a web application. */
const plainImage =
  /^(?:docker\.io\/)?(?:library\/)?(?:python|alpine|debian|ubuntu|buildpack-deps|fedora|centos|rockylinux|almalinux)(?:[:@]|$)/;

/**
 * A worker class whose package nothing in the repository installs, though it says which packages it installs. Gunicorn imports the
 * class when it starts, and ends where that fails.
 */
export function packageFaults(context: ServerContext, ranked: Ranked): readonly Fault[] {
  const setting = ranked.settings.get('worker_class');
  if (!setting?.known || typeof setting.value !== 'string' || !setting.span) return [];
  const needed = workerClass(shortWorkerName(setting.value))?.needs;
  if (needed === undefined || !bringsNothing(context)) return [];
  const word = needed.replace(/[-_]/g, '[-_]');
  const pattern = new RegExp(`\\b${word}\\b`, 'i');
  let listed: Fault['span'] | undefined;
  for (const path of context.reader.files()) {
    if (!declaresPackages(path)) continue;
    const file = context.reader.file(path);
    if (!file || file.text.length > largestFile) return [];
    const { text, place } = packageList(file);
    // Extras and files of other folders may bring it along.
    if (pattern.test(text) || /fastapi\s*\[|-r\s+https?:|git\+/i.test(text)) return [];
    const at = isScript(path) ? null : /^[ \t"']*gunicorn\b/im.exec(text);
    if (at && !listed) listed = place(at.index, at.index + at[0].length);
  }
  if (!listed) return [];
  const message = `The worker class ${setting.value} needs the package ${needed}, which nothing in the repository installs: Gunicorn does not start without it`;
  const related = [{ span: listed, message: 'the packages that are installed are listed here' }];
  return [fault('gunicorn/bad-value', setting.span, message, { related, severity: 'warning' })];
}

function bringsNothing({ place }: ServerContext): boolean {
  if (place.kind === 'host') return true;
  return !place.opaque && place.image?.known === true && plainImage.test(place.image.value);
}
