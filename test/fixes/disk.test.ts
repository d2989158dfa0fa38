import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../src/host/decode.js';
import { run } from '../cli/process.js';
import { folderWith } from '../host/temporary.js';
import { harmToText } from './harm.js';
import { type Files, ownProjects } from './projects.js';
import { variations, varied } from './vary.js';

interface Entry {
  readonly kind: string;
  readonly bytes: string;
}

const isRoot = process.getuid?.() === 0;
const modes = [0o644, 0o600, 0o640, 0o755, 0o2664];

/** What there is below a folder: for each path its kind, mode, owner and link, and its bytes. */
function entries(root: string): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(root, name);
    const stats = lstatSync(path);
    const link = stats.isSymbolicLink() ? readlinkSync(path) : '';
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'link';
    const shown = [kind, kind === 'folder' ? '' : (stats.mode & 0o7777).toString(8), stats.uid, stats.gid, link].join(
      ' ',
    );
    found.set(name, { kind: shown, bytes: kind === 'file' ? readFileSync(path, 'latin1') : '' });
  }
  return found;
}

/** The project on the disk: with modes, an owner that is not ours, a file in Latin-1, and one behind a link. */
function onDisk(files: Files, choice: number): string {
  const names = [...files.keys()];
  const inLatin1 = names[choice % names.length];
  const bytes = names.map(name => {
    const text = files.get(name) ?? '';
    const remark = text.startsWith('\ufeff') || !/[\n]$/.test(text) ? '' : '# caf\u00e9\n';
    const latin1 = name === inLatin1 && /\.(?:conf|ini|py|sh|service)$/.test(name) && /^[\0-\xff]*$/.test(text);
    return [name, latin1 ? Buffer.from(text + remark, 'latin1') : Buffer.from(text)] as const;
  });
  const root = folderWith(Object.fromEntries(bytes));
  for (const [i, name] of names.entries()) {
    if (isRoot) chownSync(join(root, name), 12_345, 23_456);
    chmodSync(join(root, name), modes[(choice + i) % modes.length] ?? 0o644);
  }
  const linked = names[(choice >> 4) % names.length] ?? '';
  const kept = join(root, 'kept-elsewhere');
  mkdirSync(kept);
  renameSync(join(root, linked), join(kept, basename(linked)));
  symlinkSync(`${'../'.repeat(linked.split('/').length - 1)}kept-elsewhere/${basename(linked)}`, join(root, linked));
  return root;
}

const drawn = fc.record({ project: fc.constantFrom(...ownProjects()), steps: variations, choice: fc.nat() });

test('repairs on the disk keep encoding, line ends, modes, owners and links, and a second time change nothing', async () => {
  let repaired = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async ({ project, steps, choice }) => {
      const root = onDisk(varied(project.files, steps), choice);
      const before = entries(root);
      await run(root, ['--unsafe-fixes', '--allow-empty', '.']);
      const after = entries(root);
      expect([...after].map(([path, { kind }]) => `${path}: ${kind}`)).toEqual(
        [...before].map(([path, { kind }]) => `${path}: ${kind}`),
      );
      for (const [path, { bytes }] of after) {
        const old = before.get(path)?.bytes ?? '';
        if (bytes === old) continue;
        repaired++;
        const was = decodeText(Buffer.from(old, 'latin1'));
        const is = decodeText(Buffer.from(bytes, 'latin1'));
        // A text whose last character beyond ASCII went with a line is of both encodings.
        if (/[\x80-\uffff]/.test(is.text)) expect(`${path} ${is.encoding}`).toBe(`${path} ${was.encoding}`);
        const harms = harmToText(path, was.text, is.text, []);
        expect(harms.filter(harm => !/byte order mark is not/.test(harm))).toEqual([]);
      }
      await run(root, ['--unsafe-fixes', '--allow-empty', '.']);
      expect(entries(root)).toEqual(after);
    }),
    { numRuns: Number(process.env['GWLINT_FIXES'] ?? 60) },
  );
  expect(repaired).toBeGreaterThan(10);
});
