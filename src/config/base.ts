import { ignoreRules } from '../host/gitignore.js';

/** Where a configuration stands, and what it is to be applied to; both absolute, with forward slashes. */
export interface Base {
  /** The folder that paths in the configuration are relative to. */
  readonly folder: string;
  /** The folder that is linted. */
  readonly root: string;
}

/** A path of the configuration as a path below the root; undefined for one that lies elsewhere. */
export function toRoot({ folder, root }: Base, path: string): string | undefined {
  const below = partsOf(root);
  const parts = partsOf(`${folder}/${path}`);
  if (below.some((part, i) => parts[i] !== part)) return undefined;
  return parts.slice(below.length).join('/');
}

/** A path below the root as a path of the configuration; undefined for one that lies outside its folder. */
export function fromRoot({ folder, root }: Base, path: string): string | undefined {
  return toRoot({ folder: root, root: folder }, path);
}

function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts;
}

/** True for paths of the root that patterns like those of a `.gitignore` beside the configuration name, or a folder above them. */
export function matcher(base: Base, patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const rules = ignoreRules(patterns.map(pattern => pattern.replace(/^\.\//, '/')).join('\n'));
  return path => {
    const own = fromRoot(base, path);
    if (own === undefined) return false;
    for (let slash = own.indexOf('/'); slash >= 0; slash = own.indexOf('/', slash + 1)) {
      if (rules(own.slice(0, slash), true) === true) return true;
    }
    return rules(own, false) === true;
  };
}
