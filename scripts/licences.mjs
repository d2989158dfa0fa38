// The licence texts of the packages of which a bundle holds something.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param root the folder of the project.
 * @param output what rolldown wrote.
 * @param more names of packages of which files are copied.
 */
export function licencesOf(root, output, more = []) {
  const folders = new Map(more.map(name => [name, join(root, 'node_modules', name)]));
  for (const chunk of output) {
    for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
      // A package inside another's node_modules counts for itself.
      const [, folder, name] = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/.exec(id) ?? [];
      if (folder !== undefined) folders.set(name.replaceAll('\\', '/'), folder);
    }
  }
  return [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, folder]) => licenceOf(root, name, folder))
    .join('\n');
}

function licenceOf(root, name, folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter(file => /^(?:licen[cs]e|notice|thirdpartynotices)/i.test(file));
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').trim());
  const written = join(root, 'scripts', 'licences', `${name}.txt`);
  if (texts.length === 0) {
    if (!existsSync(written)) throw new Error(`${name} has no licence text; write it to scripts/licences/${name}.txt`);
    texts.push(readFileSync(written, 'utf8').trim());
  }
  const line = '='.repeat(80);
  return `${line}\n${name} ${manifest.version} (${manifest.license})\n${line}\n\n${texts.join('\n\n')}\n`;
}
