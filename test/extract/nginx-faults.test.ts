import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/model/fault.js';
import { applyEdits } from '../../src/text/apply.js';
import { makeGateway, placeOf, placesOf } from '../support/nginx.js';
import { firstLine, type Verdict, verdicts, wholeFile } from './nginx-verdicts.js';

function faultsOf(text: string): readonly Fault[] {
  const version = { name: 'nginx', origin: 'image', known: true, value: '1.22.1' } as const;
  return makeGateway(text, { roots: { 'nginx.conf': 'main' }, version }).gateway.faults;
}

function repairedBy(text: string, fault: Fault | undefined): readonly string[] {
  return (fault?.repairs ?? []).map(repair => applyEdits(text, repair.edits));
}

const title = ({ block, text, kind }: Verdict) =>
  `${block}: ${text.replace(/\n/g, ' ')} ${kind ? `is ${kind}` : 'is fine'}`;

describe('single directives', () => {
  test.each(verdicts.map(verdict => [title(verdict), verdict] as const))('%s', (_title, verdict) => {
    const text = wholeFile(verdict);
    const faults = faultsOf(text);
    expect(faults.map(fault => fault.kind)).toEqual(verdict.kind ? [verdict.kind] : []);
    if (verdict.log) expect(faults[0]?.log).toContain(verdict.log);
    if (verdict.repaired)
      expect(repairedBy(text, faults[0])).toEqual([wholeFile({ ...verdict, text: verdict.repaired })]);
    for (const fault of faults) for (const repaired of repairedBy(text, fault)) expect(faultsOf(repaired)).toEqual([]);
  });
});

const nginx = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
const version = /nginx\/([\d.]+)/.exec(nginx.stderr ?? '')?.[1];

describe.skipIf(version === undefined)('the nginx of this machine agrees', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-nginx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function judge(text: string): { readonly accepted: boolean; readonly output: string } {
    const path = join(folder, 'nginx.conf');
    writeFileSync(path, text);
    const globals = `pid ${folder}/nginx.pid; error_log stderr;`;
    const run = spawnSync('nginx', ['-t', '-c', path, '-g', globals], { encoding: 'utf8', timeout: 10_000 });
    return { accepted: run.status === 0, output: run.stderr };
  }

  test('it can judge a plain file', () => {
    expect(judge('events { }\nhttp { access_log off; }\n').accepted).toBe(true);
  });

  // One version differs from the next in single messages; the table holds what 1.22 says.
  const same = version?.startsWith('1.22.') ? verdicts : [];
  test.skipIf(same.length === 0)('about every verdict, with the same message and line', () => {
    const differences: string[] = [];
    for (const verdict of same) {
      const { accepted, output } = judge(wholeFile(verdict));
      if (accepted !== (verdict.kind === undefined))
        differences.push(`${title(verdict)}: nginx ${accepted ? 'accepts' : `refuses: ${output}`}`);
      if (!verdict.log || accepted) continue;
      if (!output.includes(verdict.log)) differences.push(`${title(verdict)}: ${output}`);
      const line = Number(/nginx\.conf:(\d+)/.exec(output)?.[1] ?? 0);
      const [fault] = faultsOf(wholeFile(verdict));
      const ours = fault ? Number(placeOf(fault.span).split(':')[1]) : 0;
      if (line >= firstLine && ours !== line && !wrongLine.test(output))
        differences.push(`${title(verdict)}: line ${ours} here, ${line} there`);
    }
    expect(differences).toEqual([]);
  });

  /** Messages that nginx gives the line of the block's end, of the server, or none. */
  const wrongLine =
    /buffers"|zone "\w+" is unknown|ssl_certificate|no servers are inside|is not terminated|has no opening/;

  test('nothing of its own configuration is faulty', () => {
    const own = execFileSync('cat', ['/etc/nginx/nginx.conf'], { encoding: 'utf8' });
    expect(faultsOf(own)).toEqual([]);
  });
});

