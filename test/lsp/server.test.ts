import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentLink,
  DocumentSymbol,
  Hover,
  Location,
} from 'vscode-languageserver';
import { serverAtImport, shortWait, working, wrongPort } from '../cli/stacks.js';
import { type Built, buildProgram, type Editor, type EditorOptions, folderWith, startEditor } from './editor.js';

let built: Built;
const folders: string[] = [];
const editors: Editor[] = [];

beforeAll(() => {
  built = buildProgram();
}, 120_000);

afterEach(async () => {
  for (const editor of editors.splice(0)) await editor.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

afterAll(() => built.remove());

async function edit(files: Readonly<Record<string, string>>, more: Partial<EditorOptions> = {}): Promise<Editor> {
  const folder = folderWith(files);
  folders.push(folder);
  const editor = await startEditor({ cli: built.cli, folders: [folder], ...more });
  editors.push(editor);
  return editor;
}

/** Line and character of the first place of a text. */
function positionOf(text: string, words: string, behind = 0): { line: number; character: number } {
  const before = text.slice(0, text.indexOf(words) + behind).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

const codes = (editor: Editor, path: string) => editor.shown(path).map(one => one.code);

describe('findings', () => {
  test('are shown in files that nobody opened, with the other end and a page', async () => {
    const editor = await edit(wrongPort);
    await editor.until(() => codes(editor, 'nginx.conf').length > 0);
    const [finding] = editor.shown('nginx.conf');
    expect(finding).toMatchObject({
      code: 'upstream/address-mismatch',
      severity: 1,
      source: 'gwlint',
      range: { start: { line: 5, character: 30 }, end: { line: 5, character: 44 } },
      relatedInformation: [
        {
          location: {
            uri: editor.uri('gunicorn.conf.py'),
            range: { start: { line: 0, character: 7 }, end: { line: 0, character: 23 } },
          },
          message: 'gunicorn listens here',
        },
      ],
    });
    expect(finding?.codeDescription?.href).toMatch(/^file:.*\/docs\/rules\/upstream\/address-mismatch\.md$/);
  });

  test('follow what is typed at either end, and go when it fits again', async () => {
    const editor = await edit(working);
    editor.open('gunicorn.conf.py', working['gunicorn.conf.py']);
    editor.change('gunicorn.conf.py', wrongPort['gunicorn.conf.py']);
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    editor.open('nginx.conf', working['nginx.conf']);
    editor.change('nginx.conf', working['nginx.conf'].replace('127.0.0.1:8000', '127.0.0.1:8001'));
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });

  test('are those of the disk again when a file is closed without being saved', async () => {
    const editor = await edit(working);
    editor.open('gunicorn.conf.py', wrongPort['gunicorn.conf.py']);
    await editor.until(() => codes(editor, 'nginx.conf').length > 0);
    editor.notify('textDocument/didClose', { textDocument: { uri: editor.uri('gunicorn.conf.py') } });
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });

  test('follow files that change on the disk', async () => {
    const editor = await edit(working, {
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    await editor.until(() => editor.sent.some(one => one.method === 'client/registerCapability'));
    const folder = folders[0] ?? '';
    writeFileSync(join(folder, 'gunicorn.conf.py'), wrongPort['gunicorn.conf.py']);
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('gunicorn.conf.py'), type: 2 }] });
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    rmSync(join(folder, 'nginx.conf'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('nginx.conf'), type: 3 }] });
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });

  test('obey the settings, also when they change', async () => {
    let settings: unknown = { ignore: ['upstream'] };
    const editor = await edit(
      { ...wrongPort, 'shop.py': serverAtImport['shop.py'] },
      { capabilities: { workspace: { configuration: true } }, settings: () => settings },
    );
    await editor.until(() => codes(editor, 'shop.py').length > 0);
    expect(codes(editor, 'nginx.conf')).toEqual([]);
    settings = { ignore: ['python'] };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await editor.until(() => codes(editor, 'shop.py').length === 0 && codes(editor, 'nginx.conf').length > 0);
  });
});

