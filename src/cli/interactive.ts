import type { ChosenFix } from '../lint/fix.js';
import { type FixChoice, fixAll } from '../lint/fix.js';
import type { Diagnostic, Fix } from '../lint/rule.js';
import { prettyReport } from '../report/pretty.js';
import { visible } from '../report/visible.js';
import type { Run } from './lint.js';
import { wantsColour } from './output.js';
import { type Fixed, fixedView, type Project, reportOf, stateOf, textsOf } from './project.js';

type Ask = (question: string) => Promise<string | undefined>;

/** Shows each finding that has a repair, and applies what the person chooses. Nothing is written. */
export async function fixByChoice(project: Project, choice: FixChoice, ask: Ask, run: Run): Promise<Fixed> {
  const { io } = run;
  let texts: ReadonlyMap<string, string> = new Map();
  let state = stateOf(project);
  const applied: ChosenFix[] = [];
  const refused: ChosenFix[] = [];
  const asked = new Set<string>();
  const textOnDisk = textsOf(project);
  for (;;) {
    const textNow = (path: string) => texts.get(path) ?? textOnDisk(path);
    const next = state.diagnostics.find(
      one => one.fixes.length > 0 && !asked.has(keyOf(one)) && choice.wanted(one, textNow),
    );
    if (!next) break;
    asked.add(keyOf(next));
    const { view } = fixedView(project, texts, { ...state, diagnostics: [next] }, io.cwd);
    const colour = wantsColour(io, run.options.color);
    io.stdout(`${prettyReport(reportOf(view, io.cwd), { colour, width: io.columns ?? 80, bare: true })}\n`);
    const answer = await answerFor(next.fixes, ask, io.stdout);
    if (answer === 'quit') break;
    if (answer === 'leave') continue;
    const before = texts;
    const outcome = await fixAll(
      offering(state, next, answer),
      textNow,
      async more => offering(stateOf(await project.judge(new Map([...before, ...more]))), next, answer),
      { unsafe: true, wanted: () => true },
    );
    if (outcome.applied.length === 0) {
      refused.push({ diagnostic: next, fix: answer });
      io.stdout('That would leave the finding or bring another problem, so nothing was changed.\n\n');
      continue;
    }
    applied.push({ diagnostic: next, fix: answer });
    texts = new Map([...before, ...outcome.texts]);
    state = stateOf(await project.judge(texts));
  }
  return { ...fixedView(project, texts, state, io.cwd), applied, refused };
}

function keyOf({ rule, span, message }: Diagnostic): string {
  return JSON.stringify([rule, span.file.path, message]);
}

/** The findings with one repair among them: the chosen one. */
function offering<S extends { readonly diagnostics: readonly Diagnostic[] }>(
  state: S,
  finding: Diagnostic,
  fix: Fix,
): S {
  const key = keyOf(finding);
  const fixesOf = (one: Diagnostic) =>
    keyOf(one) === key ? one.fixes.filter(({ title }) => title === fix.title).slice(0, 1) : [];
  return { ...state, diagnostics: state.diagnostics.map(one => ({ ...one, fixes: fixesOf(one) })) };
}

async function answerFor(
  fixes: readonly Fix[],
  ask: Ask,
  print: (text: string) => void,
): Promise<Fix | 'leave' | 'quit'> {
  for (const [i, { title, safety }] of fixes.entries()) print(`  ${i + 1}  ${visible(title)} (${safety})\n`);
  for (;;) {
    const answer = (await ask(`Repair with [1-${fixes.length}], leave [l], or write and quit [q]? `))
      ?.trim()
      .toLowerCase();
    if (answer === undefined || answer === 'q') return 'quit';
    if (answer === 'l' || answer === '') return 'leave';
    const fix = /^\d+$/.test(answer) ? fixes[Number(answer) - 1] : undefined;
    if (fix) return fix;
    print(`There is no ${visible(answer)}.\n`);
  }
}
