import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Paths of all files below a folder of the project, relative to the project, sorted. */
export function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const pending = [join(projectRoot, folder)];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      if (statSync(path).isDirectory()) pending.push(path);
      else found.push(relative(projectRoot, path).split('\\').join('/'));
    }
  }
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

export function isThere(path: string): boolean {
  return statSync(join(projectRoot, path), { throwIfNoEntry: false }) !== undefined;
}
