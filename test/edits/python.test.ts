import { describe, expect, test } from 'vitest';
import { removeStatement, renameAt, wrapInMainGuard } from '../../src/edits/python.js';
import { applyEdits } from '../../src/text/apply.js';
import type { Edit, Span } from '../../src/text/source.js';

function find(text: string, part: string): Span {
  const start = text.indexOf(part);
  return { file: { path: 'app.py', text }, start, end: start + part.length };
}

function apply(text: string, edits: readonly Edit[] | undefined): string | undefined {
  return edits && applyEdits(text, edits);
}

describe('a main guard', () => {
  test('is put around a statement, with the indent, quotes and line ends of the file', () => {
    const text = 'def f():\n  pass\n\napp.run(\n  port=1,\n)\n';
    expect(apply(text, wrapInMainGuard(find(text, 'app.run(\n  port=1,\n)')))).toBe(
      'def f():\n  pass\n\nif __name__ == "__main__":\n  app.run(\n    port=1,\n  )\n',
    );
    const windows = "x = 'a'\r\napp.run()  # go\r\n";
    expect(apply(windows, wrapInMainGuard(find(windows, 'app.run()')))).toBe(
      "x = 'a'\r\nif __name__ == '__main__':\r\n    app.run()  # go\r\n",
    );
  });

  test.each([
    ['if x:\n    app.run()\n', 'app.run()'],
    ['a = 1; app.run()\n', 'app.run()'],
    ['app.run(); b = 2\n', 'app.run()'],
    ['app.run("""a\nb""")\n', 'app.run("""a\nb""")'],
    ['app.run(1, \\\n  2)\n', 'app.run(1, \\\n  2)'],
  ])('is not offered for %j', (text, part) => {
    expect(wrapInMainGuard(find(text, part))).toBeUndefined();
  });
});

describe('deleting a statement', () => {
  test('takes its lines and the import that nothing else needs', () => {
    const text =
      'import os\n\nimport django\nfrom django.core.wsgi import get_wsgi_application\n\ndjango.setup()\napplication = get_wsgi_application()\n';
    expect(apply(text, removeStatement(find(text, 'django.setup()')))).toBe(
      'import os\n\nfrom django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n',
    );
    const named = 'from django import setup\nsetup()\nx = 1\n';
    expect(apply(named, removeStatement(find(named, 'setup()')))).toBe('x = 1\n');
  });

  test('keeps an import that is used elsewhere', () => {
    const text = 'import django\ndjango.setup()\nprint(django.VERSION)\n';
    expect(apply(text, removeStatement(find(text, 'django.setup()')))).toBe('import django\nprint(django.VERSION)\n');
  });

  test('leaves a block with pass', () => {
    const text = 'import d\nif x:\n    # first\n    d.setup()\ny = 1\n';
    expect(apply(text, removeStatement(find(text, 'd.setup()')))).toBe('if x:\n    # first\n    pass\ny = 1\n');
    const more = 'if x:\n    a()\n    b()\n';
    expect(apply(more, removeStatement(find(more, 'a()')))).toBe('if x:\n    b()\n');
    expect(apply(more, removeStatement(find(more, 'b()')))).toBe('if x:\n    a()\n');
  });

  test('is not offered where the line holds more', () => {
    for (const text of ['a(); b()\n', 'if x: a()\n']) expect(removeStatement(find(text, 'a()')), text).toBeUndefined();
  });

  test('works in the last line without a line end', () => {
    expect(apply('x = 1\na()', removeStatement(find('x = 1\na()', 'a()')))).toBe('x = 1\n');
  });
});

test('renaming replaces the name alone', () => {
  expect(apply('app = 1\n', renameAt(find('app = 1\n', 'app'), 'application'))).toBe('application = 1\n');
});
