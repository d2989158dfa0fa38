import { gunicornSettings, shortWorkerName, workerClass } from '../../../facts/gunicorn.js';
import { where } from '../../../model/describe.js';
import type { Fault } from '../../../model/fault.js';
import type { Setting } from '../../../model/setting.js';
import { isAtLeast } from '../../../model/version.js';
import { fault, type ServerContext } from '../context.js';
import type { Ranked } from './ranking.js';

/** The oldest release in common use: what went before it is gone everywhere. */
export const commonRelease: Setting<string> = { name: 'gunicorn', origin: 'default', known: true, value: '20.0.4' };

/** What the release that runs does not know yet, or no longer has. Silent where the release is not known and some in common use have it. */
export function releaseFaults({ version }: ServerContext, ranked: Ranked): readonly Fault[] {
  const faults: Fault[] = [];
  const running = version?.known
    ? `Gunicorn ${version.value}${version.span ? ` (${where(version.span)})` : ''}`
    : 'Gunicorn';
  for (const [name, setting] of ranked.settings) {
    const since = gunicornSettings.get(name)?.since;
    if (since === undefined || !setting.span || setting.origin === 'default') continue;
    if (isAtLeast(version, since) !== false) continue;
    if (setting.origin === 'config file') {
      const message = `${running} has no setting ${name}, which came with ${since}; it ignores the line without a word`;
      faults.push(fault('gunicorn/unknown-setting', setting.span, message, { severity: 'warning' }));
    } else {
      const message = `${running} has no option ${setting.name}, which came with ${since}, and does not start`;
      const log = `gunicorn: error: unrecognized arguments: ${setting.name}`;
      faults.push(fault('gunicorn/unknown-option', setting.span, message, { log }));
    }
  }
  const worker = ranked.settings.get('worker_class');
  if (!worker?.known || typeof worker.value !== 'string' || !worker.span) return faults;
  const facts = workerClass(shortWorkerName(worker.value));
  const log = `Error: class uri '${worker.value}' invalid or not found`;
  if (facts?.removed !== undefined && isAtLeast(version ?? commonRelease, facts.removed)) {
    const message = `${running} has no worker class ${worker.value}, which went with ${facts.removed}, and does not start`;
    faults.push(fault('gunicorn/bad-value', worker.span, message, { log }));
  } else if (facts?.since !== undefined && isAtLeast(version, facts.since) === false) {
    const message = `${running} has no worker class ${worker.value}, which came with ${facts.since}, and does not start`;
    faults.push(fault('gunicorn/bad-value', worker.span, message, { log }));
  }
  return faults;
}
