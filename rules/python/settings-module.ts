import { reportFaults } from '../../src/lint/faults.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { history } from '../../src/model/describe.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/**
 * DJANGO_SETTINGS_MODULE names a module that is not there: Django fails with the first thing that needs a setting. One that the code only
 * proposes is told where it is a slip, as what holds wherever the environment names no other.
 */
export const rule: Rule = {
  id: 'python/settings-module',
  summary: 'DJANGO_SETTINGS_MODULE names a module that is not there',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { settingsModule: named, settingsProposed, settingsMissing } = server.entry ?? {};
        const settingsModule = named?.known ? named : settingsProposed;
        if (!settingsModule || !settingsMissing) continue;
        const proposed = settingsModule === settingsProposed;
        report({
          span: settingsModule.span ?? server.span,
          ...(proposed && { severity: 'warning' as const }),
          message:
            `DJANGO_SETTINGS_MODULE is ${settingsModule.value}${proposed ? ' where the environment does not set it' : ''}, but ${settingsMissing.why}${hint(settingsMissing.near)}. Django cannot read its settings${proposed ? ' then' : ''}: ` +
            (server.kind === 'uwsgi'
              ? 'every request is answered with 500.'
              : `${server.kind} does not start, and the gateway answers with 502.`),
          symptom: server.kind === 'uwsgi' ? '500' : '502',
          related: [{ span: server.span, message: `${server.kind} is started here` }, ...history(settingsModule)],
          fixes: rename(settingsModule, settingsMissing.near),
          log: `ModuleNotFoundError: No module named '${settingsModule.value}'`,
        });
      }
    }
  },
};

function hint(near: readonly string[]): string {
  const [only] = near;
  return near.length === 1 ? ` (${only} is meant?)` : '';
}

function rename(setting: Setting<string> & { readonly known: true }, near: readonly string[]): readonly Fix[] {
  const [only] = near;
  if (!setting.span || near.length !== 1 || !only) return [];
  const at = spanText(setting.span).indexOf(setting.value);
  if (at < 0) return [];
  const start = setting.span.start + at;
  const edit = { span: { ...setting.span, start, end: start + setting.value.length }, text: only };
  return [{ title: `Use ${only}`, safety: 'safe', edits: [edit] }];
}