describe('what is not said', () => {
  const silent = (texts: Parameters<typeof makeGateway>[0], given = {}) =>
    expect(placesOf(makeGateway(texts, given).gateway.faults)).toEqual([]);

  test('values that a template fills in', () => {
    silent(
      'server { listen ${PORT}; client_max_body_size ${MAX_MiB}m; proxy_read_timeout {{ timeout }}; location / { proxy_pass ${APP}; } }',
    );
    silent('server { listen @PORT@; location / { proxy_pass http://__APP__:80; proxy_connect_timeout %TIMEOUT%; } }');
  });

  test('branches of a template', () => {
    silent(
      '{% if tls %}\nserver { listen 443 ssl; }\n{% else %}\nserver { listen 443 ssl; }\n{% endif %}\nupstream a { {% for x in y %}\nserver {{ x }};\n{% endfor %} }\nupstream a {}',
    );
  });

  test('a variable, an upstream or a certificate that another file may bring', () => {
    silent('server { listen 443 ssl; location / { add_header X $from_elsewhere; uwsgi_pass elsewhere; } }');
    silent(
      'events {}\nhttp { include /srv/other.conf; server { listen 443 ssl; location / { add_header X $y; uwsgi_pass elsewhere; } } }',
    );
    silent('events {}\nhttp { server { include /srv/locations.conf; try_files $uri @app; } }');
  });

  test("names of known modules that are not nginx's own", () => {
    silent(
      'events {}\nhttp { more_set_headers "a: b"; brotli on; server { location / { echo hi; content_by_lua_block { ngx.say("}") } } } }',
    );
    silent('load_module modules/ngx_x_module.so;\nevents {}\nhttp { x_special on; add_header X $x_variable; }');
    silent('events {}\nrtmp { server { listen 1935; application live { live on; record off; } } }');
  });

  test('dynamic parts of nginx itself', () => {
    silent(
      'events {}\nstream { upstream s { server db:5432 weight=2; } server { listen 5432; proxy_pass s; proxy_timeout 1h; } }',
    );
    silent('events {}\nmail { server { listen 25; protocol smtp; } }');
    silent(
      'events {}\nhttp { server { listen 443 quic reuseport; listen 443 ssl; ssl_certificate a; ssl_certificate_key b; } }',
    );
  });

  test('one server of a group twice, and one site in two files that do not belong together', () => {
    silent(
      { 'a.conf': 'upstream app { server a:1; }', 'b.conf': 'upstream app { server b:1; }' },
      { roots: { 'a.conf': 'http', 'b.conf': 'http' } },
    );
  });

  test('stock files: no finding lies in them', () => {
    const { gateway } = makeGateway(
      'events {}\nhttp { server { location / { include proxy_params; include proxy_params; proxy_pass http://a:1; } } }',
    );
    expect(placesOf(gateway.faults)).toEqual([]);
  });
});

