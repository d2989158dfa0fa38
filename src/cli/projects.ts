import type { Answers } from './answers.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import type { Io } from './output.js';
import { type Project, withoutStacks } from './project.js';

/**
 * Reads and judges several roots, over worker threads where there is enough to do, or gives the answers that earlier runs left. The result is that of
 * judging one after the other.
 */
export async function openProjects(
  targets: readonly ConfiguredTarget[],
  options: Options,
  answers: Answers,
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<readonly Project[]> {
  if (targets.length > 1) {
    const { openOverThreads } = await import('./threads.js');
    const projects = await openOverThreads(targets, options, io);
    if (projects) return projects;
  }
  const projects: Project[] = [];
  for (const target of targets) projects.push(withoutStacks(await answers.open(target)));
  return projects;
}