describe('several folders', () => {
  test('are judged apart, come and go', async () => {
    const one = folderWith(wrongPort);
    const two = folderWith(serverAtImport);
    folders.push(one, two);
    let open = [0, 1];
    const editor = await startEditor({
      cli: built.cli,
      folders: [one, two],
      capabilities: { workspace: { workspaceFolders: true } },
      open: () => open,
    });
    editors.push(editor);
    await editor.until(() => editor.shown('nginx.conf', 0).length > 0 && editor.shown('shop.py', 1).length > 0);
    expect(editor.shown('shop.py', 0)).toEqual([]);
    const second = { uri: editor.uri('', 1).replace(/\/$/, ''), name: two };
    open = [0];
    editor.notify('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [second] } });
    await editor.until(() => editor.shown('shop.py', 1).length === 0);
    expect(editor.shown('nginx.conf', 0)).toHaveLength(1);
    open = [0, 1];
    editor.notify('workspace/didChangeWorkspaceFolders', { event: { added: [second], removed: [] } });
    await editor.until(() => editor.shown('shop.py', 1).length > 0);
  });
});

describe('code actions', () => {
  async function actionsAt(editor: Editor, path: string, index = 0, only?: readonly string[]): Promise<CodeAction[]> {
    const finding = editor.shown(path)[index];
    return editor.request('textDocument/codeAction', {
      textDocument: { uri: editor.uri(path) },
      range: finding?.range,
      context: { diagnostics: [finding], ...(only && { only }) },
    });
  }

  test('offer both ways to repair, each of which makes the finding go', async () => {
    for (const title of [/^Let nginx dial 8001/, /^Let the server listen on 8000/]) {
      const editor = await edit(wrongPort);
      for (const path of ['nginx.conf', 'gunicorn.conf.py'] as const) editor.open(path, wrongPort[path]);
      await editor.until(() => codes(editor, 'nginx.conf').length > 0);
      const actions = await actionsAt(editor, 'nginx.conf');
      const action = actions.find(one => title.test(one.title));
      expect(action?.isPreferred).toBeUndefined();
      editor.apply(action?.edit ?? {});
      await editor.until(() => codes(editor, 'nginx.conf').length === 0);
    }
  });

  test('silence a finding with a comment that counts', async () => {
    const editor = await edit(shortWait);
    editor.open('nginx.conf', shortWait['nginx.conf']);
    await editor.until(() => codes(editor, 'nginx.conf').includes('timeout/gateway-before-worker'));
    const action = (await actionsAt(editor, 'nginx.conf')).find(one => one.title.startsWith('Silence'));
    editor.apply(action?.edit ?? {});
    expect(editor.texts.get(editor.uri('nginx.conf'))).toContain(
      '            # gwlint-ignore timeout/gateway-before-worker: ',
    );
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });

  test('repair all that is safe in a file, and nothing else', async () => {
    const editor = await edit(serverAtImport);
    editor.open('shop.py', serverAtImport['shop.py']);
    await editor.until(() => codes(editor, 'shop.py').length > 0);
    const [action, ...more] = await actionsAt(editor, 'shop.py', 0, ['source.fixAll']);
    expect([action?.kind, more]).toEqual(['source.fixAll.gwlint', []]);
    editor.apply(action?.edit ?? {});
    expect(editor.texts.get(editor.uri('shop.py'))).toBe(
      'from flask import Flask\n\napplication = Flask(__name__)\n\nif __name__ == "__main__":\n    application.run(port=5000)\n',
    );
    await editor.until(() => codes(editor, 'shop.py').length === 0);
    const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const again = editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri('shop.py') },
      range: whole,
      context: { diagnostics: [], only: ['source.fixAll.gwlint'] },
    });
    expect(await again).toEqual([]);
  });

  test('open the page about a rule', async () => {
    const editor = await edit(wrongPort);
    editor.open('nginx.conf', wrongPort['nginx.conf']);
    await editor.until(() => codes(editor, 'nginx.conf').length > 0);
    const action = (await actionsAt(editor, 'nginx.conf')).find(one => one.command);
    expect(action?.title).toBe('Open the page about upstream/address-mismatch');
    await editor.request('workspace/executeCommand', action?.command);
    const shown = editor.sent.find(one => one.method === 'window/showDocument')?.params as { uri: string };
    expect(shown.uri).toMatch(/docs\/rules\/upstream\/address-mismatch\.md$/);
  });
});

