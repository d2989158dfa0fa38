import { describe, expect, test } from 'vitest';
import { firstKey } from '../../src/edits/python.js';
import { applyEdits } from '../../src/text/apply.js';

function added(text: string): string | undefined {
  const start = text.indexOf('{');
  const edit = firstKey(
    { file: { path: 'settings.py', text }, start, end: text.lastIndexOf('}') + 1 },
    'keep',
    'False',
  );
  return edit && applyEdits(text, [edit]);
}

describe('a first key in a dict display', () => {
  test('takes the line, the indentation and the quotes of the key that was first', () => {
    expect(added("LOGGING = {\r\n  'version': 1,\r\n}\r\n")).toBe(
      "LOGGING = {\r\n  'keep': False,\r\n  'version': 1,\r\n}\r\n",
    );
  });

  test('stands on the same line where all do', () => {
    expect(added('LOGGING = {"version": 1}')).toBe('LOGGING = {"keep": False, "version": 1}');
  });

  test.each(['LOGGING = {}', 'LOGGING = {**base, "version": 1}', 'LOGGING = {\n  # first\n  "version": 1}'])(
    'is not offered where the display begins in another way: %s',
    text => expect(added(text)).toBeUndefined(),
  );
});
