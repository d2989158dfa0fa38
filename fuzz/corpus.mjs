// The inputs to begin with: the fixtures.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

function filesBelow(folder) {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Each project of the fixtures is one input: texts by path. */
export function projects(root) {
  const rules = join(root, 'fixtures/rules');
  const found = [];
  for (const group of readdirSync(rules)) {
    for (const rule of readdirSync(join(rules, group))) {
      for (const name of readdirSync(join(rules, group, rule))) {
        const folder = join(rules, group, rule, name);
        if (!statSync(folder).isDirectory()) continue;
        const files = filesBelow(folder).filter(path => !path.endsWith('expected.txt'));
        if (files.length > 0)
          found.push(new Map(files.map(path => [relative(folder, path), readFileSync(path, 'utf8')])));
      }
    }
  }
  return found;
}

/** Each file of the fixtures that `takes` wants is one input; equal texts once. */
export function singleFiles(root, takes) {
  const found = new Map();
  for (const path of filesBelow(join(root, 'fixtures'))) {
    if (statSync(path).size > 20_000 || path.endsWith('expected.txt')) continue;
    const text = readFileSync(path, 'utf8');
    const name = relative(root, path);
    if (takes(name, text)) found.set(text, new Map([[name.slice(name.lastIndexOf('/') + 1), text]]));
  }
  return [...found.values()];
}
