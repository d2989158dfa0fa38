type Stack = Readonly<Record<'nginx.conf' | 'gunicorn.conf.py' | 'Procfile' | 'shop.py', string>>;

/** Small stacks for the command line, by path. Each is told apart from `working` by one thing. */
export const working: Stack = {
  'nginx.conf': `events {}
http {
    server {
        listen 80;
        location / {
            proxy_pass http://127.0.0.1:8000;
            proxy_read_timeout 125s;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
    }
}
`,
  'gunicorn.conf.py': 'bind = "127.0.0.1:8000"\ntimeout = 120\n',
  Procfile: 'web: gunicorn shop:application\n',
  'shop.py': `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"shop"]
`,
};

/** An error with two alternative repairs. */
export const wrongPort: Stack = { ...working, 'gunicorn.conf.py': 'bind = "127.0.0.1:8001"\ntimeout = 120\n' };

/** A warning with one unsafe repair. */
export const shortWait: Stack = { ...working, 'nginx.conf': working['nginx.conf'].replace('125s', '60s') };

/** A piece of advice. */
export const equalWait: Stack = { ...working, 'nginx.conf': working['nginx.conf'].replace('125s', '120s') };

/** An error with one safe repair. */
export const serverAtImport: Stack = {
  ...working,
  'shop.py': `from flask import Flask

application = Flask(__name__)

application.run(port=5000)
`,
};

/** The same with a statement in its Python files that the quick reading leaves to tree-sitter. */
export function withUnusualPython(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const statement = '\nmatch None:\n    case _:\n        pass\n';
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, path.endsWith('.py') ? text + statement : text]),
  );
}
