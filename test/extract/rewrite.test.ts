import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { createReader } from '../../src/extract/reader.js';
import { rewritesOf } from '../../src/extract/rewrite/rewrites.js';
import { memoryHost as host } from '../../src/host/memory.js';
import { traceFile } from '../../src/report/trace.js';
import { memoryHost } from '../support/memory.js';

/** The texts of each file that are written anew. */
function rewritten(files: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const [path, list] of rewritesOf(createReader(memoryHost(files), {})))
    found[path] = list.map(({ start, end }) => files[path]?.slice(start, end) ?? '');
  return found;
}

const unit = '[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/gunicorn -b :8000 shop:app\n';

/** What one command does to a unit. */
const one = (command: string) => rewritten({ 'shop.service': unit, 'deploy.sh': `${command}\n` })['shop.service'];

describe('what a script writes anew', () => {
  it('is what a substitution of sed matches', () => {
    expect(one('sed -i "s|/srv/shop/venv|$HOME/venv|g" shop.service')).toEqual(['/srv/shop/venv']);
    expect(one("sudo sed -i -e 's/8000/9000/' -e 's/shop:app/wsgi:app/' deploy/shop.service")).toEqual([
      '8000',
      'shop:app',
    ]);
    expect(one("sed -i '' 's/8000/9000/' shop.service")).toEqual(['8000']);
    expect(one("sed -i.bak 's/8000/9000/;s/gunicorn/uvicorn/' shop.service")).toEqual(['8000', 'gunicorn']);
    expect(one("sed --in-place --expression='s,8000,9000,' shop.service")).toEqual(['8000']);
    expect(one("sed -i \\\n  -e 's/8000/9000/' \\\n  /etc/systemd/system/shop.service")).toEqual(['8000']);
    expect(one("perl -pi -e 's/8000/$ENV{PORT}/' shop.service")).toEqual(['8000']);
  });

  it('is the whole line where the pattern is no plain text', () => {
    const line = 'WorkingDirectory=/srv/shop';
    expect(one("sed -i 's|^WorkingDirectory=.*|WorkingDirectory=/opt|' shop.service")).toEqual([line]);
    expect(one("sed -i -E 's|(WorkingDirectory)=[^ ]+|\\1=/opt|' shop.service")).toEqual([line]);
    expect(one("sed -i '/WorkingDirectory/d' shop.service")).toEqual([line]);
    expect(one("sed -i '/WorkingDirectory/c WorkingDirectory=/opt' shop.service")).toEqual([line]);
    expect(one('sed -i "s|WorkingDirectory=$OLD|WorkingDirectory=/opt|" shop.service')).toEqual([line]);
    expect(one("sed -i '/WorkingDirectory/s/srv/opt/' shop.service")).toEqual(['srv', 'srv']);
  });

  it('is all of the file where lines come to it, or the tool may do anything', () => {
    for (const command of [
      "sed -i '/\\[Service\\]/a User=shop' shop.service",
      "sed -i '2i User=shop' shop.service",
      "sed -i 's/a\\|b/c/' shop.service",
      'sed -i -f changes.sed shop.service',
      "sed -i 's/.*//' shop.service",
      'crudini --set shop.service Service User shop',
    ])
      expect(one(command), command).toEqual([unit]);
    expect(
      rewritten({ 'compose.yaml': 'services: {}\n', 'deploy.sh': "yq -i '.services.web.ports = []' compose.yaml\n" }),
    ).toEqual({ 'compose.yaml': ['services: {}\n'] });
    const commented = rewritten({ 'app.ini': '#port = 1\nname = x\n', 'run.sh': "sed -i 's/#port/port/' app.ini\n" });
    expect(commented).toEqual({ 'app.ini': ['#port = 1\nname = x\n'] });
  });

  it('is nothing where sed only prints, tidies line ends, or stands in a comment', () => {
    for (const command of [
      "sed -n 's/8000/x/p' shop.service",
      "PORT=$(sed 's/8000/x/' shop.service)",
      "sed -i 's/\\r$//' shop.service",
      "sed -i 's/[ \\t]*$//' shop.service",
      "# sed -i 's/8000/9000/' shop.service",
      "sed -i 's/8000/9000/' other.service",
      'sed -i "s/8000/9000/" "$FILE"',
      'envsubst < shop.service',
      'yq .services shop.service',
    ])
      expect(one(command), command).toBeUndefined();
  });

  it('is found through copies, variables, patterns and find', () => {
    expect(one("UNIT=deploy/shop.service\nsed -i 's/8000/9000/' $UNIT")).toEqual(['8000']);
    expect(
      one(
        "cp deploy/shop.service /etc/systemd/system/live.service\nsed -i 's/8000/9/' /etc/systemd/system/live.service",
      ),
    ).toEqual(['8000']);
    expect(one('sed -i \'s/8000/9000/\' "$1"/*.service')).toEqual(['8000']);
    expect(one("find . -name '*.service' -exec sed -i 's/8000/9000/' {} \\;")).toEqual(['8000']);
    expect(one("sed 's/8000/9000/' shop.service | sudo tee /etc/systemd/system/shop.service")).toEqual(['8000']);
    expect(one("sed 's/8000/9000/' shop.service > /etc/systemd/system/shop.service")).toEqual(['8000']);
  });

  it('is what envsubst fills in', () => {
    const text = 'server {\n  listen ${PORT};\n  server_name shop;\n}\n';
    expect(
      rewritten({ 'site.conf': text, 'up.sh': "envsubst '$PORT' < site.conf > /etc/nginx/conf.d/site.conf\n" }),
    ).toEqual({
      'site.conf': ['  listen ${PORT};'],
    });
  });

  it('is told of the nearest of several files', () => {
    const files = { 'a/nginx.conf': 'x 80\n', 'b/deploy/nginx.conf': 'y 80\n' };
    const run = (path: string) => Object.keys(rewritten({ ...files, 'run.sh': `sed -i 's/80/81/' ${path}\n` }));
    expect(run('deploy/nginx.conf')).toEqual(['b/deploy/nginx.conf']);
    expect(run('/etc/nginx/nginx.conf')).toEqual(['a/nginx.conf', 'b/deploy/nginx.conf']);
  });

  it('stands in Makefiles and pipelines too', () => {
    const command = "sed -i 's/8000/9000/' shop.service";
    for (const [path, text] of [
      ['Makefile', `install:\n\t${command}\n`],
      ['.github/workflows/deploy.yml', `jobs:\n  a:\n    steps:\n      - run: |\n          ${command}\n`],
      ['bin/install', `#!/bin/sh\n${command}\n`],
    ] as const)
      expect(rewritten({ 'shop.service': unit, [path]: text }), path).toEqual({ 'shop.service': ['8000'] });
  });

  it('is not what a container does to its own copy', () => {
    const compose = `services:\n  e2e:\n    image: nginx\n    command: sed -i 's/8000/9000/' /etc/shop.service\n`;
    expect(rewritten({ 'shop.service': unit, 'compose.yaml': compose })).toEqual({});
  });

  it('of any text takes no time and lies in the file', () => {
    const piece = fc.constantFrom(
      'sed -i ',
      "'s/a/b/'",
      '"s|$X|',
      ' x.conf',
      '\n',
      ';',
      '\\',
      '[',
      '(',
      '$(',
      '{}',
      'a',
      '/',
      '"',
      "'",
      'cp a x.conf\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const text = 'a b c\n# a\n';
        for (const [path, list] of rewritesOf(
          createReader(memoryHost({ 'x.conf': text, 'run.sh': pieces.join('') }), {}),
        )) {
          expect(path).toBe('x.conf');
          for (const { start, end } of list) expect(0 <= start && start <= end && end <= text.length).toBe(true);
        }
      }),
    );
    const long = `${"sed -i 's/a/".repeat(20_000)}\n`;
    expect(rewritten({ 'x.conf': 'a\n', 'run.sh': long })).toEqual({});
  });
});

