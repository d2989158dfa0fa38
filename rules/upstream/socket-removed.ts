import type { Finding, Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { Launch, MadeFolder, PassedSocket } from '../../src/model/launch.js';
import { lineEnd } from '../../src/text/lines.js';

/**
 * systemd removes the folder of RuntimeDirectory= whenever the service stops, and the socket that a socket unit opened in it: that unit goes
 * on listening on a file that is gone. Speaks only where both units are seen and nothing restarts the socket along with the service.
 */
export const rule: Rule = {
  id: 'upstream/socket-removed',
  summary: 'The socket of a socket unit lies in a folder that is removed whenever the service stops',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { launches } of deployment.stacks) {
      for (const launch of launches) {
        for (const socket of launch.passedSockets) {
          const folder = launch.kind === 'systemd' ? folderOver(launch, socket) : undefined;
          if (folder) report(finding(launch, socket, folder));
        }
      }
    }
  },
};

function folderOver({ madeFolders = [] }: Launch, { address, span }: PassedSocket): MadeFolder | undefined {
  if (!address.known || address.value.kind !== 'unix' || followsService(span.file.text)) return undefined;
  const { path } = address.value;
  return madeFolders.find(folder => folder.removed && path.startsWith(`${folder.path}/`));
}

/** The socket unit is stopped and started with the service, or somebody makes the file anew. */
function followsService(unit: string): boolean {
  return /^[ \t]*(?:PartOf|BindsTo|StopPropagatedFrom|Symlinks|ExecStartPost|ExecStopPost)[ \t]*=/m.test(unit);
}

function finding({ name }: Launch, { address, span }: PassedSocket, folder: MadeFolder): Finding {
  const path = address.known && address.value.kind === 'unix' ? address.value.path : '';
  const end = { ...folder.span, start: folder.span.end };
  const text = `${lineEnd(folder.span.file.text)}RuntimeDirectoryPreserve=yes`;
  return {
    span,
    message:
      `The socket unit opens ${path} in ${folder.path}, which systemd removes whenever ${name} stops (RuntimeDirectory in ${where(folder.span)}). ` +
      `After the first restart of ${name} the file is gone, while the socket unit goes on listening on it: every request is answered with 502 until that unit is restarted too.`,
    related: [
      { span: folder.span, message: `${folder.path} is made at the start of ${name}, and removed when it stops` },
    ],
    fixes: [
      { title: 'Keep the folder (RuntimeDirectoryPreserve=yes)', safety: 'unsafe', edits: [{ span: end, text }] },
    ],
    log: `connect() to unix:${path} failed (2: No such file or directory) while connecting to upstream`,
  };
}
