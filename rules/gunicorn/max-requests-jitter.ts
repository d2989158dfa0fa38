import { addOptionBehind, addSettingBehind } from '../../src/edits/option.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { sourceOf } from '../../src/model/describe.js';
import { valueOf } from '../../src/model/setting.js';
import type { Edit, Span } from '../../src/text/source.js';

/**
 * Workers that are ended after the same number of requests reach it at about the same time, as the load is shared evenly: then all of them boot at
 * once, and nobody answers meanwhile. Advice: it shows only under steady load, and for as long as the application takes to start.
 */
export const rule: Rule = {
  id: 'gunicorn/max-requests-jitter',
  summary: 'All workers are started anew after the same number of requests',
  severity: 'info',
  symptom: 'downtime',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const { kind, settings, worker, configFiles, span } of servers) {
        const most = settings.get('max_requests');
        const jitter = settings.get('max_requests_jitter');
        if (kind !== 'gunicorn' || !most?.known || typeof most.value !== 'number' || !most.span) continue;
        if (most.value <= 0 || !jitter?.known || jitter.value !== 0) continue;
        const workers = valueOf(worker.processes);
        if (workers === undefined || workers < 2) continue;
        const inFile = configFiles.some(file => file.path === most.span?.file.path);
        report({
          span: most.span,
          message:
            `Each of the ${workers} workers ends after ${most.value} requests (${sourceOf(most)}). They get about as many requests each and none differs ` +
            '(max_requests_jitter is 0), so they are started anew at about the same time, and requests wait until the application is up again.',
          related: [{ span, message: 'gunicorn is started here' }],
          fixes: jitter.origin === 'default' ? fix(most.span, Math.max(1, Math.round(most.value / 10)), inFile) : [],
        });
      }
    }
  },
};

function fix(span: Span, jitter: number, inFile: boolean): readonly Fix[] {
  const edit: Edit | undefined = inFile
    ? addSettingBehind(span, 'max_requests_jitter', String(jitter))
    : addOptionBehind(span, '--max-requests-jitter', String(jitter));
  return edit ? [{ title: `Let them differ by up to ${jitter} requests`, safety: 'safe', edits: [edit] }] : [];
}
