import { baseName, folderOf, joinRepo } from '../../model/place.js';
import { envFile } from '../launch/envfile.js';
import type { Reader } from '../reader.js';

const largestText = 300_000;
const longestLine = 2_000;

/** Files in which people write down how they start a project. */
function mayTell(path: string): boolean {
  const name = baseName(path);
  if (
    /^(?:makefile|justfile|taskfile\.ya?ml|package\.json|procfile|\.env.*|env\..*|tasks\.py|fabfile\.py)$/i.test(name)
  )
    return true;
  if (/\.(?:sh|mk|service|bash)$/i.test(name)) return true;
  if (/\.(?:md|rst)$/i.test(name)) return path.split('/').length <= 2;
  return /(?:^|\/)\.(?:github\/workflows|circleci)\/|(?:^|\/)\.(?:gitlab-ci|travis)\.yml$/.test(path);
}

/**
 * Lists of compose files that the repository's own scripts and pages use together (`-f a.yml -f b.yml`, `COMPOSE_FILE=a.yml:b.yml`), as
 * paths of `known` files, in the order in which they are given. Paths are tried from the file's own folder and from the root.
 */
export function composeInvocations(reader: Reader, known: ReadonlySet<string>): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  if (known.size < 2) return [];
  for (const path of reader.files()) {
    if (!mayTell(path)) continue;
    const file = reader.file(path);
    if (!file || file.text.length > largestText || !/compose/i.test(file.text)) continue;
    const folder = folderOf(path);
    for (const names of fileLists(file.text)) {
      const paths = names.flatMap(name => resolve(known, folder, name) ?? []);
      if (paths.length === names.length && paths.length > 0) found.set(paths.join(':'), paths);
    }
    if (!/^\.?env/i.test(baseName(path))) continue;
    const list = envFile(reader, file, 'compose').get('COMPOSE_FILE');
    const names = list?.known ? list.value.split(/[:;,]/).filter(name => name !== '') : [];
    const paths = names.flatMap(name => resolve(known, folder, name) ?? []);
    if (paths.length === names.length && paths.length > 0) found.set(paths.join(':'), paths);
  }
  return [...found.values()];
}

/** A file that the repository's own scripts and pages hand to Compose instead of `.env`. */
export interface NamedEnvFile {
  /** Folders whose projects it is handed to. */
  readonly folders: ReadonlySet<string>;
  /** Path in the repository; undefined where it is not there. */
  readonly path: string | undefined;
  /** As it is written. */
  readonly name: string;
}

/** `docker compose --env-file prod.env up`, wherever it is written down. */
export function namedEnvFiles(reader: Reader): readonly NamedEnvFile[] {
  return reader.once('files of variables for Compose', () =>
    reader.files().flatMap(path => {
      if (!mayTell(path)) return [];
      const file = reader.file(path);
      if (!file || file.text.length > largestText || !file.text.includes('--env-file')) return [];
      return envFilesIn(reader, folderOf(path), file.text);
    }),
  );
}

function envFilesIn(reader: Reader, folder: string, text: string): readonly NamedEnvFile[] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r\n|\n|\r/);
  return lines.flatMap(line => {
    const at = line.search(/compose(?=\s)/i);
    const name = /\s--env-file[ =]\s*["']?([\w./-]+)/.exec(line.slice(0, longestLine))?.[1];
    if (at < 0 || name === undefined) return [];
    const used = fileLists(line).flat();
    const folders = used.length > 0 ? used.map(folderOf) : [''];
    const bases = [...new Set([folder, ''])];
    return {
      name,
      path: bases.map(base => joinRepo(base, name)).find(one => one !== undefined && reader.kind(one) === 'file'),
      folders: new Set(bases.flatMap(base => folders.flatMap(one => joinRepo(base, one) ?? []))),
    };
  });
}

function fileLists(text: string): readonly (readonly string[])[] {
  const lists: string[][] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r\n|\n|\r/)) {
    if (line.length > longestLine || !/\.ya?ml/.test(line)) continue;
    // One line may start several: each `compose` begins a new list.
    for (const part of line.split(/compose(?=\s|["'])/i).slice(1)) {
      const names = [...part.matchAll(/(?:^|\s)(?:-f|--file)(?:[ =]|\s)\s*["']?([\w./-]+\.ya?ml)/g)].map(
        match => match[1] ?? '',
      );
      if (names.length > 0) lists.push(names);
    }
  }
  return lists;
}

function resolve(known: ReadonlySet<string>, folder: string, name: string): string | undefined {
  for (const base of [folder, '']) {
    const path = joinRepo(base, name);
    if (path !== undefined && known.has(path)) return path;
  }
  const named = [...known].filter(path => baseName(path) === baseName(name));
  return named.length === 1 ? named[0] : undefined;
}
