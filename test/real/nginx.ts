import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Copy } from './copy.js';
import type { Scenario } from './scenario.js';

/** Files that a distribution's package puts beside nginx.conf and that projects include without having them. */
const PACKAGED = ['mime.types', 'proxy_params', 'uwsgi_params', 'fastcgi_params', 'scgi_params', 'fastcgi.conf'];

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** The main file that nginx is started with, made ready; undefined where the scenario has no nginx. */
export function nginxConf(scenario: Scenario, copy: Copy): string | undefined {
  const choice = scenario.nginx ?? {};
  if (choice.none) return undefined;
  const conf = choice.sites ? join(copy.own, 'nginx.conf') : join(copy.root, choice.conf ?? 'nginx.conf');
  if (choice.sites) writeFileSync(conf, mainFile(choice.sites.map(site => join(copy.root, site))));
  writeFileSync(conf, withOwnPaths(readFileSync(conf, 'utf8'), copy));
  for (const name of PACKAGED) {
    const packaged = join('/etc/nginx', name);
    const beside = join(dirname(conf), name);
    if (!existsSync(beside) && existsSync(packaged)) copyFileSync(packaged, beside);
  }
  return conf;
}

export function nginxCommand(scenario: Scenario, copy: Copy, conf: string): readonly string[] {
  const level = scenario.nginx?.log_level ?? 'warn';
  const globals = `daemon off; pid ${copy.own}/nginx.pid; error_log ${copy.own}/error.log ${level};`;
  return ['nginx', '-p', `${copy.root}/`, '-c', conf, '-g', globals];
}

/** Around site files, what a distribution's nginx.conf would be. */
function mainFile(sites: readonly string[]): string {
  return [
    'user www-data;',
    'worker_processes 1;',
    'events { worker_connections 768; }',
    'http {',
    '    sendfile on;',
    '    tcp_nopush on;',
    '    types_hash_max_size 2048;',
    '    include mime.types;',
    '    default_type application/octet-stream;',
    ...sites.map(site => `    include ${site};`),
    '}',
    '',
  ].join('\n');
}

/** Temporary folders and the access log move into the copy, on the line that opens `http`. */
function withOwnPaths(text: string, copy: Copy): string {
  const added: string[] = [];
  for (const kind of TEMPORARY) {
    const folder = join(copy.own, `tmp_${kind}`);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    if (!text.includes(`${kind}_temp_path`)) added.push(`${kind}_temp_path ${folder};`);
  }
  added.push(`access_log ${copy.own}/access.log;`);
  return text.replace(/^[ \t]*http\s*\{/m, opening => `${opening} ${added.join(' ')}`);
}
