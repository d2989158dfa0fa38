import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../sources.js';

/** The files of a project by their path. */
export type Files = ReadonlyMap<string, string>;

/** The deployments below fixtures/rules. */
export function ruleProjects(): readonly Files[] {
  const root = join(projectRoot, 'fixtures/rules');
  const leaves = readdirSync(root).flatMap(group =>
    readdirSync(join(root, group)).flatMap(rule =>
      readdirSync(join(root, group, rule)).map(name => join(root, group, rule, name)),
    ),
  );
  return leaves.map(leaf => {
    const entries = readdirSync(leaf, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
    return new Map(
      entries
        .map(one => join(one.parentPath, one.name))
        .sort()
        .map(path => [path.slice(leaf.length + 1), readFileSync(path, 'utf8')]),
    );
  });
}

/** Several projects in one repository, each in a folder of its own. */
export function sideBySide(projects: readonly Files[]): Files {
  return new Map(
    projects.flatMap((files, i) => [...files].map(([path, text]) => [`project${i}/${path}`, text] as const)),
  );
}
