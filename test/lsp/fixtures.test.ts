import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../sources.js';
import { type Built, buildProgram, startEditor } from './editor.js';
import { asShown, fromCommandLine, plain } from './shown.js';

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
