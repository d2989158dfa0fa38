/**
 * The files of a project as an editor has it open: an nginx.conf of about 2,000 lines on the host, ten services of which each has a unit, a
 * Gunicorn configuration, an entry module and an application in a package, and a compose file with images of its own. Path to text.
 */
export function editorProject({ services = 10, modules = 23, locations = 12 } = {}) {
  const files = { 'compose.yaml': compose(services), 'README.md': '# shop\n' };
  const blocks = [];
  for (let i = 0; i < services; i++) {
    const port = 8100 + i;
    const name = `app${i}`;
    blocks.push(virtualServer(name, locations));
    files[`deploy/${name}.service`] = unit(name, port);
    files[`${name}/gunicorn.conf.py`] = `bind = '127.0.0.1:${port}'\nworkers = 4\ntimeout = 30\nkeepalive = 5\n`;
    files[`${name}/wsgi.py`] = `from ${name}_site import create_app\n\napplication = create_app()\n`;
    files[`${name}/Dockerfile`] = dockerfile(name);
    files[`${name}/requirements.txt`] = 'flask==3.0.3\ngunicorn==23.0.0\n';
    files[`${name}/${name}_site/__init__.py`] = application(name, modules);
    for (let j = 0; j < modules; j++) files[`${name}/${name}_site/views${j}.py`] = views(j);
  }
  files['deploy/nginx.conf'] = mainFile(blocks, services);
  files['deploy/compose/nginx.conf'] = containerGateway(services);
  return files;
}

function mainFile(blocks, services) {
  const upstreams = Array.from(
    { length: services },
    (_, i) => `    upstream app${i} {\n        server 127.0.0.1:${8100 + i};\n        keepalive 16;\n    }\n`,
  );
  return [
    'user www-data;\nworker_processes auto;\n\nevents {\n    worker_connections 1024;\n}\n\nhttp {\n    sendfile on;\n',
    ...upstreams,
    ...blocks,
    '}\n',
  ].join('\n');
}

function virtualServer(name, locations) {
  const lines = [
    '    server {',
    '        listen 80;',
    `        server_name ${name}.example.com;`,
    '        client_max_body_size 8m;',
    '',
  ];
  for (let i = 0; i < locations; i++) {
    lines.push(
      `        # Part ${i} of ${name}`,
      `        location /part${i}/ {`,
      `            proxy_pass http://${name};`,
      '            proxy_http_version 1.1;',
      '            proxy_set_header Connection "";',
      '            proxy_set_header Host $host;',
      '            proxy_set_header X-Real-IP $remote_addr;',
      '            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      '            proxy_set_header X-Forwarded-Proto $scheme;',
      '            proxy_connect_timeout 5s;',
      `            proxy_read_timeout ${35 + i}s;`,
      '            proxy_send_timeout 35s;',
      '            proxy_buffers 8 16k;',
      '            proxy_buffer_size 16k;',
      '        }',
      '',
    );
  }
  return [...lines, '    }', ''].join('\n');
}

function unit(name, port) {
  return `[Unit]\nDescription=${name}\n\n[Service]\nUser=www-data\nWorkingDirectory=/srv/shop/${name}\nExecStart=/srv/venv/bin/gunicorn --bind 127.0.0.1:${port} --timeout 30 wsgi:application\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n`;
}

function application(name, modules) {
  const imports = Array.from({ length: modules }, (_, i) => `from . import views${i}`);
  const registers = Array.from({ length: modules }, (_, i) => `    app.register_blueprint(views${i}.pages)`);
  return `from flask import Flask\n\n${imports.join('\n')}\n\n\ndef create_app():\n    app = Flask("${name}")\n${registers.join('\n')}\n    return app\n`;
}

function views(index) {
  const lines = [
    'import logging',
    '',
    'import requests',
    'from flask import Blueprint, jsonify',
    '',
    `pages = Blueprint("views${index}", __name__)`,
    'log = logging.getLogger(__name__)',
    '',
  ];
  for (let i = 0; i < 6; i++) {
    lines.push(
      '',
      `@pages.get("/part${index}/page${i}")`,
      `def page${i}():`,
      `    answer = requests.get("https://api.example.com/${i}", timeout=5)`,
      '    if answer.status_code != 200:',
      '        log.warning("no answer: %s", answer.status_code)',
      '        return jsonify(error="later"), 503',
      '    rows = [dict(name=row["name"], size=len(row["name"])) for row in answer.json()]',
      '    return jsonify(rows=rows)',
      '',
    );
  }
  return lines.join('\n');
}

function dockerfile(name) {
  return `FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "--timeout", "30", "wsgi:application"]\n# ${name}\n`;
}

function compose(services) {
  const blocks = Array.from(
    { length: services },
    (_, i) => `  app${i}:\n    build: ./app${i}\n    environment:\n      MODE: production\n`,
  );
  return `services:\n  web:\n    image: nginx:1.27\n    ports:\n      - "80:80"\n    volumes:\n      - ./deploy/compose/nginx.conf:/etc/nginx/nginx.conf:ro\n${blocks.join('')}`;
}

function containerGateway(services) {
  const locations = Array.from(
    { length: services },
    (_, i) =>
      `        location /app${i}/ {\n            proxy_pass http://app${i}:8000;\n            proxy_set_header Host $host;\n        }\n`,
  );
  return `events {}\nhttp {\n    server {\n        listen 80;\n${locations.join('')}    }\n}\n`;
}
