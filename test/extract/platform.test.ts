import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';

const app = { 'shop.py': 'from flask import Flask\n\napp = Flask(__name__)\n' };
const dockerfile = (command: string) => ({
  Dockerfile: `FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN pip install gunicorn flask\nCMD ${command}\n`,
});

async function read(files: Record<string, string>) {
  const { deployment, diagnostics } = await analyze(memoryHost(new Map(Object.entries({ ...app, ...files }))), {
    rules,
  });
  const stack = deployment.stacks[0];
  const argv = deployment.stacks.flatMap(({ servers }) =>
    servers.map(({ command }) => command.words.map(word => word.text).join(' ')),
  );
  const loud = diagnostics.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule);
  const hops = deployment.stacks.flatMap(one => one.hops.map(({ match, miss }) => miss ?? match));
  return { titles: deployment.stacks.map(({ title }) => title), stack, argv, loud, hops, diagnostics };
}

describe('fly.toml', () => {
  const toml =
    'app = "shop"\nprimary_region = "ams"\n\n[env]\n  PORT = "8080"\n\n[http_service]\n  internal_port = 8080\n  force_https = true\n';

  it('dials the port of the image that it builds', async () => {
    const { titles, argv, hops, loud } = await read({
      'fly.toml': toml,
      ...dockerfile('["gunicorn", "--bind", "0.0.0.0:8080", "shop:app"]'),
    });
    expect(titles).toEqual(['fly.toml']);
    expect(argv).toEqual(['gunicorn --bind 0.0.0.0:8080 shop:app']);
    expect(hops).toEqual(['address']);
    expect(loud).toEqual([]);
  });

  it('is wrong where the server listens on another port, or on its own loopback', async () => {
    const other = await read({ 'fly.toml': toml, ...dockerfile('["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]') });
    expect(other.loud).toEqual(['upstream/address-mismatch']);
    const [finding] = other.diagnostics.filter(({ rule }) => rule === 'upstream/address-mismatch');
    expect(finding?.span.file.path).toBe('fly.toml');
    const own = await read({ 'fly.toml': toml, ...dockerfile('["gunicorn", "--bind", "127.0.0.1:8080", "shop:app"]') });
    expect(own.loud).toEqual(['upstream/loopback-across-places']);
  });

  it('starts the process group that it serves', async () => {
    const { argv, hops } = await read({
      'fly.toml': `${toml}  processes = ["web"]\n\n[processes]\n  web = "gunicorn --bind :$PORT shop:app"\n  worker = "celery -A shop worker"\n`,
      ...dockerfile('["python3"]'),
    });
    expect(argv).toEqual(['gunicorn --bind :8080 shop:app']);
    expect(hops).toEqual(['address']);
  });

  it('knows nothing of an image from elsewhere', async () => {
    const { titles } = await read({ 'fly.toml': `${toml}\n[build]\n  image = "ghcr.io/example/shop:1"\n` });
    expect(titles).toEqual([]);
  });
});