describe('what stands where', () => {
  const group = {
    ...working,
    'nginx.conf': working['nginx.conf']
      .replace(
        'http {\n',
        'http {\n    upstream shop {\n        server 127.0.0.1:8000;\n    }\n    include sites/*.conf;\n',
      )
      .replace('http://127.0.0.1:8000', 'http://shop'),
    'sites/one.conf': 'client_max_body_size 2m;\n',
  };

  async function at<T>(
    editor: Editor,
    method: string,
    path: keyof typeof group,
    words: string,
    behind = 1,
  ): Promise<T> {
    return editor.request(method, {
      textDocument: { uri: editor.uri(path) },
      position: positionOf(group[path], words, behind),
      context: { includeDeclaration: false },
    });
  }

  test('a hover tells what a directive is, what holds and where requests go', async () => {
    const editor = await edit(group);
    const { contents } = await at<Hover>(editor, 'textDocument/hover', 'nginx.conf', 'proxy_read_timeout');
    const text = (contents as { value: string }).value;
    expect(text).toContain('**proxy_read_timeout**, ngx_http_proxy_module');
    expect(text).toContain('default `60s`');
    expect(text).toContain('In effect here: `125s` (nginx.conf:11)');
    const pass = await at<Hover>(editor, 'textDocument/hover', 'nginx.conf', 'proxy_pass http');
    expect((pass.contents as { value: string }).value).toMatch(
      /location \/ {2}nginx\.conf:10[\s\S]*read\s+125 s \(proxy_read_timeout[\s\S]*gunicorn on the host[\s\S]*request limit\s+120 s \(timeout/,
    );
    const bind = await at<Hover>(editor, 'textDocument/hover', 'gunicorn.conf.py', '127.0.0.1');
    expect((bind.contents as { value: string }).value).toContain('location /');
    const timeout = await at<Hover>(editor, 'textDocument/hover', 'gunicorn.conf.py', 'timeout');
    expect((timeout.contents as { value: string }).value).toMatch(
      /\*\*timeout\*\*, Gunicorn[\s\S]*Seconds after which[\s\S]*default `30`[\s\S]*In effect: `120` \(timeout in gunicorn\.conf\.py:2\)/,
    );
  });

  test('a definition leads from the pass to the Python object, step by step, and references lead back', async () => {
    const editor = await edit(group);
    const start = (found: readonly Location[]) =>
      found.map(({ uri, range }) => [uri.slice(uri.lastIndexOf('/') + 1), range.start.line, range.start.character]);
    const definition = async (path: keyof typeof group, words: string) =>
      start(await at<Location[]>(editor, 'textDocument/definition', path, words));
    expect(await definition('nginx.conf', 'http://shop')).toEqual([['nginx.conf', 2, 13]]);
    expect(await definition('nginx.conf', '127.0.0.1:8000')).toEqual([['gunicorn.conf.py', 0, 7]]);
    expect(await definition('gunicorn.conf.py', '127.0.0.1')).toEqual([['Procfile', 0, 14]]);
    expect(await definition('Procfile', 'shop:application')).toEqual([['shop.py', 0, 0]]);
    expect(await definition('nginx.conf', 'sites/*')).toEqual([['one.conf', 0, 0]]);
    const references = async (path: keyof typeof group, words: string) =>
      start(await at<Location[]>(editor, 'textDocument/references', path, words));
    expect(await references('shop.py', 'application')).toEqual([['Procfile', 0, 14]]);
    expect(await references('Procfile', 'shop:application')).toEqual([['gunicorn.conf.py', 0, 7]]);
    expect(await references('gunicorn.conf.py', '127.0.0.1')).toEqual([['nginx.conf', 3, 15]]);
    expect(await references('nginx.conf', 'shop {')).toEqual([['nginx.conf', 9, 23]]);
  });
});

describe('containers, uWSGI and files without a folder', () => {
  const compose = {
    'compose.yaml': `services:
  proxy:
    image: nginx:1.27
    depends_on: [web]
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
  web:
    build: .
`,
    Dockerfile:
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY shop.py uwsgi.ini ./\nRUN pip install uwsgi\nCMD ["uwsgi", "--ini", "uwsgi.ini"]\n',
    'uwsgi.ini': '[uwsgi]\nmodule = shop:application\nsocket = 0.0.0.0:9000\nmaster = true\nharakiri = 30\n',
    'nginx.conf': `events {}
http {
    server {
        location / {
            uwsgi_pass web:9000;
            include uwsgi_params;
        }
    }
}
`,
    'shop.py': working['shop.py'],
  };
  const ask = (editor: Editor, path: keyof typeof compose, words: string) => ({
    textDocument: { uri: editor.uri(path) },
    position: positionOf(compose[path], words, 1),
    context: { includeDeclaration: false },
  });
  const names = (found: readonly Location[]) =>
    found.map(({ uri, range }) => `${uri.slice(uri.lastIndexOf('/') + 1)}:${range.start.line + 1}`).sort();

  test('a name of a service leads to the service and to the bind, and back', async () => {
    const editor = await edit(compose);
    const pass = ask(editor, 'nginx.conf', 'web:9000');
    expect(names(await editor.request('textDocument/definition', pass))).toEqual(['compose.yaml:6', 'uwsgi.ini:3']);
    const waits = ask(editor, 'compose.yaml', 'web]');
    expect(names(await editor.request('textDocument/definition', waits))).toEqual(['compose.yaml:6']);
    const service = ask(editor, 'compose.yaml', 'web:');
    expect(names(await editor.request('textDocument/references', service))).toEqual(['compose.yaml:4', 'nginx.conf:5']);
    const bind = ask(editor, 'uwsgi.ini', '0.0.0.0:9000');
    expect(names(await editor.request('textDocument/references', bind))).toEqual(['nginx.conf:5']);
  });

  test('a hover tells what an option of uWSGI is, and the way to its socket', async () => {
    const editor = await edit(compose);
    const option = await editor.request<Hover>('textDocument/hover', ask(editor, 'uwsgi.ini', 'harakiri'));
    expect((option.contents as { value: string }).value).toMatch(
      /\*\*harakiri\*\*, uWSGI[\s\S]*Seconds after which a worker[\s\S]*In effect: `30` \(harakiri in uwsgi\.ini:5\)/,
    );
    const socket = await editor.request<Hover>('textDocument/hover', ask(editor, 'uwsgi.ini', '0.0.0.0:9000'));
    expect((socket.contents as { value: string }).value).toMatch(
      /location \/ {2}nginx\.conf:5[\s\S]*uwsgi on service web/,
    );
  });

  test('a file outside of every folder is judged with the project that it lies in', async () => {
    const folder = folderWith({ ...wrongPort, '.git/HEAD': 'ref: refs/heads/main\n' });
    folders.push(folder);
    const editor = await edit({ 'README.md': '' });
    const at = pathToFileURL(join(folder, 'nginx.conf')).href;
    const item = { uri: at, languageId: 'nginx', version: 1, text: wrongPort['nginx.conf'] };
    editor.notify('textDocument/didOpen', { textDocument: item });
    await editor.until(() => editor.all().get(at)?.[0]?.code === 'upstream/address-mismatch');
    editor.notify('textDocument/didClose', { textDocument: { uri: at } });
    await editor.until(() => editor.all().get(at)?.length === 0);
  });

  test('a comment silences in the language of its file', async () => {
    const editor = await edit(serverAtImport);
    editor.open('shop.py', serverAtImport['shop.py']);
    await editor.until(() => codes(editor, 'shop.py').length > 0);
    const actions = await editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri('shop.py') },
      range: editor.shown('shop.py')[0]?.range,
      context: { diagnostics: [] },
    });
    editor.apply(actions.find(one => one.title.startsWith('Silence'))?.edit ?? {});
    expect(editor.texts.get(editor.uri('shop.py'))).toMatch(
      /\n# gwlint-ignore python\/server-at-import: .+\napplication\.run/,
    );
    await editor.until(() => codes(editor, 'shop.py').length === 0);
  });
});

