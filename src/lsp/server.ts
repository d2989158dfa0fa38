import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  type Position,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { tool } from '../cli/tool.js';
import { isSkippedName } from '../host/skip.js';
import type { Rule } from '../lint/rule.js';
import { codeActions, fixAllKind, pageCommand } from './actions.js';
import { completionsAt } from './completion.js';
import { locationOf, pageOf } from './diagnostics.js';
import { definitionsAt, referencesTo } from './ends.js';
import { hoverAt } from './hover.js';
import { codeLenses, documentLinks, documentSymbols, pathCommand } from './outline.js';
import { pathAt, pathsOfFile } from './paths.js';
import type { Judged } from './project.js';
import { createPublisher } from './publish.js';
import { defaults, readSettings, type Settings } from './settings.js';
import { offsetOf, type View } from './view.js';
import { createWorkspace } from './workspace.js';

/** What an editor may say of itself when it starts the server, beside its settings. */
interface Options {
  /** The command of the editor that shows the way of requests, in place of the server's own. */
  readonly pathCommand?: string;
}

/** Serves one editor until it says goodbye or goes away. */
export function serve(rules: readonly Rule[], input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
  const connection = createConnection(ProposedFeatures.all, input, output);
  const documents = new TextDocuments(TextDocument);
  let client: InitializeParams | undefined;
  let settings: Settings = defaults;
  let watched = false;
  const workspace = createWorkspace({ rules, settings: () => settings, watched: () => watched });
  const publisher = createPublisher(connection, workspace);
  let options: Options = {};

  connection.onInitialize(params => {
    client = params;
    const given = params.initializationOptions;
    settings = readSettings(given);
    if (typeof given?.pathCommand === 'string') options = { pathCommand: given.pathCommand };
    const root = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: '' }] : []);
    workspace.setFolders(root.map(({ uri }) => uri));
    return capabilities();
  });

  connection.onInitialized(async () => {
    const { workspace: can } = client?.capabilities ?? {};
    if (can?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(async () => {
        const folders = (await connection.workspace.getWorkspaceFolders()) ?? [];
        workspace.setFolders(folders.map(({ uri }) => uri));
        publisher.all();
      });
    }
    if (can?.didChangeWatchedFiles?.dynamicRegistration) {
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*' }] });
      watched = true;
    }
    if (can?.didChangeConfiguration?.dynamicRegistration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'gwlint' });
    }
    await configure(undefined);
    publisher.all();
  });

  async function configure(sent: unknown): Promise<void> {
    if (client?.capabilities.workspace?.configuration) {
      const asked: unknown = await connection.workspace.getConfiguration('gwlint');
      if (asked !== null && asked !== undefined) settings = readSettings(asked);
    } else if (typeof sent === 'object' && sent !== null) {
      settings = readSettings('gwlint' in sent ? sent.gwlint : sent);
    }
  }

  connection.onDidChangeConfiguration(async ({ settings: sent }) => {
    await configure(sent);
    publisher.all();
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const project of workspace.projects()) {
      const own = changes.flatMap(({ uri, type }) => {
        const path = project.pathOf(uri);
        return path === undefined || path.split('/').some(isSkippedName) ? [] : [{ path, type }];
      });
      if (own.length === 0) continue;
      const texts = own.every(({ type }) => type === FileChangeType.Changed);
      project.touch(texts ? own.map(({ path }) => path) : undefined);
      publisher.soon(project);
    }
  });

  documents.onDidChangeContent(({ document }) => {
    const { uri, version } = document;
    for (const project of workspace.open({ uri, version, text: document.getText() })) publisher.soon(project);
  });
  documents.onDidClose(({ document }) => {
    for (const project of workspace.close(document.uri)) publisher.soon(project);
  });
  documents.onDidSave(({ document }) => {
    const found = workspace.projectOf(document.uri);
    found?.project.touch([found.path]);
    if (found) publisher.soon(found.project);
  });

  /** What is known of a file now; undefined where it is no file of a project. */
  async function at(uri: string): Promise<{ judged: Judged; path: string; view: View } | undefined> {
    const found = workspace.projectOf(uri);
    if (!found) return undefined;
    const judged = await found.project.judge();
    const view = judged.view(found.path);
    return view && { judged, path: found.path, view };
  }

  async function answer<T>(
    uri: string,
    token: CancellationToken,
    make: (judged: Judged, path: string, view: View) => T,
  ) {
    const here = await at(uri);
    if (token.isCancellationRequested) return new ResponseError<void>(LSPErrorCodes.RequestCancelled, 'cancelled');
    return here ? await make(here.judged, here.path, here.view) : undefined;
  }

  const answerAt = <T>(
    { textDocument, position }: { readonly textDocument: { readonly uri: string }; readonly position: Position },
    token: CancellationToken,
    make: (judged: Judged, path: string, offset: number) => T,
  ) => answer(textDocument.uri, token, (judged, path, view) => make(judged, path, offsetOf(view, position)));

  connection.onHover(async (params, token) => (await answerAt(params, token, hoverAt)) ?? null);

  connection.onDefinition(async (params, token) => {
    const found = await answerAt(params, token, (judged, path, offset) =>
      definitionsAt(judged, path, offset).flatMap(tie => tie.to.map(span => locationOf(judged, span))),
    );
    return Array.isArray(found) ? distinct(found) : (found ?? null);
  });

  connection.onReferences(async (params, token) => {
    const found = await answerAt(params, token, (judged, path, offset) =>
      referencesTo(judged, path, offset).map(span => locationOf(judged, span)),
    );
    return Array.isArray(found) ? distinct(found) : (found ?? null);
  });

  connection.onCompletion(async (params, token) => {
    const plain = !client?.capabilities.textDocument?.completion?.completionItem?.snippetSupport;
    const items = await answerAt(params, token, completionsAt);
    if (!Array.isArray(items) || !plain) return items ?? null;
    return items.map(({ insertText, insertTextFormat: _, ...item }) => ({
      ...item,
      ...(insertText !== undefined && { insertText: insertText.replace('$0', '') }),
    }));
  });

  connection.onDocumentLinks(
    async ({ textDocument }, token) => (await answer(textDocument.uri, token, documentLinks)) ?? null,
  );
  connection.onDocumentSymbol(
    async ({ textDocument }, token) => (await answer(textDocument.uri, token, documentSymbols)) ?? null,
  );
  connection.onCodeLens(async ({ textDocument }, token) => {
    if (!settings.codeLens) return null;
    const command = options.pathCommand ?? pathCommand;
    return (await answer(textDocument.uri, token, (judged, path) => codeLenses(judged, path, command))) ?? null;
  });

  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    const actions = await answer(textDocument.uri, token, (judged, path, view) =>
      codeActions(judged, {
        path,
        start: offsetOf(view, range.start),
        end: offsetOf(view, range.end),
        only: context.only,
      }),
    );
    return actions ?? null;
  });

  connection.onExecuteCommand(async ({ command, arguments: given = [] }) => {
    if (command === pageCommand) return showPage(connection, given[0]);
    if (command === pathCommand) return showPath(given[0], given[1]);
    return new ResponseError<void>(ErrorCodes.InvalidParams, `there is no command ${command}`);
  });

  async function showPath(uri: unknown, position: unknown): Promise<string> {
    const here = typeof uri === 'string' ? await at(uri) : undefined;
    const [first] = workspace.projects();
    if (!here) return first ? pathsOfFile(await first.judge(), undefined) : '';
    const offset = isPosition(position) ? offsetOf(here.view, position) : undefined;
    const way = offset === undefined ? undefined : pathAt(here.judged, here.path, offset);
    const text = way ?? pathsOfFile(here.judged, here.path);
    // An editor with a command of its own shows the answer; in any other it would be lost.
    if (options.pathCommand === undefined) connection.window.showInformationMessage(text);
    return text;
  }

  documents.listen(connection);
  connection.listen();
}

async function showPage(connection: Connection, rule: unknown): Promise<null> {
  const page = typeof rule === 'string' && /^[a-z]+\/[a-z0-9-]+$/.test(rule) ? pageOf(rule) : undefined;
  if (page === undefined) return null;
  const shown = await connection.window.showDocument({ uri: page, takeFocus: true }).catch(() => undefined);
  if (!shown?.success)
    connection.window.showInformationMessage(`gwlint explain ${String(rule)} prints the page: ${page}`);
  return null;
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== 'object' || value === null) return false;
  const { line, character } = value as Partial<Position>;
  return Number.isInteger(line) && Number.isInteger(character);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map(value => [JSON.stringify(value), value])).values()];
}

function capabilities(): InitializeResult {
  return {
    serverInfo: { name: tool.name, version: tool.version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: {
        openClose: true,
        change: TextDocumentSyncKind.Incremental,
        save: { includeText: false },
      },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentLinkProvider: {},
      documentSymbolProvider: true,
      codeLensProvider: {},
      completionProvider: { triggerCharacters: ['$'] },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
      executeCommandProvider: { commands: [pathCommand, pageCommand] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}
