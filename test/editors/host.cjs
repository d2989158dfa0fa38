// A stand-in for Visual Studio Code: loads an extension, activates it, runs a command of it, and tells on stdout what came of that.
//
//   node host.cjs <folder of the extension> <folder of a workspace>
const Module = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const [extension, workspace] = process.argv.slice(2);
const commands = new Map();
const diagnostics = new Map();
const opened = [];
const disposable = { dispose() {} };

/** Whatever nobody looks at: it can be called, constructed, read and awaited. */
function anything(name) {
  const known = {};
  return new Proxy(class {}, {
    get: (_, key) => {
      if (key === 'then') return undefined;
      if (key === Symbol.toPrimitive || key === 'toString') return () => name;
      if (key === Symbol.iterator) return function* () {};
      if (key === 'prototype') return Object.prototype;
      known[key] ??= anything(`${name}.${String(key)}`);
      return known[key];
    },
    set: (_, key, value) => {
      known[key] = value;
      return true;
    },
    apply: () => anything(`${name}()`),
    construct: () => anything(`new ${name}`),
  });
}

class EventEmitter {
  listeners = new Set();
  event = listener => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value) {
    for (const listener of this.listeners) listener(value);
  }
  dispose() {}
}

class Uri {
  constructor(href) {
    this.href = href;
    const { protocol, pathname } = new URL(href);
    this.scheme = protocol.slice(0, -1);
    this.path = decodeURIComponent(pathname);
    this.fsPath = this.path;
  }
  static parse(href) {
    return new Uri(href);
  }
  static file(path) {
    return new Uri(pathToFileURL(path).href);
  }
  static from({ scheme, path }) {
    return new Uri(`${scheme}:${encodeURI(path)}`);
  }
  toString() {
    return this.href;
  }
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

class Range {
  constructor(start, end) {
    Object.assign(this, { start, end });
  }
}

class Plain {
  constructor(...given) {
    this.given = given;
  }
}

const none = () => disposable;
const vscode = fallback({
  EventEmitter,
  Uri,
  Position,
  Range,
  Disposable: class {
    static from = () => disposable;
    dispose() {}
  },
  ...Object.fromEntries(
    [
      'CancellationError Color CodeAction CodeLens CompletionItem Diagnostic DocumentLink DocumentSymbol Location CallHierarchyItem',
      'TypeHierarchyItem InlayHint RelativePattern SymbolInformation MarkdownString SemanticTokens TabInputNotebook Hover Selection',
    ]
      .flatMap(line => line.split(' '))
      .map(name => [name, class extends Plain {}]),
  ),
  CancellationTokenSource: class {
    token = { isCancellationRequested: false, onCancellationRequested: none };
    cancel() {}
    dispose() {}
  },
  version: '1.91.0',
  ViewColumn: { Beside: -2 },
  env: fallback({ appName: 'stand-in', language: 'en', onDidChangeTelemetryEnabled: none }),
  commands: fallback({
    registerCommand(name, run) {
      commands.set(name, run);
      return disposable;
    },
  }),
  window: fallback({
    activeTextEditor: undefined,
    visibleTextEditors: [],
    createOutputChannel: () => anything('channel'),
    onDidChangeActiveTextEditor: none,
    onDidChangeVisibleTextEditors: none,
    tabGroups: { all: [], onDidChangeTabs: none, onDidChangeTabGroups: none },
    async showTextDocument(document) {
      opened.push(document);
    },
    showErrorMessage: async message => console.error(message),
  }),
  workspace: fallback({
    workspaceFolders: [{ uri: Uri.file(workspace), name: 'stack', index: 0 }],
    textDocuments: [],
    notebookDocuments: [],
    getWorkspaceFolder: () => undefined,
    getConfiguration: () => ({ get: (_, otherwise) => otherwise, has: () => false, inspect: () => undefined }),
    createFileSystemWatcher: () => ({ onDidCreate: none, onDidChange: none, onDidDelete: none, dispose() {} }),
    registerTextDocumentContentProvider(_, provider) {
      vscode.provider = provider;
      return disposable;
    },
    openTextDocument: async uri => ({ text: vscode.provider.provideTextDocumentContent(uri) }),
    ...Object.fromEntries(
      'onDidOpenTextDocument onDidChangeTextDocument onDidCloseTextDocument onDidSaveTextDocument onWillSaveTextDocument onDidChangeConfiguration onDidChangeWorkspaceFolders onDidCreateFiles onDidRenameFiles onDidDeleteFiles onWillCreateFiles onWillRenameFiles onWillDeleteFiles'
        .split(' ')
        .map(name => [name, none]),
    ),
  }),
  languages: fallback({
    match: () => 0,
    createDiagnosticCollection: () => ({
      set: (uri, list) => diagnostics.set(uri.toString(), list),
      delete: uri => diagnostics.delete(uri.toString()),
      clear() {},
      dispose() {},
    }),
  }),
});

function fallback(own) {
  return new Proxy(own, {
    get: (target, key) => (key in target ? target[key] : key === 'then' ? undefined : anything(String(key))),
  });
}

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === 'vscode' ? vscode : load.call(this, request, ...rest);
};

async function main() {
  const manifest = require(join(extension, 'package.json'));
  const { activate, deactivate } = require(join(extension, manifest.main));
  const subscriptions = [];
  await activate({ subscriptions, extensionPath: extension, asAbsolutePath: path => join(extension, path) });
  for (let i = 0; diagnostics.size === 0 && i < 200; i++) await new Promise(resolve => setTimeout(resolve, 50));
  await commands.get('gwlint.showRequestPath')();
  await deactivate();
  const found = [...diagnostics].map(([uri, list]) => [uri, list.map(one => one.message ?? one.given?.[1])]);
  console.log(JSON.stringify({ commands: [...commands.keys()], found, opened: opened.map(one => one.text) }));
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
