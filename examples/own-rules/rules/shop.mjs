/** @type {import('gwlint').Rule} */
export const workerCount = {
  id: 'shop/worker-count',
  summary: 'Gunicorn has fewer workers than we agreed on',
  severity: 'warning',
  symptom: '504',
  fix: 'safe',
  options: {
    least: { default: 2, minimum: 1, help: 'Workers that every service must have.' },
  },
  check(deployment, report, options) {
    const least = Number(options?.least ?? 2);
    for (const { servers } of deployment.stacks) {
      for (const { kind, settings } of servers) {
        const workers = settings.get('workers');
        // Nothing is said about a value that is not known, or that nobody wrote.
        if (kind !== 'gunicorn' || !workers?.known || !workers.span) continue;
        if (Number(workers.value) >= least) continue;
        report({
          span: workers.span,
          message: `Gunicorn has ${workers.value} workers here; we agreed on ${least} at least.`,
          fixes: [
            {
              title: `Start ${least} workers`,
              safety: 'safe',
              edits: [{ span: workers.span, text: String(least) }],
            },
          ],
        });
      }
    }
  },
};

export default { rules: [workerCount] };
