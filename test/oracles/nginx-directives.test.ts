import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { makeGateway, placeOf } from '../support/nginx.js';
import { type Sample, sample, textOf } from './nginx-directives.js';

const version = /nginx\/([\d.]+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1];
const folder = mkdtempSync(join(tmpdir(), 'gwlint-nginx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Verdict {
  readonly refused: boolean;
  /** The line that nginx blames; 0 where it names none. */
  readonly line: number;
  readonly message: string;
}

function nginxSays(text: string): Verdict {
  const path = join(folder, 'nginx.conf');
  writeFileSync(path, text);
  const globals = `pid ${folder}/nginx.pid; error_log stderr;`;
  const run = spawnSync('nginx', ['-t', '-c', path, '-g', globals], { encoding: 'utf8', timeout: 10_000 });
  const message = /\[emerg\] (?:\d+#\d+: )?([^\n]*)/.exec(run.stderr)?.[1] ?? run.stderr;
  return { refused: run.status !== 0, line: Number(/nginx\.conf:(\d+)/.exec(message)?.[1] ?? 0), message };
}

/** What decides is the machine, or whether this nginx was built with a module: no question to a linter. */
const ofTheMachine =
  /open\(\)|cannot load|host not found|mkdir\(\)|malloc\(|mmap\(|unknown directive|could not build|getpwnam/;

/** Where nginx names the line at which it noticed and gwlint the line that is wrong. */
const noticedLater = /_buffers|_buffer_size|temp_file_write_size|max_temp_file_size|zone "[^"]*" is unknown/;

/**
 * Refusals that gwlint does not know, each with the reason. They concern directives that hardly a site in front of an application has, or
 * forms that a later nginx takes.
 */
const explained: readonly (readonly [RegExp, string])[] = [
  [
    /"index" directive is invalid|invalid code|duplicate "log_format"|invalid parameter "any"|shared memory zone|invalid zone name/,
    'slips that nobody was seen to make',
  ],
  [
    /unknown browser name|duplicate "modern_browser"|ancient_browser|\bmodern_browser\b/,
    'browser tests of ngx_http_browser_module',
  ],
  [/"userid|userid_|must be "off" or a single letter/, 'cookies of ngx_http_userid_module'],
  [/invalid OCSP cache/, 'form of ssl_ocsp_cache'],
  [
    /pool size must be|must be a power of two|must be 512, 1k|value is too small|zone "[^"]*" is too small|invalid zone size|http2_\w+/,
    'limits of single numbers',
  ],
  [/invalid address "/, '*_bind: the address is not read'],
  [/must have 2 captures|secure_link|geo|split_clients|perl/, 'patterns and modules with a language of their own'],
  [
    /proxy_cookie|"directio"|"aio"|disable_symlinks|source_charset|charset|valid_referers|referer|conflicting parameter|image_filter/,
    'values of their own form, rarely set',
  ],
  [/\bresolver\b|status_zone/, 'parameters of resolver; a resolver in an upstream block is of nginx 1.27.3'],
  [
    /"keepalive" directive$|invalid number of arguments in "keepalive"/,
    'keepalive takes a second word from nginx 1.29.7 on',
  ],
  [/invalid value "2"/, 'proxy_http_version 2 is of nginx 1.29.4'],
  [/_store\b|access_log .*\$|ssi_|memcached|mp4|flv|xslt/, 'variables in paths that nginx looks up at start'],
];

function disagreement(one: Sample): string | undefined {
  const text = textOf(one);
  const nginx = nginxSays(text);
  if (ofTheMachine.test(nginx.message)) return undefined;
  const running = { name: 'nginx', origin: 'image', known: true, value: version ?? '' } as const;
  const faults = makeGateway(text, { roots: { 'nginx.conf': 'main' }, version: running }).gateway.faults.filter(
    ({ severity }) => severity === undefined || severity === 'error',
  );
  const said = faults.map(({ span, kind, message }) => `${placeOf(span)} ${kind}: ${message}`).join('\n');
  if (!nginx.refused) return faults.length === 0 ? undefined : `${text}\nnginx takes it; gwlint: ${said}`;
  const lines = faults.map(({ span }) => Number(placeOf(span).split(':')[1]));
  if (nginx.line === 0 || noticedLater.test(nginx.message) ? faults.length > 0 : lines.includes(nginx.line))
    return undefined;
  const names = one.statements.map(({ name }) => name).join(' ');
  if (explained.some(([shape]) => shape.test(nginx.message) || shape.test(names))) return undefined;
  return `${text}\nnginx: ${nginx.message}\ngwlint: ${said || 'nothing'}`;
}

describe.skipIf(!version?.startsWith('1.22.'))('nginx -t on generated directives', () => {
  test('agrees about what is refused, and on which line', { timeout: 120_000 }, () => {
    const found: string[] = [];
    fc.assert(
      fc.property(sample, one => {
        const difference = disagreement(one);
        if (difference) found.push(difference);
      }),
      { numRuns: Number(process.env['GWLINT_NGINX_RUNS'] ?? 300) },
    );
    expect(found.join('\n\n')).toBe('');
  });
});
