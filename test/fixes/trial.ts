import { brokenBy, changedBy, createJudge, harmToText, isForBrokenFile, isLeft, offeredIn, repaired } from './harm.js';
import type { Asked } from './programs.js';
import type { Files, Project } from './projects.js';
import { type Variation, varied } from './vary.js';

/** A file that a repair has changed, for the program that reads it: as it was and as it is. */
export interface Change {
  /** What was repaired, and how the project was made: all that is needed to do it again. */
  readonly what: string;
  readonly before: Asked;
  readonly after: Asked;
}

export interface Trial {
  /** How many fixes were applied, each alone. */
  readonly applied: number;
  /** In plain words, with what is needed to do it again. */
  readonly harms: readonly string[];
  readonly changes: readonly Change[];
}

/**
 * Applies every fix that is offered for a project, each alone as an editor would, then all together as `--unsafe-fixes` does, and all once
 * more on what came of it.
 */
export async function tryFixes(project: Project, steps: readonly Variation[]): Promise<Trial> {
  const files = varied(project.files, steps);
  const harms: string[] = [];
  const changes: Change[] = [];
  const made = `${project.name} ${JSON.stringify(steps)}`;
  const judge = createJudge(files);
  const before = await judge(new Map());
  const offered = offeredIn(before);
  for (const { finding, fix } of offered) {
    const what = `${finding.rule}: ${fix.title}`;
    const texts = changedBy(files, fix.edits);
    for (const [path, after] of texts) {
      const own = fix.edits.filter(({ span }) => span.file.path === path);
      for (const harm of harmToText(path, files.get(path) ?? '', after, own))
        harms.push(`${what}: ${path}: ${harm}: ${made}`);
    }
    const after = await judge(texts);
    for (const path of brokenBy(before, after)) harms.push(`${what}: brings a problem into ${path}: ${made}`);
    if (!isForBrokenFile(fix, before) && isLeft(finding, fix.edits, after))
      harms.push(`${what}: leaves the finding: ${made}`);
    changes.push(...changesOf(files, texts, `${what}: ${made}`));
  }
  if (offered.length > 0) {
    const together = await repaired(files, before, judge);
    const result = new Map([...files, ...together.texts]);
    changes.push(...changesOf(files, together.texts, `all fixes: ${made}`));
    const afresh = createJudge(result);
    const again = await repaired(result, await afresh(new Map()), afresh);
    if (again.texts.size > 0) harms.push(`all fixes, twice: ${again.applied.map(one => one.fix.title)}: ${made}`);
  }
  return { applied: offered.length, harms, changes };
}

function changesOf(files: Files, texts: Files, what: string): readonly Change[] {
  const after = new Map([...files, ...texts]);
  return [...texts.keys()].map(path => ({ what, before: { files, path }, after: { files: after, path } }));
}
