import type { Severity } from '../lint/rule.js';
import { fingerprints } from './fingerprint.js';
import { createLocate, type Report } from './report.js';
import { maskSecrets } from './secrets.js';
import { printableJson, visible } from './visible.js';

const severities: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', info: 'info' };

/** A code quality report of GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export function gitlabReport({ diagnostics }: Report): string {
  const locate = createLocate();
  const names = fingerprints(diagnostics);
  return printableJson(
    diagnostics.map(({ rule, severity, message, span }, i) => {
      const { start, end } = locate(span);
      return {
        description: visible(maskSecrets(message)),
        check_name: rule,
        fingerprint: names[i],
        severity: severities[severity],
        location: { path: span.file.path, lines: { begin: start.line, end: end.line } },
      };
    }),
  );
}
