import type { NginxProblem } from '../../../syntax/nginx/tree.js';
import type { SourceFile } from '../../../text/source.js';
import type { Evidence, Report } from './evidence.js';

/** Behind these the text is no configuration. */
const mostProblems = 100;

/** What the parser could not read, with its repairs. */
export function checkSyntax(evidence: Evidence, report: Report): void {
  for (const { tree, stock, file } of evidence.loaded.files.values()) {
    if (stock) continue;
    for (const problem of tree.problems.slice(0, mostProblems)) report(faultOf(problem, file));
  }
}

function faultOf(problem: NginxProblem, file: SourceFile): Parameters<Report>[0] {
  const { repair, nginx, span, swallowed } = problem;
  const effect = swallowed
    ? `: nginx accepts what follows as more words of the same directive, so ${swallowed.join(' and ')} ${swallowed.length > 1 ? 'have' : 'has'} no effect.`
    : '';
  return {
    kind: 'nginx/syntax',
    span,
    message: problem.message + effect,
    ...(swallowed && { severity: 'warning' as const, symptom: 'wrong reply' as const }),
    ...(nginx !== undefined && { log: nginx }),
    ...(repair && {
      repairs: [
        {
          title: repair.title,
          safety: swallowed ? 'unsafe' : 'safe',
          edits: [{ span: { file, start: repair.start, end: repair.end }, text: repair.text }],
        },
      ],
    }),
  };
}
