import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Scenario, Variant } from './scenario.js';

/** Where a variant was put to be run. */
export interface Copy {
  /** The copy of the variant folder. */
  readonly root: string;
  /** Logs, pid files and temporary folders, below `root` and writable by every user. */
  readonly own: string;
}

/** Copies a variant and makes it runnable on this machine without moving a line. */
export function copyVariant(scenario: Scenario, variant: Variant, root: string): Copy {
  cpSync(join(scenario.folder, variant), root, {
    recursive: true,
    verbatimSymlinks: true,
    filter: path => basename(path) !== '__pycache__',
  });
  chmodSync(root, 0o755);
  const own = join(root, '_replay');
  mkdirSync(own, { recursive: true });
  chmodSync(own, 0o777);
  for (const folder of scenario.mkdir ?? []) mkdirSync(join(root, folder), { recursive: true });
  for (const [path, spec] of Object.entries(scenario.perm ?? {})) setOwner(join(root, path), spec);
  const conf = basename(scenario.nginx?.conf ?? 'nginx.conf');
  const replacements = replacementsFor(scenario, root, own);
  for (const path of filesBelow(root)) {
    if (path.startsWith(`${own}/`)) continue;
    const text = readText(path);
    if (text === undefined) continue;
    const mapped = replacements.reduce((result, [from, to]) => result.replaceAll(from, () => to), text);
    const name = relative(root, path);
    const ready = isNginxFile(name, conf) ? withoutOwnSettings(mapped) : mapped;
    if (ready !== text) writeFileSync(path, ready);
  }
  return { root, own };
}

/** `0750 www-data:www-data`: mode, and owner where one is named. */
function setOwner(path: string, spec: string): void {
  const [mode = '', owner] = spec.split(' ');
  chmodSync(path, Number.parseInt(mode, 8));
  if (owner) execFileSync('chown', [owner, path]);
}

function replacementsFor(scenario: Scenario, root: string, own: string): readonly (readonly [string, string])[] {
  const own_pairs = Object.entries(scenario.map ?? {})
    .map(([from, to]) => [from, to.replaceAll('{root}', root)] as const)
    .sort((a, b) => b[0].length - a[0].length);
  return [...own_pairs, ['/var/log/nginx/', `${own}/`]];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => lstatSync(path).isFile());
}

/** Undefined for what is not UTF-8. A byte order mark stays. */
function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch {
    return undefined;
  }
}

function isNginxFile(name: string, conf: string): boolean {
  return /\.(?:conf|nginx|vhost)$/.test(name) || name.includes('nginx') || basename(name) === conf;
}

/** `daemon`, `pid` and `error_log` are given on the command line; their lines stay, empty. */
function withoutOwnSettings(text: string): string {
  return text.replace(/^([ \t]*)(?:daemon|pid|error_log)\s+[^;{}=]*;/gm, '$1');
}
