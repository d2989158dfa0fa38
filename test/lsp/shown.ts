import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, Range } from 'vscode-languageserver';
import { runCli } from '../../src/cli/run.js';

interface Place {
  readonly file: string;
  readonly range: { readonly start: { line: number; column: number }; readonly end: { line: number; column: number } };
}

interface Found extends Place {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly related: readonly (Place & { readonly message: string })[];
}

/** What the command line says of a folder. */
export async function fromCommandLine(folder: string): Promise<readonly Found[]> {
  const out: string[] = [];
  const stdout = (text: string | Uint8Array) => void out.push(String(text));
  const io = { cwd: folder, env: {}, isTerminal: false, stderr: () => undefined, stdout };
  await runCli(['--format', 'json', '--allow-empty', '.'], io);
  // Of a folder in which there is nothing to lint it says nothing.
  return out.length === 0 ? [] : JSON.parse(out.join('')).diagnostics;
}

/** The same as an editor has to be shown it. */
export function asShown(found: readonly Found[], folder: string): ReadonlyMap<string, readonly unknown[]> {
  const byFile = new Map<string, unknown[]>();
  for (const { file, range, rule, severity, message, related } of found) {
    const list = byFile.get(uriOf(folder, file)) ?? [];
    byFile.set(uriOf(folder, file), list);
    list.push({
      range: shown(range),
      severity: { error: 1, warning: 2, info: 3 }[severity],
      code: rule,
      message,
      related: related.map(one => [uriOf(folder, one.file), shown(one.range), one.message]),
    });
  }
  return byFile;
}

function uriOf(folder: string, file: string): string {
  return pathToFileURL(join(folder, file)).href;
}

function shown({ start, end }: Place['range']): Range {
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

export function plain({ range, severity, code, message, relatedInformation = [] }: Diagnostic): unknown {
  const related = relatedInformation.map(one => [one.location.uri, one.location.range, one.message]);
  return { range, severity, code, message, related };
}
