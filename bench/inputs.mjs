// Generated inputs for the benchmarks: the same bytes for the same numbers, so that two runs compare.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files below a folder. */
function put(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}

/** One server of about `bytes` bytes, as people write them: TLS, headers, a static folder, several locations that proxy. */
function server(i, bytes) {
  const name = `app${i}`;
  const head = `    server {
        listen 80;
        server_name ${name}.example.com www.${name}.example.com;
        client_max_body_size 20m;
        access_log off;

        location /static/ {
            alias /srv/${name}/static/;
            expires 30d;
        }
`;
  const location = n => `
        # Part ${n} of the application.
        location /part${n}/ {
            proxy_pass http://${name};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_read_timeout 30s;
        }
`;
  let text = `    upstream ${name} {
        server 127.0.0.1:${8000 + (i % 1000)};
    }
${head}`;
  for (let n = 0; text.length + location(n).length < bytes; n++) text += location(n);
  return `${text}    }\n`;
}

/** An nginx.conf with this many servers of about this many bytes each. Returns its size in bytes. */
export function nginxConfig(folder, servers, bytesEach) {
  const parts = ['events {}\nhttp {\n'];
  for (let i = 0; i < servers; i++) parts.push(server(i, bytesEach));
  parts.push('}\n');
  const text = parts.join('');
  put(folder, { 'nginx.conf': text });
  return text.length;
}

/** One application whose entry module imports, directly or not, this many modules. */
export function pythonModules(folder, modules) {
  const files = {
    'nginx.conf': `events {}
http {
    server {
        listen 80;
        location / {
            proxy_pass http://127.0.0.1:8000;
            proxy_set_header Host $host;
        }
    }
}
`,
    Procfile: 'web: gunicorn shop.wsgi:app --bind 127.0.0.1:8000\n',
    'shop/__init__.py': '',
  };
  const width = 10;
  for (let i = 0; i < modules; i++) {
    const imports = [];
    for (let n = i * width + 1; n <= i * width + width && n < modules; n++) imports.push(`from shop import m${n}`);
    files[`shop/m${i}.py`] = `"""Part ${i} of the shop."""
import json
import logging
import os

${imports.join('\n')}

log = logging.getLogger(__name__)
LIMIT = int(os.environ.get("LIMIT_${i}", "${i}"))
NAMES = {"first": "a", "second": "b", "third": ["c", "d"]}


class Basket${i}:
    """Goods that a customer wants to buy."""

    def __init__(self, customer, goods=()):
        self.customer = customer
        self.goods = list(goods)

    def total(self):
        return sum(item["price"] * item["count"] for item in self.goods if item["count"] < LIMIT)

    def as_json(self):
        try:
            return json.dumps({"customer": self.customer, "total": self.total()})
        except TypeError as problem:
            log.warning("basket of %s: %s", self.customer, problem)
            raise


def view_${i}(request, name="first"):
    basket = Basket${i}(request.customer, NAMES.get(name, []))
    if not basket.goods:
        return "", 404
    return basket.as_json(), 200
`;
  }
  files['shop/wsgi.py'] = 'from flask import Flask\n\nfrom shop import m0\n\napp = Flask(__name__)\n';
  put(folder, files);
}

/** A monorepo of services, each with nginx, Gunicorn, a compose file and an application. Every tenth has the wrong port. */
export function monorepo(folder, stacks) {
  const files = {};
  for (let i = 0; i < stacks; i++) {
    const at = `services/s${i}`;
    const port = i % 10 === 3 ? 8001 : 8000;
    files[`${at}/compose.yaml`] = `services:
  web:
    image: nginx:1.27
    ports: ["${10000 + i}:80"]
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
    depends_on: [app]
  app:
    build: .
    environment:
      LOG_LEVEL: info
`;
    files[`${at}/Dockerfile`] = `FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
CMD ["gunicorn", "--config", "gunicorn.conf.py", "app.main:app"]
`;
    files[`${at}/requirements.txt`] = 'flask==3.0.3\ngunicorn==22.0.0\n';
    files[`${at}/nginx.conf`] = `events {}
http {
    upstream app {
        server app:${port};
    }
    server {
        listen 80;
        server_name s${i}.example.com;
        location / {
            proxy_pass http://app;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
        }
    }
}
`;
    files[`${at}/gunicorn.conf.py`] = 'bind = "0.0.0.0:8000"\nworkers = 4\ntimeout = 30\n';
    files[`${at}/app/__init__.py`] = '';
    files[`${at}/app/main.py`] = `from flask import Flask, jsonify

from app.orders import list_orders

app = Flask(__name__)


@app.get("/orders")
def orders():
    return jsonify(list_orders())


if __name__ == "__main__":
    app.run(debug=True)
`;
    files[`${at}/app/orders.py`] = `ORDERS = [{"id": n, "total": n * 10} for n in range(10)]


def list_orders():
    return [order for order in ORDERS if order["total"] > 0]
`;
  }
  put(folder, files);
}

/** A tree of Kubernetes manifests: for each five documents an application with its Deployments, Services and a ConfigMap for nginx. */
export function kubernetesTree(folder, documents) {
  const files = {};
  for (let i = 0; i * 5 < documents; i++) {
    files[`clusters/c${i % 20}/app${i}.yaml`] = `apiVersion: v1
kind: ConfigMap
metadata:
  name: web${i}
data:
  nginx.conf: |
    events {}
    http {
      server {
        listen 80;
        location / {
          proxy_pass http://app${i}:8000;
          proxy_set_header Host $host;
        }
      }
    }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web${i}
spec:
  selector: {matchLabels: {app: web${i}}}
  template:
    metadata: {labels: {app: web${i}}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          volumeMounts:
            - {name: conf, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}
      volumes:
        - name: conf
          configMap: {name: web${i}}
---
apiVersion: v1
kind: Service
metadata:
  name: web${i}
spec:
  selector: {app: web${i}}
  ports: [{port: 80, targetPort: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app${i}
spec:
  selector: {matchLabels: {app: app${i}}}
  template:
    metadata: {labels: {app: app${i}}}
    spec:
      containers:
        - name: app
          image: registry.example.com/app${i}:1.0
          command: ["gunicorn", "--bind", "0.0.0.0:8000", "app.main:app"]
          ports: [{containerPort: 8000}]
---
apiVersion: v1
kind: Service
metadata:
  name: app${i}
spec:
  selector: {app: app${i}}
  ports: [{port: 8000, targetPort: 8000}]
`;
  }
  put(folder, files);
}