describe('what may stand where', () => {
  const text = (inside: string) =>
    `events {}\nhttp {\n    upstream shop { server 127.0.0.1:8000; }\n    server {\n        location / {\n            ${inside}\n        }\n    }\n}\n`;

  async function labelsAt(editor: Editor, path: string, content: string, words: string): Promise<readonly string[]> {
    editor.change(path, content);
    const items = await editor.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: editor.uri(path) },
      position: positionOf(content, words, words.length),
    });
    return items.map(one => one.label);
  }

  test('directives of the level, values of a directive, groups and addresses, variables', async () => {
    const editor = await edit({ ...working, 'nginx.conf': text('') });
    editor.open('nginx.conf', text(''));
    const inLocation = await labelsAt(editor, 'nginx.conf', text('proxy_'), 'proxy_');
    expect(inLocation).toEqual(expect.arrayContaining(['proxy_pass', 'proxy_read_timeout', 'try_files']));
    expect(inLocation).not.toEqual(expect.arrayContaining(['worker_processes']));
    expect(inLocation).not.toEqual(expect.arrayContaining(['upstream']));
    expect(await labelsAt(editor, 'nginx.conf', text('proxy_buffering ;'), 'proxy_buffering ')).toEqual(['on', 'off']);
    expect(await labelsAt(editor, 'nginx.conf', text('proxy_pass ;'), 'proxy_pass ')).toEqual([
      'http://shop',
      'http://127.0.0.1:8000',
    ]);
    expect(await labelsAt(editor, 'nginx.conf', text('proxy_set_header Host $;'), 'Host $')).toContain('$host');
    expect(await labelsAt(editor, 'nginx.conf', text('# proxy_'), '# proxy_')).toEqual([]);
  });

  test('settings of Gunicorn and options of uWSGI', async () => {
    const files = { ...working, 'uwsgi.ini': '[uwsgi]\nsocket = :8001\nmodule = shop:application\n' };
    const editor = await edit(files);
    editor.open('gunicorn.conf.py', files['gunicorn.conf.py']);
    editor.open('uwsgi.ini', files['uwsgi.ini']);
    const settings = await labelsAt(editor, 'gunicorn.conf.py', `${files['gunicorn.conf.py']}work`, 'work');
    expect(settings).toEqual(expect.arrayContaining(['workers', 'worker_class', 'graceful_timeout']));
    expect(settings).not.toContain('bind');
    const classes = await labelsAt(editor, 'gunicorn.conf.py', 'worker_class = "', 'class = "');
    expect(classes).toEqual(expect.arrayContaining(['sync', 'gthread']));
    const options = await labelsAt(editor, 'uwsgi.ini', `${files['uwsgi.ini']}hara`, 'hara');
    expect(options).toEqual(expect.arrayContaining(['harakiri', 'buffer-size']));
  });
});

