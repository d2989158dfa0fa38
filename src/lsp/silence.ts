import type { Diagnostic } from '../lint/rule.js';
import { applyEdits } from '../text/apply.js';
import { lineAt, lineEnd } from '../text/lines.js';
import type { Edit, SourceFile } from '../text/source.js';
import type { Judged } from './project.js';
import { byteOrderMark } from './view.js';

/** What stands for a reason until the user writes one. */
const placeholder = 'say here why this is right';

/**
 * A comment above the line of a finding that silences it. Undefined where the language has no comments, or none may stand there: inside a
 * text of several lines, or a command that goes on.
 */
export async function silencingEdit(judged: Judged, { rule, span }: Diagnostic): Promise<Edit | undefined> {
  const file = judged.view(span.file.path)?.file;
  if (!file) return undefined;
  const comment = commentFor(file);
  if (!comment) return undefined;
  const start = Math.max(lineAt(file.text, span.start).start, file.text.startsWith(byteOrderMark) ? 1 : 0);
  const indent = /^[ \t]*/.exec(file.text.slice(start))?.[0] ?? '';
  const text = `${indent}${comment(`gwlint-ignore ${rule}: ${placeholder}`)}${lineEnd(file.text)}`;
  const edit = { span: { file, start, end: start }, text };
  // Only a run tells that the comment is one at this place: it silences the finding and changes nothing else.
  const after = await judged.project.tryTexts(new Map([[file.path, applyEdits(file.text, [edit])]]));
  const here = (one: Diagnostic) => one.rule === rule && one.span.file.path === file.path;
  const silenced = after.diagnostics.filter(here).length < judged.diagnostics.filter(here).length;
  const quieter = after.diagnostics.length < judged.diagnostics.length;
  return silenced && quieter && sameProblems(judged, after) ? edit : undefined;
}

function sameProblems(a: Pick<Judged, 'deployment'>, b: Pick<Judged, 'deployment'>): boolean {
  const count = ({ deployment }: Pick<Judged, 'deployment'>) =>
    deployment.files.reduce((sum, { problems }) => sum + problems.length, 0);
  return count(a) === count(b);
}

/** Every language that is read takes `#`, but for these. */
function commentFor({ path }: SourceFile): ((text: string) => string) | undefined {
  if (/\.json$|\.js$/i.test(path)) return undefined;
  return /\.xml$/i.test(path) ? text => `<!-- ${text} -->` : text => `# ${text}`;
}