describe('the files of other platforms', () => {
  it('app.yaml of App Engine starts its entrypoint with PORT', async () => {
    const { argv, titles } = await read({
      'app.yaml': 'runtime: python312\nentrypoint: gunicorn -b :$PORT shop:app\n',
    });
    expect(titles).toEqual(['app.yaml']);
    expect(argv).toEqual(['gunicorn -b :8080 shop:app']);
  });

  it('app.yaml of anything else is none', async () => {
    const { titles } = await read({ 'app.yaml': 'name: shop\nentrypoint: gunicorn shop:app\n' });
    expect(titles).toEqual([]);
  });

  it('apprunner.yaml gives the port to the variable that it names', async () => {
    const yaml = (bind: string) =>
      `version: 1.0\nruntime: python3\nrun:\n  command: gunicorn --bind ${bind} shop:app\n  network:\n    port: 9000\n    env: APP_PORT\n  env:\n    - name: MODE\n      value: live\n`;
    expect((await read({ 'apprunner.yaml': yaml('0.0.0.0:$APP_PORT') })).hops).toEqual(['address']);
    expect((await read({ 'apprunner.yaml': yaml('0.0.0.0:8000') })).loud).toEqual(['upstream/address-mismatch']);
  });

  it('render.yaml starts each web service in its folder', async () => {
    const { argv, titles, stack } = await read({
      'render.yaml':
        'services:\n  - type: web\n    name: shop\n    runtime: python\n    rootDir: site\n    startCommand: gunicorn --bind 0.0.0.0:$PORT site_app:app\n    envVars:\n      - key: SECRET_KEY\n        generateValue: true\n  - type: worker\n    name: jobs\n    startCommand: celery -A shop worker\n',
      'site/site_app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    });
    expect(titles).toEqual(['service shop of render.yaml']);
    expect(argv).toEqual(['gunicorn --bind 0.0.0.0:10000 site_app:app']);
    expect(stack?.servers[0]?.entry?.file?.path).toBe('site/site_app.py');
  });

  it('heroku.yml, railway.json and railway.toml start what they state', async () => {
    expect((await read({ 'heroku.yml': 'run:\n  web: gunicorn shop:app\n' })).argv).toEqual(['gunicorn shop:app']);
    const json = JSON.stringify({ deploy: { startCommand: 'gunicorn shop:app -w 2' } });
    expect((await read({ 'railway.json': json })).argv).toEqual(['gunicorn shop:app -w 2']);
    const toml = '[deploy]\nstartCommand = "gunicorn shop:app -w 3"\n';
    expect((await read({ 'railway.toml': toml })).argv).toEqual(['gunicorn shop:app -w 3']);
  });

  it('Dockerrun.aws.json dials the port of the image beside it', async () => {
    const file = JSON.stringify({ AWSEBDockerrunVersion: '1', Ports: [{ ContainerPort: '5000' }] });
    const right = await read({
      'Dockerrun.aws.json': file,
      ...dockerfile('["gunicorn", "-b", "0.0.0.0:5000", "shop:app"]'),
    });
    expect(right.hops).toEqual(['address']);
    const wrong = await read({
      'Dockerrun.aws.json': file,
      ...dockerfile('["gunicorn", "-b", "0.0.0.0:8000", "shop:app"]'),
    });
    expect(wrong.loud).toEqual(['upstream/address-mismatch']);
  });

  it('say nothing where a template fills them in, or their text is no such file', async () => {
    for (const text of [
      '',
      '[',
      '{',
      'services: 1\n',
      'runtime: {{ x }}\nentrypoint: gunicorn shop:app\n',
      '- a\n- b\n',
    ]) {
      const names = [
        'fly.toml',
        'app.yaml',
        'apprunner.yaml',
        'render.yaml',
        'heroku.yml',
        'railway.json',
        'Dockerrun.aws.json',
      ];
      for (const name of names) expect((await read({ [name]: text })).titles, `${name}: ${text}`).toEqual([]);
    }
  });
});

describe('the file of PythonAnywhere', () => {
  const head =
    '# This file contains the WSGI configuration required to serve up your\n# web application at http://shop.pythonanywhere.com/\n\nimport sys\nimport os\n\n';
  const home =
    "project_home = '/home/shop/mysite'\nif project_home not in sys.path:\n    sys.path = [project_home] + sys.path\n\n";
  const name = 'deploy/shop_pythonanywhere_com_wsgi.py';
  const wrong = (found: Awaited<ReturnType<typeof read>>) => found.loud.filter(rule => rule !== 'routing/static-path');

  it('loads the application of the project, whose server nobody sees', async () => {
    const found = await read({ [name]: `${head}${home}from shop import app as application\n` });
    expect(found.titles).toEqual([name]);
    expect(found.stack?.servers[0]?.entry).toMatchObject({ attribute: { state: 'found' }, frameworks: ['flask'] });
    expect(found.loud).toEqual([]);
  });

  it('is known by the comment at its top for another domain, and no other _wsgi.py is taken for it', async () => {
    const text = `${head}${home}from shop import app as application\n`;
    expect((await read({ 'www_example_com_wsgi.py': text })).titles).toEqual(['www_example_com_wsgi.py']);
    expect((await read({ 'mod_wsgi.py': 'application = None\n' })).titles).toEqual([]);
    const commented = `${head}# application = None\n`.replace('import sys\nimport os\n', '');
    expect((await read({ [name]: commented })).titles).toEqual([]);
  });

  it('must bring an application, and start no server', async () => {
    expect(wrong(await read({ [name]: `${head}${home}from shop import app\n` }))).toEqual(['python/missing-callable']);
    const served = 'from flask import Flask\n\napp = Flask(__name__)\napp.run()\n';
    const found = await read({ [name]: `${head}${home}from shop import app as application\n`, 'shop.py': served });
    expect(wrong(found)).toEqual(['python/server-at-import']);
    expect(found.diagnostics.find(({ rule }) => rule === 'python/server-at-import')?.span.file.path).toBe('shop.py');
    const guarded = served.replace('app.run()', "if __name__ == '__main__':\n    app.run()");
    const fine = await read({ [name]: `${head}${home}from shop import app as application\n`, 'shop.py': guarded });
    expect(fine.loud).toEqual([]);
  });

  it('is silent about what only the machine there has', async () => {
    const django = `${head}path = os.path.expanduser('~/mysite')\nif path not in sys.path:\n    sys.path.insert(0, path)\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'\n\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n`;
    expect((await read({ [name]: django })).loud).toEqual([]);
    expect(
      (await read({ [name]: django.replace("os.path.expanduser('~/mysite')", "'/home/shop/other'") })).loud,
    ).toEqual([]);
    expect((await read({ [name]: `${head}${home}from elsewhere import app as application\n` })).loud).toEqual([]);
  });
});