describe('what is said about several places', () => {
  const said = (texts: Parameters<typeof makeGateway>[0], given = {}) =>
    placesOf(makeGateway(texts, given).gateway.faults);

  test('a fault in a file that is included twice is told once', () => {
    expect(
      said({
        'nginx.conf':
          'events {}\nhttp { server { location /a { include app.inc; } location /b { include app.inc; } } }',
        'app.inc': 'proxy_read_timeout 60sec;\nproxy_pass http://a:1;\n',
      }),
    ).toEqual(['app.inc:1 timeout/bad-number']);
  });

  test('duplicates across an include name the second line', () => {
    expect(
      said({
        'nginx.conf': 'events {}\nhttp {\ninclude base.inc;\nserver_tokens on;\n}\n',
        'base.inc': 'server_tokens off;\n',
      }),
    ).toEqual(['nginx.conf:4 nginx/duplicate-directive']);
  });

  test('two values that stand against each other are two alternatives', () => {
    const text = 'server {\n  root /a;\n  root /b;\n}\n';
    const [fault] = makeGateway(text).gateway.faults;
    expect(fault?.repairs?.map(repair => [repair.title, repair.safety, applyEdits(text, repair.edits)])).toEqual([
      ['Keep root /a;', 'unsafe', 'server {\n  root /a;\n}\n'],
      ['Keep root /b;', 'unsafe', 'server {\n  root /b;\n}\n'],
    ]);
  });

  test('buffers that an outer level sets are told once, where they stand', () => {
    expect(
      said(
        'events {}\nhttp {\nproxy_buffer_size 16k;\nserver { location /a { } location /b { proxy_pass http://a:1; } }\nserver { }\n}',
      ),
    ).toEqual(['nginx.conf:3 limits/nginx-buffer-relation']);
    expect(said('events {}\nhttp {\nproxy_buffer_size 16k;\nserver {\nproxy_buffers 8 16k;\n}\n}')).toEqual([]);
  });

  test('a missing semicolon is the one thing that is said about its line', () => {
    expect(
      said(
        'events {}\nhttp {\n  server {\n    listen 80\n    server_name a;\n    location / { proxy_pass http://a:1; }\n  }\n}\n',
      ),
    ).toEqual(['nginx.conf:4 nginx/syntax']);
  });

  test('nginx stops at the first mistake, so what stands before a brace too many is judged', () => {
    expect(said('events {}\nhttp {\n  server {\n    proxy_pass http://a:1;}\n  }\n}\n')).toContain(
      'nginx.conf:4 nginx/wrong-context',
    );
  });

  test('the default server decides about the certificate', () => {
    const http = (servers: string) => said(`events {}\nhttp {\n${servers}\n}\n`);
    const certificate = 'ssl_certificate a; ssl_certificate_key b;';
    expect(http(`server { listen 443 ssl; ${certificate} }\nserver { listen 443 ssl; server_name b; }`)).toEqual([]);
    expect(http(`server { listen 443 ssl; }\nserver { listen 443 ssl; ${certificate} }`)).toEqual([
      'nginx.conf:3 nginx/tls-without-certificate',
    ]);
    expect(http(`server { listen 443 ssl; }\nserver { listen 443 ssl default_server; ${certificate} }`)).toEqual([]);
    expect(http(`${certificate}\nserver { listen 443 ssl; }`)).toEqual([]);
  });

  test('a certificate that no socket shows', () => {
    const text = 'server {\n  listen 443;\n  ssl_certificate a; ssl_certificate_key b;\n}\n';
    const [fault, ...more] = makeGateway(text).gateway.faults;
    expect([fault?.kind, fault?.severity, more]).toEqual(['nginx/tls-without-certificate', 'error', []]);
    expect(repairedBy(text, fault)).toEqual([text.replace('443;', '443 ssl;')]);
    expect(said('server { listen 80; listen 443; ssl_certificate a; ssl_certificate_key b; }')).toEqual([]);
  });

  test('certbot makes no file of another name', () => {
    expect(
      said(
        'server { listen 443 ssl;\nssl_certificate /etc/letsencrypt/live/a/fullchain.crt; ssl_certificate_key /etc/letsencrypt/live/a/privkey.pem; }',
      ),
    ).toEqual(['nginx.conf:2 nginx/tls-without-certificate']);
  });

  test('a named location that try_files asks for', () => {
    expect(
      said('server { listen 80;\nlocation / { try_files $uri @ap; }\nlocation @app { proxy_pass http://a:1; } }'),
    ).toEqual(['nginx.conf:2 routing/try-files']);
    expect(
      said(
        'server { listen 80; location / { try_files $uri @app; } location @app { } location /b { try_files $uri =404; } }',
      ),
    ).toEqual([]);
  });

  test('a variable that leads to a host name needs a resolver', () => {
    const whole = (location: string, server = '') =>
      said(
        `events {}\nhttp {\nupstream group { server 127.0.0.1:1; }\nmap $host $mapped { default web:1; x 127.0.0.1:1; }\nserver {\n${server}\nlocation / {\n${location}\n} } }`,
      );
    expect(whole('set $up web; proxy_pass http://$up:8000;')).toEqual(['nginx.conf:8 upstream/resolver-missing']);
    expect(whole('proxy_pass http://web:8000$request_uri;')).toEqual(['nginx.conf:8 upstream/resolver-missing']);
    expect(whole('proxy_pass http://$mapped;')).toEqual(['nginx.conf:8 upstream/resolver-missing']);
    expect(whole('set $up web; proxy_pass http://$up:8000;', 'resolver 127.0.0.11;')).toEqual([]);
    expect(whole('set $up group; proxy_pass http://$up;')).toEqual([]);
    expect(whole('set $up 127.0.0.1:8000; proxy_pass http://$up;')).toEqual([]);
    expect(whole('proxy_pass http://$host;')).toEqual([]);
    expect(whole('set $up web:8000; proxy_pass http://$up; } location /b { proxy_pass http://web:8000;')).toEqual([]);
    expect(said('server { location / { set $up web; proxy_pass http://$up:8000; } }')).toEqual([]);
  });

  test('a socket path that goes on, and a number that is taken for a host', () => {
    expect(said('server { location / { proxy_pass http://unix:/run/a.sock/api/; } }')).toEqual([
      'nginx.conf:1 upstream/invalid-address',
    ]);
    expect(said('server { location / { proxy_pass http://unix:/run/a/; } }')).toEqual([
      'nginx.conf:1 upstream/invalid-address',
    ]);
    expect(said('server { location / { proxy_pass http://unix:/run/a.sock:/api/; } }')).toEqual([]);
    expect(said('upstream a { server 8000; }')).toEqual(['nginx.conf:1 upstream/invalid-address']);
  });

  test('a value in a variable is repaired where it is set', () => {
    const text = 'server { location / { set $up web:8000; proxy_pass $up; } }';
    const [fault] = makeGateway(text).gateway.faults;
    expect(fault?.message).toBe(
      'proxy_pass takes an address with http:// or https:// in front, and "web:8000" has none. Every request that comes here fails with 500',
    );
    expect(repairedBy(text, fault)).toEqual([text.replace('web:8000', 'http://web:8000')]);
  });

  test('an upstream in a file that a glob leaves out', () => {
    expect(
      said({
        'nginx.conf': 'events {}\nhttp {\n  include conf.d/*.conf;\n}\n',
        'conf.d/site.conf': 'server { location / { proxy_pass http://app; } }',
        'conf.d/upstreams.cfg': 'upstream app { server web:8000; }',
      }),
    ).toEqual(['nginx.conf:3 nginx/missing-include']);
  });

  test('placeholders, once it is proved that nothing fills them in', () => {
    const text = 'events {}\nhttp { server {\nlisten ${PORT};\nlocation / { proxy_pass http://{{ app }}:${PORT}; } } }';
    expect(said(text, { verbatim: true })).toEqual([
      'nginx.conf:3 nginx/template-placeholder',
      'nginx.conf:4 nginx/template-placeholder',
    ]);
    expect(said(text)).toEqual([]);
  });

  test('directives that this nginx does not have any more or not yet', () => {
    const at = (version: string, text: string) =>
      makeGateway(text, {
        version: { name: 'image', origin: 'image', known: true, value: version },
      }).gateway.faults.map(fault => [fault.kind, fault.severity ?? 'error']);
    const old = 'server { ssl on; listen 443; ssl_certificate a; ssl_certificate_key b; }';
    expect(at('1.27.0', old)).toEqual([['nginx/unknown-directive', 'error']]);
    expect(at('1.21.0', old)).toEqual([]);
    expect(makeGateway(old).gateway.faults.map(fault => fault.severity)).toEqual(['info']);
    expect(at('1.21.6', 'server { http2 on; }')).toEqual([['nginx/unknown-directive', 'error']]);
    expect(at('1.27.0', 'server { http2 on; }')).toEqual([]);
  });

  test('an unknown name of no near one is a warning, and says why', () => {
    const [fault] = makeGateway('server { frobnicate on; }').gateway.faults;
    expect([fault?.kind, fault?.severity, fault?.repairs ?? []]).toEqual(['nginx/unknown-directive', 'warning', []]);
  });
});