describe('lenses, links, symbols and ways', () => {
  const files = {
    ...working,
    'nginx.conf': working['nginx.conf'].replace('http {\n', 'http {\n    include extra.conf;\n'),
    'extra.conf': 'client_max_body_size 2m;\n',
  };

  test('a lens counts the routes that reach a bind', async () => {
    const editor = await edit(files);
    const ask = { textDocument: { uri: editor.uri('gunicorn.conf.py') } };
    const [lens, ...more] = await editor.request<CodeLens[]>('textDocument/codeLens', ask);
    expect([lens?.command?.title, more]).toEqual(['1 route reaches this bind', []]);
    const way = await editor.request<string>('workspace/executeCommand', lens?.command);
    expect(way).toMatch(/location \/ {2}nginx\.conf:7\n[\s\S]*gunicorn on the host/);
    expect(editor.sent.some(one => one.method === 'window/showMessageRequest')).toBe(true);
  });

  test('an include is a link to its file', async () => {
    const editor = await edit(files);
    const links = await editor.request<DocumentLink[]>('textDocument/documentLink', {
      textDocument: { uri: editor.uri('nginx.conf') },
    });
    expect(links).toEqual([
      {
        range: { start: { line: 2, character: 12 }, end: { line: 2, character: 22 } },
        target: editor.uri('extra.conf'),
      },
    ]);
  });

  test('symbols are the blocks and the processes', async () => {
    const editor = await edit(files);
    const names = (symbols: readonly DocumentSymbol[]): unknown =>
      symbols.map(({ name, children }) => (children && children.length > 0 ? [name, names(children)] : name));
    const symbols = async (path: string) =>
      names(await editor.request('textDocument/documentSymbol', { textDocument: { uri: editor.uri(path) } }));
    expect(await symbols('nginx.conf')).toEqual(['events', ['http', [['server', ['location /']]]]]);
    expect(await symbols('Procfile')).toEqual(['web']);
  });
});

