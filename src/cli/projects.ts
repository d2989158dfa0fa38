import { resolve } from 'node:path';
import { openOne } from './answers.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import type { Io } from './output.js';
import { type Project, withoutStacks } from './project.js';
import { createSpare } from './spare.js';
import type { Tool } from './tool.js';

/**
 * Reads and judges several roots: from the cache where it holds, over worker threads where there is enough to do. The result is that
 * of doing one after the other.
 */
export async function openProjects(
  targets: readonly ConfiguredTarget[],
  given: Options,
  tool: Tool,
  io: Pick<Io, 'cwd' | 'env' | 'answers'>,
): Promise<readonly Project[]> {
  const options = given.cache === undefined ? given : { ...given, cache: resolve(io.cwd, given.cache) };
  if (targets.length > 1) {
    const { openOverThreads } = await import('./threads.js');
    const projects = await openOverThreads(targets, options, io);
    if (projects) return projects;
  }
  const projects: Project[] = [];
  const listed = createSpare(targets.length);
  const answers = targets.length === 1 ? io.answers : undefined;
  for (const target of targets) projects.push(withoutStacks(await openOne(target, options, tool, listed, answers)));
  return projects;
}