describe('what is written anew', () => {
  const files = {
    'shop.service': unit.replace('/srv/shop\n', '/srv/wrong\n'),
    'nginx.conf': 'server {\n  location / {\n    proxy_pass http://127.0.0.1:9000;\n  }\n}\n',
    'app/shop.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
  };
  const read = (more: Readonly<Record<string, string>>) =>
    analyze(host(new Map(Object.entries({ ...files, ...more }))), { rules });

  it('is not judged', async () => {
    expect((await read({})).diagnostics.map(({ rule }) => rule)).toContain('upstream/address-mismatch');
    const { diagnostics } = await read({ 'up.sh': "sed -i 's/9000/8000/' /etc/nginx/nginx.conf\n" });
    expect(diagnostics.map(({ rule }) => rule)).not.toContain('upstream/address-mismatch');
  });

  it('makes a value of a unit, a program and an environment file unknown, with the reason', async () => {
    const { deployment } = await read({
      'supervisord.conf': '[program:api]\ndirectory=/srv/api\ncommand=uvicorn api:app --port 7000\n',
      '.env': 'PORT=8000\n',
      'up.sh':
        "sed -i 's|/srv/wrong|/srv/app|' shop.service\nsed -i 's/^PORT=.*/PORT=9/' .env\nsed -i 's/7000/7001/' supervisord.conf\n",
    });
    const [stack] = deployment.stacks;
    const folder = stack?.launches.find(({ kind }) => kind === 'systemd')?.commands[0]?.workingDirectory;
    expect(folder).toMatchObject({ known: false, why: 'sed in up.sh writes it anew' });
    const words = stack?.launches.find(({ kind }) => kind === 'supervisor')?.commands[0]?.words;
    expect(words?.map(({ known }) => known)).toEqual([true, true, true, false]);
  });

  it('is told by path --trace', async () => {
    const { deployment } = await read({ 'up.sh': "sed -i 's/9000/8000/' nginx.conf\n" });
    const trace = traceFile(deployment, 'nginx.conf', () => [], true);
    expect(trace.rewritten.map(({ message }) => message)).toEqual([
      'sed in up.sh writes it anew: what it matches is not known here, and nothing is said about it',
    ]);
  });
});
