import { reportFaults } from '../../src/lint/faults.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import { isAtLeast } from '../../src/model/version.js';
import { lineAt } from '../../src/text/lines.js';
import type { Span } from '../../src/text/source.js';

/** Source: docs/source/settings.rst of 21.0.0: "deprecated and currently ignored". */
const ignoredSince: Readonly<Record<string, { readonly since: string; readonly instead: string }>> = {
  ssl_version: { since: '21.0', instead: 'a hook ssl_context' },
};

/** Worker classes that a later release no longer has. Source: `workerClasses` of the table. */
const leaving: Readonly<Record<string, { readonly removed: string; readonly instead: string }>> = {
  eventlet: { removed: '26.0.0', instead: 'gevent or gthread' },
};

/**
 * What this release takes and a later one does not, or takes and ignores: advice, as nothing fails today. What the release in use refuses is for
 * gunicorn/unknown-option and gunicorn/bad-value.
 */
export const rule: Rule = {
  id: 'gunicorn/deprecated-setting',
  summary: 'A setting that newer releases of Gunicorn ignore or no longer have',
  severity: 'info',
  symptom: 'start',
  fix: 'safe',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        if (server.kind !== 'gunicorn') continue;
        for (const [name, { since, instead }] of Object.entries(ignoredSince)) {
          const setting = server.settings.get(name);
          if (!setting?.span || setting.origin === 'default' || isAtLeast(server.version, since) === false) continue;
          const sure = isAtLeast(server.version, since) === true;
          report({
            span: setting.span,
            symptom: 'security',
            message:
              `${setting.name} (${where(setting.span)}) has no effect since Gunicorn ${since}${running(server)}: connections are made with what Python allows by default. ` +
              `Newer releases take ${instead} for it.`,
            fixes: sure ? withoutLine(setting.span, name) : [],
          });
        }
        const worker = server.settings.get('worker_class');
        const row = worker?.known && typeof worker.value === 'string' ? leaving[worker.value] : undefined;
        if (!row || !worker?.span || isAtLeast(server.version, row.removed)) continue;
        report({
          span: worker.span,
          message:
            `Gunicorn ${row.removed} no longer has the worker class ${String(worker.known && worker.value)}${running(server)}: it does not start after an upgrade. ` +
            `${row.instead[0]?.toUpperCase()}${row.instead.slice(1)} take its place.`,
        });
      }
    }
  },
};

function running({ version }: AppServer): string {
  return version?.known ? ` (here ${version.value}${version.span ? `, ${where(version.span)}` : ''})` : '';
}

/** The line goes where it holds nothing but this setting. */
function withoutLine({ file, start, end }: Span, name: string): readonly Fix[] {
  const line = lineAt(file.text, start);
  const text = file.text.slice(line.start, line.end);
  const alone = text.startsWith(name) && /^[ \t]*=[^=]/.test(text.slice(name.length));
  if (end > line.end || !alone || file.text.slice(end, line.end).trim() !== '') return [];
  const next = file.text.slice(line.end, line.end + 2) === '\r\n' ? 2 : line.end < file.text.length ? 1 : 0;
  const edit = { span: { file, start: line.start, end: line.end + next }, text: '' };
  return [{ title: `Remove ${name}, which is ignored`, safety: 'safe', edits: [edit] }];
}
