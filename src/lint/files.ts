import type { Deployment, ReadFile } from '../model/deployment.js';

/** All files that a finding may be about: those that were read as configurations, and the modules that the servers load. */
export function judgedFiles({ files, stacks }: Deployment): readonly ReadFile[] {
  const known = new Map(files.map(one => [one.file.path, one]));
  for (const { servers } of stacks) {
    for (const { file, problems } of servers.flatMap(({ entry }) => entry?.modules ?? [])) {
      if (!known.has(file.path)) known.set(file.path, { file, kind: 'python', problems });
    }
  }
  return [...known.values()];
}
