import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/report/diff.js';
import { folderWith } from '../host/temporary.js';

test('one changed line is shown with three lines around it', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
  expect(unifiedDiff('x.conf', before, before.replace('e', 'E'))).toBe(
    '--- a/x.conf\n+++ b/x.conf\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  );
});

test('a missing last line end is told as git tells it', () => {
  expect(unifiedDiff('x', 'a', 'b')).toBe(
    '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
  );
});

test('no change is no text', () => {
  expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('');
});

test('two changes far apart in a long file stay two small hunks', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`);
  const changed = lines.with(3, 'first\n').with(19_990, 'second\n');
  expect(unifiedDiff('x', lines.join(''), changed.join('')).split('\n')).toHaveLength(2 + 2 * 9 + 1);
});

describe('a patch that others can apply', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '', 'x\r', 'ä'), { maxLength: 30 })
    .chain(lines => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

  test('the package diff gets the new text from the old one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const patch = unifiedDiff('x', before, after);
        if (patch === '') expect(before).toBe(after);
        else expect(applyPatch(before, patch, { autoConvertLineEndings: false })).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['nginx.conf', 'a folder/nginx.conf', 'tab\there/é.conf', 'quo"te\\.conf'])(
    'git apply takes it for %j',
    path => {
      const before = 'upstream a {\r\n  server 127.0.0.1:8000;\r\n}\n';
      const after = 'upstream a {\r\n  server 127.0.0.1:8001;\r\n}';
      const root = folderWith({ [path]: before });
      execFileSync('git', ['apply', '-'], { cwd: root, input: unifiedDiff(path, before, after) });
      expect(readFileSync(join(root, path), 'utf8')).toBe(after);
    },
  );
});