describe('positions', () => {
  test('count UTF-16 units, CRLF as one line end, and leave out a byte order mark that the editor keeps', async () => {
    const conf = working['nginx.conf'].replace('http {', 'http { # 🐍 ñ');
    const text = conf
      .replace('proxy_pass', 'set $x "🐍"; proxy_pass')
      .replace('proxy_read_timeout 125s', 'proxy_read_timeout 60s')
      .replaceAll('\n', '\r\n');
    const editor = await edit({
      ...working,
      'nginx.conf': text,
      'gunicorn.conf.py': `\ufeff${wrongPort['gunicorn.conf.py']}`,
    });
    await editor.until(() => codes(editor, 'nginx.conf').length > 0);
    const found = editor.shown('nginx.conf').find(one => one.code === 'upstream/address-mismatch');
    expect(found?.range).toEqual({ start: { line: 5, character: 43 }, end: { line: 5, character: 57 } });
    const related = found?.relatedInformation?.[0]?.location.range;
    expect(related).toEqual({ start: { line: 0, character: 7 }, end: { line: 0, character: 23 } });
    editor.open('gunicorn.conf.py', wrongPort['gunicorn.conf.py']);
    const hover = await editor.request<Hover>('textDocument/hover', {
      textDocument: { uri: editor.uri('gunicorn.conf.py') },
      position: { line: 0, character: 1 },
    });
    expect(hover.range).toEqual({ start: { line: 0, character: 0 }, end: { line: 0, character: 4 } });
  });

  test('outside the text are moved to its end', async () => {
    const editor = await edit(working);
    for (const position of [
      { line: 9999, character: 0 },
      { line: 0, character: 9999 },
    ]) {
      const ask = { textDocument: { uri: editor.uri('nginx.conf') }, position, context: { includeDeclaration: true } };
      expect(await editor.request('textDocument/definition', ask)).toEqual([]);
      expect(await editor.request('textDocument/references', ask)).toEqual([]);
    }
  });
});

describe('a configuration file', () => {
  test('counts, when it changes too, and its mistakes are shown in it', async () => {
    const editor = await edit(
      { ...wrongPort, 'gwlint.yaml': 'rules:\n  upstream: off\n' },
      { capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } } },
    );
    await editor.until(() => editor.sent.some(one => one.method === 'client/registerCapability'));
    const write = (text: string) => {
      writeFileSync(join(folders[0] ?? '', 'gwlint.yaml'), text);
      editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('gwlint.yaml'), type: 2 }] });
    };
    write('rules:\n  upstream: on\n');
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    write('rules:\n  upstrem: off\n');
    await editor.until(() => editor.shown('gwlint.yaml').length > 0);
    expect(editor.shown('gwlint.yaml')[0]?.range.start).toEqual({ line: 1, character: 2 });
    write('rules:\n  upstream: off\n');
    await editor.until(() => codes(editor, 'nginx.conf').length === 0 && editor.shown('gwlint.yaml').length === 0);
  });
});

