import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, WorkspaceEdit } from 'vscode-languageserver';
import { projectRoot } from '../sources.js';

/** The program built into a folder of its own, as it is packed: with the pages about the rules beside it. */
export interface Built {
  readonly cli: string;
  readonly remove: () => void;
}

export function buildProgram(): Built {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-lsp-'));
  copyFileSync(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(projectRoot, 'docs'), join(folder, 'docs'));
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), join(folder, 'dist'), '--no-types'], {
    stdio: 'inherit',
  });
  return { cli: join(folder, 'dist/cli.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A folder with these files; its path has no links in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gwlint-lsp-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export interface EditorOptions {
  readonly cli: string;
  readonly folders: readonly string[];
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly initializationOptions?: unknown;
  /** What the editor answers when it is asked for its settings. */
  readonly settings?: () => unknown;
  /** Folders that are open now, by their place in `folders`; all at first. */
  readonly open?: () => readonly number[];
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** An editor that talks to the program over its input and output, as any other would. */
export interface Editor {
  readonly process: ChildProcess;
  readonly request: <T>(method: string, params: unknown) => Promise<T>;
  readonly notify: (method: string, params: unknown) => void;
  /** Sends a request and takes its answer as it comes, errors too. */
  readonly ask: (method: string, params: unknown) => { readonly id: number; readonly answer: Promise<Message> };
  readonly write: (bytes: string) => void;
  readonly uri: (path: string, folder?: number) => string;
  readonly open: (path: string, text: string) => void;
  readonly change: (path: string, text: string) => void;
  /** Findings of a file, as they were shown last. */
  readonly shown: (path: string, folder?: number) => readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  /** Waits until what is shown fits; throws with what is shown when it does not come to that. */
  readonly until: (fits: () => boolean, milliseconds?: number) => Promise<void>;
  /** All findings that were shown, by the address of their file. */
  readonly all: () => ReadonlyMap<string, readonly Diagnostic[]>;
  readonly apply: (edit: WorkspaceEdit) => void;
  readonly sent: readonly Message[];
  readonly stop: () => Promise<number | null>;
}

/** Starts the program and greets it. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const child = spawn(process.execPath, [options.cli, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, (message: Message) => void>();
  const findings = new Map<string, readonly Diagnostic[]>();
  const texts = new Map<string, string>();
  const versions = new Map<string, number>();
  const sent: Message[] = [];
  const watchers = new Set<() => void>();
  child.setMaxListeners(0);
  let errors = '';
  let rest = Buffer.alloc(0);
  let ids = 0;

  child.stderr.on('data', data => {
    errors += String(data);
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      const length = /Content-Length: (\d+)/.exec(rest.subarray(0, Math.max(0, head)).toString('ascii'))?.[1];
      if (head < 0 || length === undefined || rest.length < head + 4 + Number(length)) return;
      const body = rest.subarray(head + 4, head + 4 + Number(length)).toString('utf8');
      rest = rest.subarray(head + 4 + Number(length));
      receive(JSON.parse(body));
    }
  });

  function receive(message: Message): void {
    sent.push(message);
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as { uri: string; diagnostics: Diagnostic[] };
      findings.set(uri, diagnostics);
    } else if (message.method !== undefined && message.id !== undefined) {
      post({ jsonrpc: '2.0', id: message.id, result: answerTo(message.method) });
    } else if (typeof message.id === 'number') {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
    for (const watcher of watchers) watcher();
  }

  function answerTo(method: string): unknown {
    if (method === 'workspace/configuration') return [options.settings?.() ?? null];
    if (method === 'workspace/workspaceFolders')
      return (options.open?.() ?? []).map(i => ({ uri: pathToFileURL(options.folders[i] ?? '').href, name: `${i}` }));
    return method === 'window/showDocument' ? { success: true } : null;
  }

  function post(message: unknown): void {
    const body = JSON.stringify(message);
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  function ask(method: string, params: unknown): { readonly id: number; readonly answer: Promise<Message> } {
    const id = ++ids;
    const answer = new Promise<Message>((resolve, reject) => {
      waiting.set(id, resolve);
      child.once('exit', code => reject(new Error(`the server ended with ${code} during ${method}: ${errors}`)));
    });
    post({ jsonrpc: '2.0', id, method, params });
    return { id, answer };
  }

  async function request<T>(method: string, params: unknown): Promise<T> {
    const { result, error } = await ask(method, params).answer;
    if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result as T;
  }

  const notify = (method: string, params: unknown) => post({ jsonrpc: '2.0', method, params });
  const uri = (path: string, folder = 0) => pathToFileURL(join(options.folders[folder] ?? '', path)).href;

  function until(fits: () => boolean, milliseconds = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(look);
        const now = [...findings].map(
          ([at, all]) => `${at}: ${all.map(one => `${one.code} ${one.message}`).join(' | ')}`,
        );
        reject(new Error(`it did not come to that; shown is\n${now.join('\n')}\n${errors}`));
      }, milliseconds);
      function look(): void {
        if (!fits()) return;
        clearTimeout(timer);
        watchers.delete(look);
        resolve();
      }
      watchers.add(look);
      look();
    });
  }

  function change(path: string, text: string): void {
    const version = (versions.get(uri(path)) ?? 1) + 1;
    versions.set(uri(path), version);
    texts.set(uri(path), text);
    notify('textDocument/didChange', { textDocument: { uri: uri(path), version }, contentChanges: [{ text }] });
  }

  function apply(edit: WorkspaceEdit): void {
    for (const one of edit.documentChanges ?? []) {
      if (!('textDocument' in one)) throw new Error('no edit of a text');
      const text = texts.get(one.textDocument.uri);
      const path = options.folders.map((_, i) => uri('', i)).find(root => one.textDocument.uri.startsWith(root));
      if (text === undefined || path === undefined) throw new Error(`${one.textDocument.uri} is not open`);
      const offset = (at: { line: number; character: number }) => {
        const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
        return lines.slice(0, at.line).join('').length + at.character;
      };
      let result = text;
      for (const { range, newText } of [...one.edits].reverse() as {
        range: { start: never; end: never };
        newText: string;
      }[])
        result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
      change(decodeURIComponent(one.textDocument.uri.slice(path.length).replace(/^\//, '')), result);
    }
  }

  await request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: options.capabilities ?? {},
    initializationOptions: options.initializationOptions,
    workspaceFolders: options.folders.map(folder => ({ uri: pathToFileURL(folder).href, name: folder })),
  });
  notify('initialized', {});
  return {
    process: child,
    request,
    notify,
    ask,
    write: bytes => void child.stdin.write(bytes),
    uri,
    open(path, text) {
      texts.set(uri(path), text);
      versions.set(uri(path), 1);
      const languageId = /nginx/.test(path) ? 'nginx' : 'plaintext';
      notify('textDocument/didOpen', { textDocument: { uri: uri(path), languageId, version: 1, text } });
    },
    change,
    shown: (path, folder) => findings.get(uri(path, folder)) ?? [],
    texts,
    all: () => findings,
    until,
    apply,
    sent,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
      await request('shutdown', null);
      notify('exit', null);
      return ended;
    },
  };
}
