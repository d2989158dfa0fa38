import {
  type CodeAction,
  CodeActionKind,
  type Command,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { fixAll, type LintState } from '../lint/fix.js';
import type { Diagnostic, Fix } from '../lint/rule.js';
import { maskSecrets } from '../report/secrets.js';
import type { Edit } from '../text/source.js';
import { lspDiagnostic, pageOf, rangeIn } from './diagnostics.js';
import type { Judged } from './project.js';
import { silencingEdit } from './silence.js';
import { rangeOf } from './view.js';

export const fixAllKind = 'source.fixAll.gwlint';

/** Opens the page about a rule; its argument is the rule. */
export const pageCommand = 'gwlint.page';

export interface ActionRequest {
  readonly path: string;
  /** Offsets of what is selected. */
  readonly start: number;
  readonly end: number;
  /** Kinds that are asked for; undefined for all that fit the selection. */
  readonly only: readonly string[] | undefined;
}

/** What can be done about the findings in a selection. */
export async function codeActions(judged: Judged, request: ActionRequest): Promise<CodeAction[]> {
  const { path, start, end, only } = request;
  const actions: CodeAction[] = [];
  if (only?.some(kind => isKind(fixAllKind, kind))) {
    const action = await fixAllAction(judged, path);
    if (action) actions.push(action);
  }
  if (only && !only.some(kind => isKind(CodeActionKind.QuickFix, kind))) return actions;
  const here = judged.diagnostics.filter(
    ({ span }) => span.file.path === path && span.start <= end && start <= span.end,
  );
  for (const diagnostic of here) actions.push(...fixActions(judged, diagnostic));
  for (const diagnostic of here) {
    const silence = await silenceAction(judged, diagnostic);
    if (silence) actions.push(silence);
  }
  for (const rule of new Set(here.map(one => one.rule))) {
    if (pageOf(rule) !== undefined) actions.push(pageAction(rule));
  }
  return actions;
}

/** `source.fixAll.gwlint` is of the kinds `source`, `source.fixAll` and its own. */
function isKind(kind: string, asked: string): boolean {
  return kind === asked || asked === '' || kind.startsWith(`${asked}.`);
}

function fixActions(judged: Judged, diagnostic: Diagnostic): CodeAction[] {
  const fixes = diagnostic.fixes.filter(fix => fix.edits.length > 0);
  return fixes.map(fix => ({
    title: titleOf(fix),
    kind: CodeActionKind.QuickFix,
    diagnostics: [lspDiagnostic(diagnostic, judged)],
    // Of two ways to repair, neither is the one that anybody would take.
    ...(fixes.length === 1 && fix.safety === 'safe' && { isPreferred: true }),
    edit: workspaceEdit(judged, fix.edits),
  }));
}

function titleOf({ title, safety }: Fix): string {
  return maskSecrets(safety === 'safe' ? title : `${title} (changes how requests are answered)`);
}

/** The edits with the versions of the files that are open, so that an editor refuses them when it is further on. */
export function workspaceEdit(judged: Judged, edits: readonly Edit[]): WorkspaceEdit {
  const byPath = new Map<string, TextEdit[]>();
  for (const { span, text } of distinct(edits)) {
    const { path } = span.file;
    const one = { range: rangeIn(judged, span), newText: text };
    const known = byPath.get(path);
    if (known) known.push(one);
    else byPath.set(path, [one]);
  }
  return {
    documentChanges: [...byPath].map(([path, own]) => ({
      textDocument: { uri: judged.project.uriOf(path), version: judged.project.buffer(path)?.version ?? null },
      edits: own,
    })),
  };
}

function distinct(edits: readonly Edit[]): readonly Edit[] {
  const found = new Map<string, Edit>();
  for (const edit of edits) {
    found.set(JSON.stringify([edit.span.file.path, edit.span.start, edit.span.end, edit.text]), edit);
  }
  return [...found.values()];
}

async function silenceAction(judged: Judged, diagnostic: Diagnostic): Promise<CodeAction | undefined> {
  const edit = await silencingEdit(judged, diagnostic);
  if (!edit) return undefined;
  return {
    title: `Silence ${diagnostic.rule} here, with a reason`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [lspDiagnostic(diagnostic, judged)],
    edit: workspaceEdit(judged, [edit]),
  };
}

function pageAction(rule: string): CodeAction {
  const command: Command = { title: `Open the page about ${rule}`, command: pageCommand, arguments: [rule] };
  return { title: command.title, kind: CodeActionKind.QuickFix, command };
}

/** All safe repairs of findings in the file that touch no other file: a save must not write elsewhere. */
async function fixAllAction(judged: Judged, path: string): Promise<CodeAction | undefined> {
  const view = judged.view(path);
  if (!view) return undefined;
  const lint = async (texts: ReadonlyMap<string, string>) => stateOf(await judged.project.tryTexts(texts));
  const wanted = ({ span, fixes }: Diagnostic) =>
    span.file.path === path && fixes.every(fix => fix.edits.every(edit => edit.span.file.path === path));
  const textOf = (asked: string) => judged.view(asked)?.file.text;
  const { texts } = await fixAll(stateOf(judged), textOf, lint, { unsafe: false, wanted });
  const after = texts.get(path);
  const { text } = view.file;
  if (after === undefined || after === text) return undefined;
  let start = 0;
  while (start < Math.min(text.length, after.length) && text[start] === after[start]) start++;
  let rest = 0;
  while (rest < Math.min(text.length, after.length) - start && text.at(-1 - rest) === after.at(-1 - rest)) rest++;
  const edit = { range: rangeOf(view, start, text.length - rest), newText: after.slice(start, after.length - rest) };
  const version = judged.project.buffer(path)?.version ?? null;
  return {
    title: 'Apply all safe repairs of gwlint in this file',
    kind: fixAllKind,
    edit: { documentChanges: [{ textDocument: { uri: judged.project.uriOf(path), version }, edits: [edit] }] },
  };
}

function stateOf({ deployment, diagnostics }: Pick<Judged, 'deployment' | 'diagnostics'>): LintState {
  return { diagnostics, problems: deployment.files.reduce((sum, file) => sum + file.problems.length, 0) };
}
