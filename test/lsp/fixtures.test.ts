import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnostic, Range } from 'vscode-languageserver';
import { runCli } from '../../src/cli/run.js';
import { projectRoot } from '../sources.js';
import { type Built, buildProgram, startEditor } from './editor.js';

let built: Built;
/** A copy of all fixtures: where there is no repository and no configuration above them. */
let copy = '';

beforeAll(() => {
  built = buildProgram();
  copy = realpathSync(mkdtempSync(join(tmpdir(), 'gwlint-fixtures-')));
  cpSync(join(projectRoot, 'fixtures/rules'), copy, { recursive: true });
}, 120_000);

afterAll(() => {
  built.remove();
  rmSync(copy, { recursive: true, force: true });
}, 60_000);

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
async function fromCommandLine(folder: string): Promise<readonly Found[]> {
  const out: string[] = [];
  const stdout = (text: string | Uint8Array) => void out.push(String(text));
  const io = { cwd: folder, env: {}, isTerminal: false, stderr: () => undefined, stdout };
  await runCli(['--format', 'json', '--allow-empty', '.'], io);
  // Of a folder in which there is nothing to lint it says nothing.
  return out.length === 0 ? [] : JSON.parse(out.join('')).diagnostics;
}

/** The same as an editor has to be shown it. */
function asShown(found: readonly Found[], folder: string): ReadonlyMap<string, readonly unknown[]> {
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

function plain({ range, severity, code, message, relatedInformation = [] }: Diagnostic): unknown {
  const related = relatedInformation.map(one => [one.location.uri, one.location.range, one.message]);
  return { range, severity, code, message, related };
}

test('an editor is shown what the command line says, of every fixture', { timeout: 240_000 }, async () => {
  const cases = readdirSync(copy).flatMap(group =>
    readdirSync(join(copy, group)).flatMap(rule =>
      readdirSync(join(copy, group, rule)).map(name => join(copy, group, rule, name)),
    ),
  );
  expect(cases.length).toBeGreaterThan(400);
  const editor = await startEditor({ cli: built.cli, folders: cases });
  const expected = new Map<string, readonly unknown[]>();
  for (const folder of cases) {
    for (const [uri, all] of asShown(await fromCommandLine(folder), folder)) expected.set(uri, all);
  }
  expect(expected.size).toBeGreaterThan(200);
  const now = () =>
    new Map([...editor.all()].filter(([, all]) => all.length > 0).map(([uri, all]) => [uri, all.map(plain)] as const));
  // Where it does not come to that, the comparison tells what is missing.
  await editor.until(() => now().size >= expected.size, 90_000).catch(() => undefined);
  const sorted = (all: ReadonlyMap<string, unknown>) => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(now())).toEqual(sorted(expected));
  expect(await editor.stop()).toBe(0);
});
