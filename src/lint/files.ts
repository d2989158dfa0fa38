import type { ReadFile, Stack } from '../model/deployment.js';

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
