import { join } from 'node:path';
import * as vscode from 'vscode';
import { type DocumentSelector, LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** Scheme of the document that shows the way of requests. */
const scheme = 'gwlint-path';

/** Files whose texts the server wants as they are typed. What else it needs it reads from the disk. */
const documents: DocumentSelector = [
  ...['nginx', 'NGINX', 'ini', 'properties', 'python', 'dockerfile', 'dockercompose', 'yaml', 'shellscript', 'xml'].map(
    language => ({ scheme: 'file', language }),
  ),
  {
    scheme: 'file',
    pattern:
      '**/{*.conf,*.conf.*,*.nginx,*.ini,*.service,*.socket,*.env,.env*,Procfile*,*Dockerfile*,*Containerfile*,Makefile,*.sh,*.json,sites-available/*,sites-enabled/*}',
  },
];

let client: LanguageClient | undefined;

/** Starts the server that lies beside this file. Nothing is fetched. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = context.asAbsolutePath(join('server', 'dist', 'cli.js'));
  // The server collects garbage between two keys, and cannot ask for it by itself in an editor's own Node.js.
  const options = { execArgv: ['--expose-gc'] };
  const run = { module: server, args: ['lsp'], transport: TransportKind.stdio, options };
  client = new LanguageClient(
    'gwlint',
    'gwlint',
    { run, debug: run },
    {
      documentSelector: documents,
      synchronize: { configurationSection: 'gwlint' },
      initializationOptions: { ...settings(), pathCommand: 'gwlint.showRequestPath' },
    },
  );
  const shown = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: uri => shown.get(uri.path) ?? '',
    }),
    vscode.commands.registerCommand('gwlint.showRequestPath', (uri?: unknown, position?: unknown) =>
      showRequestPath(uri, position, shown, changed),
    ),
    vscode.commands.registerCommand('gwlint.restart', () => client?.restart()),
  );
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

function settings(): Record<string, unknown> {
  const given = vscode.workspace.getConfiguration('gwlint');
  return Object.fromEntries(
    ['select', 'ignore', 'level', 'targetVersion', 'allowOutside', 'codeLens'].map(name => [name, given.get(name)]),
  );
}

/** Asks the server and shows its answer beside the editor. A lens says for which place; the command itself means the cursor's. */
async function showRequestPath(
  uri: unknown,
  position: unknown,
  shown: Map<string, string>,
  changed: vscode.EventEmitter<vscode.Uri>,
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const place =
    typeof uri === 'string' ? [uri, position] : editor ? [editor.document.uri.toString(), editor.selection.active] : [];
  const text: unknown = await client?.sendRequest('workspace/executeCommand', {
    command: 'gwlint.path',
    arguments: place,
  });
  if (typeof text !== 'string' || text === '') {
    await vscode.window.showInformationMessage('gwlint sees no gateway and no application server here.');
    return;
  }
  const target = vscode.Uri.from({ scheme, path: 'request path.txt' });
  shown.set(target.path, text);
  changed.fire(target);
  const document = await vscode.workspace.openTextDocument(target);
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
}