describe('a configuration file that is not saved', () => {
  test('counts as it stands in the editor, and as on the disk when it is closed', async () => {
    const editor = await edit({ ...wrongPort, 'gwlint.yaml': 'rules:\n  upstream: off\n' });
    editor.open('gwlint.yaml', 'rules:\n  upstream: warning\n');
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    expect(editor.shown('nginx.conf').map(one => one.severity)).toContain(2);
    editor.change('gwlint.yaml', 'rules:\n  upstream: waring\n');
    await editor.until(() => editor.shown('gwlint.yaml').length > 0);
    expect(editor.shown('gwlint.yaml')[0]?.range.start.line).toBe(1);
    // Meanwhile the last one without a mistake counts.
    expect(codes(editor, 'nginx.conf')).toContain('upstream/address-mismatch');
    editor.notify('textDocument/didClose', { textDocument: { uri: editor.uri('gwlint.yaml') } });
    await editor.until(() => codes(editor, 'nginx.conf').length === 0 && editor.shown('gwlint.yaml').length === 0);
  });

  test('counts before it is on the disk at all, as a table of pyproject.toml too', async () => {
    const editor = await edit(wrongPort);
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    editor.open('pyproject.toml', '[tool.gwlint.rules]\nupstream = "off"\n');
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
    editor.change('pyproject.toml', '[project]\nname = "shop"\n');
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    editor.open('gwlint.yaml', 'exclude: [nginx.conf]\n');
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });

  test('counts for the folders below its own', async () => {
    const inner = Object.fromEntries(Object.entries(wrongPort).map(([path, text]) => [`shop/${path}`, text]));
    const folder = folderWith({ ...inner, 'gwlint.yaml': 'rules:\n  upstream: off\n' });
    folders.push(folder);
    const editor = await startEditor({ cli: built.cli, folders: [join(folder, 'shop')] });
    editors.push(editor);
    const uri = pathToFileURL(join(folder, 'gwlint.yaml')).href;
    const text = 'rules:\n  upstream: on\n';
    editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
    editor.notify('textDocument/didClose', { textDocument: { uri } });
    await editor.until(() => codes(editor, 'nginx.conf').length === 0);
  });
});

describe('the process', () => {
  test('answers unknown methods with an error, passes over unknown notifications and goes on', async () => {
    const editor = await edit(working);
    expect((await editor.ask('textDocument/unheardOf', {}).answer).error?.code).toBe(-32601);
    editor.notify('$/unheardOf', { x: 1 });
    editor.notify('textDocument/didClose', { textDocument: { uri: 'untitled:Untitled-1' } });
    expect((await editor.ask('textDocument/hover', { textDocument: 3 }).answer).error?.code).toBeLessThan(0);
    expect((await editor.ask('workspace/executeCommand', { command: 'rm' }).answer).error?.code).toBe(-32602);
    const hover = { textDocument: { uri: 'untitled:Untitled-1' }, position: { line: 0, character: 0 } };
    expect(await editor.request('textDocument/hover', hover)).toBeNull();
    const gone = { textDocument: { uri: editor.uri('no/such.conf') }, position: { line: 0, character: 0 } };
    expect(await editor.request('textDocument/hover', gone)).toBeNull();
  });

  test('reads on behind a message that is no JSON', async () => {
    const editor = await edit(wrongPort);
    editor.write('Content-Length: 5\r\n\r\n{"a":');
    editor.write('Content-Length: 2\r\n\r\n[]');
    await editor.until(() => codes(editor, 'nginx.conf').length > 0);
    const symbols = { textDocument: { uri: editor.uri('Procfile') } };
    expect(await editor.request('textDocument/documentSymbol', symbols)).toHaveLength(1);
  });

  test('bears huge and hostile texts', async () => {
    const editor = await edit(working);
    editor.open('big.conf', `http {\n${'    server { listen 80; }\n'.repeat(15_000)}}\n`);
    editor.open('nginx.conf', working['nginx.conf']);
    for (const text of ['{'.repeat(100_000), '\0\u0001\ud800', `${'location / {'.repeat(3000)}`, '"'.repeat(9999)]) {
      editor.change('nginx.conf', text);
    }
    editor.change('nginx.conf', wrongPort['nginx.conf'].replace('8000', '8009'));
    await editor.until(() => codes(editor, 'nginx.conf').includes('upstream/address-mismatch'));
  });

  test('takes back a request that is cancelled', async () => {
    const editor = await edit(working);
    editor.change('nginx.conf', working['nginx.conf']);
    editor.open('nginx.conf', working['nginx.conf']);
    const asked = editor.ask('textDocument/codeAction', {
      textDocument: { uri: editor.uri('nginx.conf') },
      range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
      context: { diagnostics: [] },
    });
    editor.notify('$/cancelRequest', { id: asked.id });
    const { error, result } = await asked.answer;
    expect(error?.code === -32800 || Array.isArray(result)).toBe(true);
  });

  test('ends with 0 after shutdown and exit', async () => {
    const editor = await edit(working);
    expect(await editor.stop()).toBe(0);
  });

  test('ends when the editor is gone', async () => {
    const editor = await edit(working);
    const ended = new Promise(resolve => editor.process.once('exit', resolve));
    editor.process.stdin?.end();
    expect(await ended).toBe(1);
  });
});
