import type { Deployment, ReadFile, Stack } from '../model/deployment.js';

/** All files that a finding may be about: those that were read as configurations, and the modules that the servers load. */
export function judgedFiles({ files, stacks }: Deployment): readonly ReadFile[] {
  return distinctFiles([...files, ...modulesOf(stacks)]);
}

/** The first of each path. */
export function distinctFiles(files: readonly ReadFile[]): readonly ReadFile[] {
  const known = new Map<string, ReadFile>();
  for (const one of files) if (!known.has(one.file.path)) known.set(one.file.path, one);
  return [...known.values()];
}

/** The modules that servers load. */
export function modulesOf(stacks: readonly Stack[]): readonly ReadFile[] {
  return stacks.flatMap(({ servers }) =>
    servers.flatMap(({ entry }) =>
      (entry?.modules ?? []).map(({ file, problems }) => ({ file, kind: 'python' as const, problems })),
    ),
  );
}
