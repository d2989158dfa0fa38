import { addOptionBehind, addSettingAtEnd } from '../../src/edits/option.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import { spanText } from '../../src/text/source.js';

/**
 * Gunicorn's master tells that a worker lives by a file that the worker touches. In a container that file is on the container's disk: when the disk
 * is slow or full the touch waits, and the master kills a worker that does nothing wrong. `/dev/shm` is memory in every container.
 */
export const rule: Rule = {
  id: 'gunicorn/worker-tmp-dir',
  summary: "Gunicorn's sign of life is a file on the disk of a container",
  severity: 'info',
  symptom: '502',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { kind, place, settings, span, command } = server;
        const folder = settings.get('worker_tmp_dir');
        const timeout = settings.get('timeout');
        if (kind !== 'gunicorn' || place.kind === 'host' || !command.certain) continue;
        // Unknown: an option or a file that cannot be read may set it.
        if (!folder?.known || folder.value || !timeout?.known || timeout.value === 0) continue;
        if (hasMemory(server)) continue;
        report({
          span,
          message:
            `In ${place.title} the file by which each worker shows that it lives is in /tmp, on the disk of the container (worker_tmp_dir is not set). When that ` +
            `disk stalls for ${seconds(Number(timeout.value))} (timeout), gunicorn kills workers that are healthy, and their requests end in 502.`,
          fixes: fix(server),
          log: '[CRITICAL] WORKER TIMEOUT',
        });
      }
    }
  },
};

/** `/tmp`, or whatever TMPDIR names, is memory already: compose's tmpfs, `emptyDir: {medium: Memory}`. */
function hasMemory({ command, place, launch }: AppServer): boolean {
  const files = [launch.span.file, ...(place.span ? [place.span.file] : [])];
  return command.environment.has('TMPDIR') || files.some(({ text }) => /tmpfs|medium:\s*["']?Memory/.test(text));
}

function fix(server: AppServer): readonly Fix[] {
  const [file, ...more] = server.configFiles;
  const title = 'Keep it in memory (/dev/shm)';
  if (file) {
    const edit = addSettingAtEnd(file, 'worker_tmp_dir', file.text.includes('"') ? '"/dev/shm"' : "'/dev/shm'");
    return more.length === 0 ? [{ title, safety: 'safe', edits: [edit] }] : [];
  }
  if (!/gunicorn["']?$/.test(spanText(server.span))) return [];
  const edit = addOptionBehind(server.span, '--worker-tmp-dir', '/dev/shm');
  return edit ? [{ title, safety: 'safe', edits: [edit] }] : [];
}
