import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze, readTasks } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';

const host = (files: Readonly<Record<string, string>>) => memoryHost(new Map(Object.entries(files)));
const tasks = async (files: Readonly<Record<string, string>>) =>
  (await readTasks(host(files))).map(({ name, command, span }) => `${span.file.path}: ${name}: ${command}`);

describe('commands of task runners that start a server', () => {
  it('stand in a Makefile', async () => {
    const text =
      'PORT ?= 8000\nBIN := venv/bin\n\n.PHONY: run test\nrun: install\n\t@$(BIN)/gunicorn --bind :$(PORT) \\\n\t\tshop:app\n\ntest:\n\tpytest -q\n\nserve:\n\tcd site && uvicorn site.asgi:app --reload\n\tpython setup.py sdist\n';
    expect(await tasks({ Makefile: text })).toEqual([
      'Makefile: make run: venv/bin/gunicorn --bind :8000 shop:app',
      'Makefile: make serve: uvicorn site.asgi:app --reload',
    ]);
  });

  it('stand in a justfile', async () => {
    const text =
      'port := "8000"\n\n# Starts it.\ndev host="127.0.0.1":\n    uvicorn shop:app --reload\n\n@web *args: build\n    -uv run python manage.py runserver {{args}}\n\nlint:\n    ruff check\n';
    expect(await tasks({ justfile: text })).toEqual([
      'justfile: just dev: uvicorn shop:app --reload',
      'justfile: just web: python manage.py runserver {{args}}',
    ]);
  });

  it('stand in package.json', async () => {
    const scripts = { build: 'vite build', api: 'cd api && ../venv/bin/flask run -p 5000', start: 'node server.js' };
    expect(await tasks({ 'package.json': JSON.stringify({ scripts }) })).toEqual([
      'package.json: npm run api: ../venv/bin/flask run -p 5000',
    ]);
  });

  it('stand in pyproject.toml, in the tables of each runner', async () => {
    const text = `[project.scripts]
shop = "shop.main:run"

[tool.poe.tasks]
test = "pytest"
serve = { cmd = "gunicorn shop:app" }
shell = { shell = "cd site; uvicorn site:app" }

[tool.taskipy.tasks]
dev = "python manage.py runserver"

[tool.pdm.scripts]
web.cmd = ["hypercorn", "shop:app"]

[tool.hatch.envs.default.scripts]
up = "daphne shop.asgi:application"

[tool.hatch.envs.prod.scripts]
up = ["python manage.py migrate", "waitress-serve shop:app"]

[tool.rye.scripts]
web = "granian shop:app"
`;
    expect((await tasks({ 'pyproject.toml': text })).map(line => line.slice('pyproject.toml: '.length))).toEqual([
      'poe serve: gunicorn shop:app',
      'poe shell: uvicorn site:app',
      'task dev: python manage.py runserver',
      'pdm run web: hypercorn shop:app',
      'rye run web: granian shop:app',
      'hatch run up: daphne shop.asgi:application',
      'hatch run prod:up: waitress-serve shop:app',
    ]);
  });

  it('are none where the text cannot be read', async () => {
    for (const text of ['', '{', '[tool.', 'scripts: 1', '\t\t', '{"scripts": []}'])
      for (const name of ['Makefile', 'justfile', 'package.json', 'pyproject.toml'])
        expect(await tasks({ [name]: text }), `${name}: ${text}`).toEqual([]);
  });

  it('tie nothing to a gateway, and give no finding', async () => {
    const files = {
      Makefile: 'run:\n\tgunicorn --reload --bind 127.0.0.1:9000 nothing:app\n',
      'package.json': JSON.stringify({ scripts: { start: 'flask run -p 9000' } }),
      'nginx.conf':
        'events {}\nhttp {\n  server {\n    location / {\n      proxy_pass http://127.0.0.1:8000;\n    }\n  }\n}\n',
    };
    const { deployment, diagnostics } = await analyze(host(files), { rules });
    expect(deployment.stacks.flatMap(({ servers, launches }) => [...servers, ...launches])).toEqual([]);
    expect(diagnostics.map(({ rule }) => rule)).toEqual([]);
  });
});
