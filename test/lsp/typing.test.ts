import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stroke, struck, typedIn } from '../typing.js';
import { type Built, buildProgram, folderWith, startEditor } from './editor.js';
import { asShown, fromCommandLine, plain } from './shown.js';

let built: Built;
const folders: string[] = [];

beforeAll(() => {
  built = buildProgram();
}, 120_000);

afterAll(() => {
  built.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('what is shown while long files are typed in is what the command line says of them', {
  timeout: 240_000,
}, async () => {
  const onDisk = folderWith(Object.fromEntries(typedIn));
  const edited = folderWith(Object.fromEntries(typedIn));
  folders.push(onDisk, edited);
  const editor = await startEditor({ cli: built.cli, folders: [onDisk] });
  for (const [path, text] of typedIn) editor.open(path, text);
  let files = typedIn;
  for (const one of fc.sample(stroke, { seed: 7, numRuns: 40 })) {
    files = struck(files, one);
    const text = files.get(one.file) ?? '';
    editor.change(one.file, text);
    writeFileSync(join(edited, one.file), text);
    const said = asShown(await fromCommandLine(edited), edited);
    const expected = sorted([...said].map(([uri, all]) => [uri.replace(edited, onDisk), inPlace(all, edited, onDisk)]));
    const now = () =>
      sorted([...editor.all()].filter(([, all]) => all.length > 0).map(([uri, all]) => [uri, all.map(plain)]));
    await editor.until(() => JSON.stringify(now()) === JSON.stringify(expected), 20_000).catch(() => undefined);
    expect(now()).toEqual(expected);
  }
  expect(await editor.stop()).toBe(0);
});

function sorted(all: readonly (readonly [string, unknown])[]): readonly (readonly [string, unknown])[] {
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The same findings with another folder in the addresses of their related places. */
function inPlace(all: readonly unknown[], from: string, to: string): unknown {
  return JSON.parse(JSON.stringify(all).replaceAll(from, to));
}
