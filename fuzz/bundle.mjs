// The targets as plain JavaScript in a folder of their own, so that coverage can be told by file and place.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** Returns the targets, the address that their code begins with, and what removes the folder. */
export async function loadTargets(root) {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-fuzz-'));
  const bundle = await rolldown({
    cwd: root,
    input: { targets: 'fuzz/targets.ts' },
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' });
  await bundle.close();
  for (const name of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-python/tree-sitter-python.wasm'])
    copyFileSync(join(root, 'node_modules', name), join(folder, name.slice(name.indexOf('/') + 1).replace('web-', '')));
  const { targets } = await import(pathToFileURL(join(folder, 'targets.mjs')).href);
  return { targets, code: pathToFileURL(folder).href, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
