import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rules } from '../../rules/index.js';
import { decodeText } from '../../src/host/decode.js';
import { diskHost } from '../../src/host/disk.js';
import { filesBelow, projectRoot } from '../sources.js';

export type Files = ReadonlyMap<string, string>;

export interface Project {
  readonly name: string;
  readonly files: Files;
}

const folders = /^(fixtures\/rules\/([^/]+\/[^/]+)\/bad-[^/]+|fixtures\/stacks\/[^/]+\/broken|examples\/[^/]+)\/(.+)$/;

/** The projects of the repository in which something is wrong that may have a repair. */
export function ownProjects(): readonly Project[] {
  const repairable = new Set(rules.filter(({ fix }) => fix !== 'none').map(({ id }) => id));
  const found = new Map<string, Map<string, string>>();
  for (const path of ['fixtures/rules', 'fixtures/stacks', 'examples'].flatMap(filesBelow)) {
    const [, name, rule, inner] = folders.exec(path) ?? [];
    if (name === undefined || inner === undefined || inner === 'expected.txt') continue;
    if (rule !== undefined && !repairable.has(rule)) continue;
    const files = found.get(name) ?? new Map();
    found.set(name, files.set(inner, decodeText(readFileSync(join(projectRoot, path))).text));
  }
  return [...found].map(([name, files]) => ({ name, files }));
}

/** Each folder below those that `GWLINT_PROJECTS` names (with colons between them), as far as gwlint would read it. */
export function namedProjects(): readonly Project[] {
  const named = (process.env['GWLINT_PROJECTS'] ?? '').split(':').filter(path => path !== '');
  return named.flatMap(path =>
    readdirSync(path, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => ({ name: entry.name, files: textsBelow(join(path, entry.name)) })),
  );
}

/** Kinds of files that a repair may touch or that decide about one. */
const read =
  /(?:\.(?:conf|nginx|vhost|py|ini|ya?ml|toml|json|xml|sh|service|socket|env|cfg|j2|tmpl|template|tpl)|ockerfile[^/]*|Procfile[^/]*|sites-[^/]*\/[^/]*|_params|\/\.env[^/]*)$/;

function textsBelow(root: string): Files {
  const host = diskHost(root);
  const files = new Map<string, string>();
  for (const path of host.files()) {
    const found = read.test(`/${path}`) ? host.read(path) : undefined;
    if (found?.kind === 'file' && found.file.text.length < 200_000) files.set(path, found.file.text);
  }
  return files;
}

export type Language = 'nginx' | 'python' | 'ini' | 'unit' | 'yaml' | 'toml' | 'json' | 'shell' | 'docker' | 'procfile';

/** What a file is by its name and text, as far as the tests of repairs need it. */
export function languageOf(path: string, text: string): Language | undefined {
  const name = basename(path);
  if (/\.py$/.test(name)) return 'python';
  if (/\.(?:ini|cfg)$/.test(name) || /^\s*\[program:/m.test(text)) return 'ini';
  if (/\.(?:service|socket)$/.test(name)) return 'unit';
  if (/\.ya?ml$/.test(name)) return 'yaml';
  if (/\.toml$/.test(name)) return 'toml';
  if (/\.json$/.test(name)) return 'json';
  if (/\.sh$/.test(name) || /^#!.*\b(?:ba|da)?sh\b/.test(text)) return 'shell';
  if (/dockerfile/i.test(name)) return 'docker';
  if (/^Procfile/.test(name)) return 'procfile';
  if (/\.(?:conf|nginx|vhost)$|nginx|_params$/.test(path) || /^\s*(?:server|upstream|location)\b.*\{/m.test(text))
    return 'nginx';
  return undefined;
}
