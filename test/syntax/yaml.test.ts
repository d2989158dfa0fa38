import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as oracle } from 'yaml';
import { parseYaml } from '../../src/syntax/yaml/parse.js';
import type { YamlNode } from '../../src/syntax/yaml/tree.js';
import { yamlEntry, yamlGet } from '../../src/syntax/yaml/tree.js';

const read = (text: string) => parseYaml({ path: 'a.yml', text });
const first = (text: string) => read(text).documents[0];

/** The plain value of a node. */
function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(entry => [entry.key, plain(entry.value)]));
}

function covered(text: string, ...path: string[]): string {
  const node = yamlGet(first(text), ...path);
  return node ? text.slice(node.span.start, node.span.end) : '(none)';
}

describe('values and places', () => {
  const compose = `services:
  web:
    command: gunicorn -b 0.0.0.0:8000 shop.wsgi
    ports: ["8000:8000", 8001]
    environment:
      DEBUG: "yes"
      NAME: 'it''s'
    on: true
    none:
`;

  it('reads a compose file with the place of every value', () => {
    expect(plain(first(compose))).toEqual({
      services: {
        web: {
          command: 'gunicorn -b 0.0.0.0:8000 shop.wsgi',
          ports: ['8000:8000', 8001],
          environment: { DEBUG: 'yes', NAME: "it's" },
          on: true,
          none: null,
        },
      },
    });
    expect(covered(compose, 'services', 'web', 'command')).toBe('gunicorn -b 0.0.0.0:8000 shop.wsgi');
    expect(covered(compose, 'services', 'web', 'environment', 'DEBUG')).toBe('"yes"');
    expect(covered(compose, 'services', 'web', 'ports')).toBe('["8000:8000", 8001]');
    expect(covered(compose, 'services', 'web', 'none')).toBe('');
    const key = yamlEntry(yamlGet(first(compose), 'services', 'web'), 'command')?.keySpan;
    expect(key && compose.slice(key.start, key.end)).toBe('command');
  });

  it('says where the content of a scalar stands letter by letter', () => {
    const command = yamlGet(first(compose), 'services', 'web', 'command');
    const quoted = yamlGet(first(compose), 'services', 'web', 'environment', 'DEBUG');
    const escaped = yamlGet(first(compose), 'services', 'web', 'environment', 'NAME');
    expect(command?.kind === 'scalar' && command.contentStart).toBe(compose.indexOf('gunicorn'));
    expect(quoted?.kind === 'scalar' && quoted.contentStart).toBe(compose.indexOf('yes'));
    expect(escaped?.kind === 'scalar' && escaped.contentStart).toBe(undefined);
  });

  it('keeps keys as they are written', () => {
    expect(plain(first('80: a\n"81": b\ntrue: c\n'))).toEqual({ 80: 'a', 81: 'b', true: 'c' });
  });

  it('reads block scalars', () => {
    const text = 'a: |\n  one\n  two\nb: >-\n  three\n  four\n';
    expect(plain(first(text))).toEqual({ a: 'one\ntwo\n', b: 'three four' });
    expect(covered(text, 'a')).toBe('|\n  one\n  two\n');
    const literal = yamlGet(first(text), 'a');
    expect(literal?.kind === 'scalar' && [literal.style, literal.contentStart]).toEqual(['literal', undefined]);
  });

  it('reads several documents and leaves out empty ones', () => {
    expect(read('a: 1\n---\n# nothing\n---\nb: 2\n').documents.map(plain)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(read('').documents).toEqual([]);
    expect(read('# only a comment\n').documents).toEqual([]);
  });

  it('reads JSON', () => {
    const text = '{\n\t"uwsgi": { "socket": ["127.0.0.1:3031"], "master": true, "path": "\\/a\\u0041" }\n}\n';
    expect(plain(first(text))).toEqual({ uwsgi: { socket: ['127.0.0.1:3031'], master: true, path: '/aA' } });
    expect(covered(text, 'uwsgi', 'master')).toBe('true');
  });

  it('keeps offsets behind a byte order mark, CRLF and characters outside the basic plane', () => {
    const text = '\uFEFF# \u{1F600}\r\na: "\u{1F600}"\r\nb: c\r\n';
    expect(covered(text, 'b')).toBe('c');
    expect(covered(text, 'a')).toBe('"\u{1F600}"');
  });

  it('reads tags that only one tool knows', () => {
    const text = 'ports: !override ["80:80"]\nx: !reset null\ny: !Sub "a"\nz: !!str 3\n';
    const root = first(text);
    expect(plain(yamlGet(root, 'ports'))).toEqual(['80:80']);
    expect(plain(yamlGet(root, 'y'))).toBe('a');
    expect(['ports', 'x', 'y', 'z'].map(key => yamlGet(root, key)?.tag)).toEqual([
      '!override',
      '!reset',
      '!Sub',
      undefined,
    ]);
    expect(read('ports: !override ["80:80"]\n').problems).toEqual([]);
  });
});

describe('aliases and merge keys', () => {
  it('puts merged keys where the merge key stands; own keys win, earlier merges win over later ones', () => {
    const text = `x-one: &one { a: 1, b: 2 }
x-two: &two { b: 3, c: 4 }
web:
  z: 0
  <<: [*one, *two]
  a: 9
`;
    const web = yamlGet(first(text), 'web');
    expect(plain(web)).toEqual({ z: 0, a: 9, b: 2, c: 4 });
    expect(web?.kind === 'map' && web.entries.map(entry => [entry.key, entry.merged])).toEqual([
      ['z', false],
      ['b', true],
      ['c', true],
      ['a', false],
    ]);
  });

  it('gives an aliased scalar its own text and the place of the alias', () => {
    const text = 'a: &cmd gunicorn app\nb: *cmd\n';
    const node = yamlGet(first(text), 'b');
    expect(plain(node)).toBe('gunicorn app');
    const via = node?.kind === 'scalar' ? node.via : undefined;
    expect(via && text.slice(via.start, via.end)).toBe('*cmd');
    expect(yamlEntry(first(text), 'b')?.merged).toBe(true);
  });

  it('lets a later anchor of the same name win for what follows it', () => {
    expect(plain(first('a: &x 1\nb: *x\nc: &x 2\nd: *x\n'))).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('reports an alias without anchor, and one that stands inside its own anchor', () => {
    expect(read('a: *nobody\n').problems.map(problem => problem.message)).toEqual([
      'no anchor &nobody stands before this alias',
    ]);
    expect(read('a: &a [*a]\n').problems).toHaveLength(1);
  });

  it('refuses to expand an alias bomb', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 20; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(10)}]`);
    const tree = read(lines.join('\n'));
    expect(tree.problems.some(problem => problem.message.includes('aliases expand'))).toBe(true);
    let nodes = 0;
    const count = (node: YamlNode): void => {
      nodes++;
      if (node.kind === 'list') node.items.forEach(count);
      if (node.kind === 'map') for (const entry of node.entries) count(entry.value);
    };
    tree.documents.forEach(count);
    expect(nodes).toBeLessThan(2_000_000);
  });
});

describe('templates', () => {
  it('keeps what stands around placeholders and blocks', () => {
    const text = `{% if debug %}
web:
  image: {{ image }}:{{ tag | default("x") }}
  command: "run --port {{ port }}"
{% endif %}
  ports: ["80:80"]
`;
    const tree = read(text);
    expect(tree.templated).toBe(true);
    expect(tree.problems).toEqual([]);
    expect(plain(tree.documents[0])).toEqual({
      web: {
        image: '{{ image }}:{{ tag | default("x") }}',
        command: 'run --port {{ port }}',
        ports: ['80:80'],
      },
    });
  });

  it('keeps a literal block that holds placeholders', () => {
    expect(plain(first('conf: |\n  listen {{ port }};\n  root /x;\n'))).toEqual({
      conf: 'listen {{ port }};\nroot /x;\n',
    });
  });

  it('does not take a value that came out of a placeholder for a number', () => {
    expect(plain(first('a: {{ 8000 }}\n'))).toEqual({ a: '{{ 8000 }}' });
  });

  it('reads a Helm template', () => {
    const text = `apiVersion: v1
{{- if .Values.enabled }}
metadata:
  name: {{ include "x" . | quote }}
  labels:
    {{- include "labels" . | nindent 4 }}
{{- end }}
`;
    expect(plain(first(text))).toEqual({
      apiVersion: 'v1',
      metadata: { name: '{{ include "x" . | quote }}', labels: null },
    });
  });

  it('leaves $VAR and ${VAR} alone', () => {
    const tree = read('a: ${PORT:-8000}\nb: $X\n');
    expect(tree.templated).toBe(false);
    expect(plain(tree.documents[0])).toEqual({ a: '${PORT:-8000}', b: '$X' });
  });

  it('gives up on a placeholder that is never closed without losing the rest', () => {
    expect(plain(first('a: 1\nb: "{{ x"\n'))).toEqual({ a: 1, b: '{{ x' });
  });
});

describe('bad input', () => {
  it('reports a key that stands twice, but not in a template', () => {
    const text = 'a: 1\na: 2\n';
    expect(read(text).problems.map(problem => [problem.span.start, problem.message])).toEqual([
      [5, 'the key a stands here twice'],
    ]);
    expect(read('{% if x %}\na: 1\n{% else %}\na: 2\n{% endif %}\n').problems).toEqual([]);
  });

  it('keeps what stands before an error', () => {
    const tree = read('services:\n  web:\n    image: x\n  db: [1, 2\n');
    expect(tree.problems.length).toBeGreaterThan(0);
    expect(plain(yamlGet(tree.documents[0], 'services', 'web'))).toEqual({ image: 'x' });
  });

  it('survives nesting that would exhaust the stack', () => {
    for (const text of ['['.repeat(300_000), '{a: '.repeat(50_000), '- '.repeat(100_000), '? '.repeat(50_000)]) {
      const tree = read(text);
      expect(tree.documents).toEqual([]);
      expect(tree.problems[0]?.message).toContain('levels deep');
    }
  });

  it('reads the documents before one that is too deep', () => {
    const tree = read(`a: 1\n---\n${'['.repeat(1000)}`);
    expect(tree.documents.map(plain)).toEqual([{ a: 1 }]);
  });

  it('takes time that grows with the size of the text only', () => {
    const begin = performance.now();
    read(`[${','.repeat(50_000)}`);
    read('{{'.repeat(100_000));
    read(`${'{{ a }}'.repeat(50_000)}`);
    read(`a: ${'&a '.repeat(20_000)}`);
    read('a: &a x\n'.repeat(10_000));
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});

const soup = fc
  .array(
    fc.constantFrom(
      ...['a', ': ', ':', '- ', '\n', '\n  ', '\n    ', '[', ']', '{', '}', ', ', '"', "'", '|', '>', '#', '&a ', '*a'],
      ...[
        '<<: ',
        '---\n',
        '...\n',
        '!t ',
        '{{ x }}',
        '{% if %}',
        '\t',
        '\r\n',
        '? ',
        '\\',
        '0x1',
        'null',
        '\u{1F600}',
        '%',
      ],
    ),
    { maxLength: 60 },
  )
  .map(parts => parts.join(''));

function spansInside(node: YamlNode, length: number): boolean {
  const inside = node.span.start >= 0 && node.span.start <= node.span.end && node.span.end <= length;
  if (!inside) return false;
  if (node.kind === 'list') return node.items.every(item => spansInside(item, length));
  if (node.kind === 'map') {
    return node.entries.every(
      entry =>
        entry.keySpan.start <= entry.keySpan.end && entry.keySpan.end <= length && spansInside(entry.value, length),
    );
  }
  return true;
}

describe('properties', () => {
  it('never throws, and every span lies in the file', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), text => {
        const tree = read(text);
        for (const node of tree.documents) expect(spansInside(node, text.length)).toBe(true);
        for (const { span } of tree.problems) {
          expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('gives own keys in the order of the file', () => {
    fc.assert(
      fc.property(soup, text => {
        const check = (node: YamlNode): void => {
          if (node.kind === 'list') node.items.forEach(check);
          if (node.kind !== 'map') return;
          const own = node.entries.filter(entry => !entry.merged && entry.keySpan.end > entry.keySpan.start);
          const starts = own.map(entry => entry.keySpan.start);
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
          for (const entry of node.entries) check(entry.value);
        };
        if (!text.includes('*')) read(text).documents.forEach(check);
      }),
      { numRuns: 800 },
    );
  });

  it('agrees with the reader of the package on JSON', () => {
    const value = fc
      .jsonValue({ maxDepth: 4 })
      .filter(v => !JSON.stringify(v).includes('{{') && !/\{%|<%/.test(JSON.stringify(v)));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, '\t'), (v, indent) => {
        const text = JSON.stringify(v, null, indent);
        if (text === 'null') return;
        expect(plain(first(text))).toEqual(oracle(text));
        const again: unknown = JSON.parse(text);
        expect(JSON.stringify(plain(first(text)))).toBe(JSON.stringify(again));
      }),
      { numRuns: 500 },
    );
  });
});
