import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parse as iniOracle } from 'ini';
import { describe, expect, it } from 'vitest';
import { parseIni } from '../../src/syntax/ini/parse.js';
import type { IniDialect, IniTree } from '../../src/syntax/ini/tree.js';

const dialects: readonly IniDialect[] = ['uwsgi', 'systemd', 'supervisor'];
const read = (text: string, dialect: IniDialect): IniTree => parseIni({ path: 'a.ini', text }, dialect);

function table(text: string, dialect: IniDialect): unknown {
  return read(text, dialect).sections.map(section => [
    section.name,
    ...section.entries.map(entry => (entry.separator ? [entry.key, entry.value] : [entry.key])),
  ]);
}

function comments(text: string, dialect: IniDialect): readonly string[] {
  return read(text, dialect).comments.map(at => text.slice(at.start, at.end));
}

describe('uwsgi', () => {
  it('keeps order, repeated keys, quotes and what looks like a comment behind a value', () => {
    const text = `# head
[uwsgi]
  socket = 127.0.0.1:3031 ; first
socket=/run/a.sock
env = A="b=c"
master
; done
path = a \\
next = 1
`;
    expect(table(text, 'uwsgi')).toEqual([
      [
        'uwsgi',
        ['socket', '127.0.0.1:3031 ; first'],
        ['socket', '/run/a.sock'],
        ['env', 'A="b=c"'],
        ['master'],
        ['path', 'a \\'],
        ['next', '1'],
      ],
    ]);
    expect(comments(text, 'uwsgi')).toEqual(['# head', '; done']);
    expect(read(text, 'uwsgi').problems).toEqual([]);
  });

  it('gives the places of key, value and line', () => {
    const text = '[uwsgi]\r\n  harakiri =  30 \r\nvacuum\r\nempty =\r\n';
    const tree = read(text, 'uwsgi');
    const [harakiri, vacuum, empty] = tree.sections[0]?.entries ?? [];
    const slice = (at: { start: number; end: number } | undefined) => at && text.slice(at.start, at.end);
    expect([slice(harakiri?.keySpan), slice(harakiri?.valueSpan), slice(harakiri?.span)]).toEqual([
      'harakiri',
      '30',
      'harakiri =  30',
    ]);
    expect([slice(vacuum?.keySpan), slice(vacuum?.valueSpan), vacuum?.valueSpan.start]).toEqual([
      'vacuum',
      '',
      text.indexOf('vacuum') + 6,
    ]);
    expect(empty?.valueSpan.start).toBe(text.indexOf('empty =') + 7);
    expect(slice(tree.sections[0]?.nameSpan)).toBe('uwsgi');
    expect(slice(tree.sections[0]?.span)).toBe(text.slice(0, text.lastIndexOf('\r\n')));
  });

  it('reads a header without ] or with text behind it as uWSGI does', () => {
    expect(table('[uwsgi\na = 1\n', 'uwsgi')).toEqual([['uwsg', ['a', '1']]]);
    expect(table('[uwsgi] ; main\na = 1\n', 'uwsgi')).toEqual([['uwsgi] ; mai', ['a', '1']]]);
    expect(read('[uwsgi] ; main\n', 'uwsgi').problems.map(problem => problem.message)).toEqual([
      'uWSGI takes everything but the last character as the name of this section: "uwsgi] ; mai"',
    ]);
  });

  it('takes a header behind a byte order mark for an entry', () => {
    expect(table('\uFEFF[uwsgi]\nsocket = a\n', 'uwsgi')).toEqual([[undefined, ['\uFEFF[uwsgi]'], ['socket', 'a']]]);
  });

  it('keeps sections of the same name apart and in order', () => {
    expect(table('[uwsgi]\na=1\n[x]\nb=2\n[uwsgi]\na=3\n', 'uwsgi')).toEqual([
      ['uwsgi', ['a', '1']],
      ['x', ['b', '2']],
      ['uwsgi', ['a', '3']],
    ]);
  });
});

describe('systemd', () => {
  it('joins continued lines and skips comments between them', () => {
    const text = `[Service]
ExecStart=/usr/bin/gunicorn \\
    --bind 0.0.0.0:8000 \\
# why
    shop.wsgi
User=www-data ; not a comment
`;
    expect(table(text, 'systemd')).toEqual([
      [
        'Service',
        ['ExecStart', '/usr/bin/gunicorn  --bind 0.0.0.0:8000  shop.wsgi'],
        ['User', 'www-data ; not a comment'],
      ],
    ]);
    expect(comments(text, 'systemd')).toEqual(['# why']);
    const value = read(text, 'systemd').sections[0]?.entries[0]?.valueSpan;
    expect(value && text.slice(value.start, value.end)).toBe(
      '/usr/bin/gunicorn \\\n    --bind 0.0.0.0:8000 \\\n# why\n    shop.wsgi',
    );
  });

  it('joins nothing after two backslashes', () => {
    expect(table('[Service]\nA=b\\\\\nC=d\n', 'systemd')).toEqual([['Service', ['A', 'b\\\\'], ['C', 'd']]]);
  });

  it('says what systemd ignores', () => {
    const text = '[Service]\nExecStart\n=x\n[Unit\n';
    expect(read(text, 'systemd').problems.map(problem => problem.message)).toEqual([
      "systemd ignores this line: there is no '=' in it",
      "systemd ignores this line: nothing stands before '='",
      'a section header must end with ]',
    ]);
  });

  it('reads past a byte order mark', () => {
    expect(table('\uFEFF[Unit]\nDescription=x\n', 'systemd')).toEqual([['Unit', ['Description', 'x']]]);
  });
});

describe('supervisor', () => {
  it('cuts comments behind white space, lowers keys and joins indented lines', () => {
    const text = `; head
[program:web]
command=/srv/venv/bin/gunicorn   ; start
    --bind unix:/run/a.sock
    shop.wsgi
Directory: /srv/a;b # c
[program:web] ; again
user=www-data
`;
    expect(table(text, 'supervisor')).toEqual([
      [
        'program:web',
        ['command', '/srv/venv/bin/gunicorn\n--bind unix:/run/a.sock\nshop.wsgi'],
        ['directory', '/srv/a;b'],
      ],
      ['program:web', ['user', 'www-data']],
    ]);
    expect(comments(text, 'supervisor')).toEqual(['; head', '; start', '# c', '; again']);
  });

  it('begins a value with the end of its first line where nothing stands there, as Python does', () => {
    const text = '[program:shop]\ncommand =\n  gunicorn shop:app\n';
    const entry = read(text, 'supervisor').sections[0]?.entries[0];
    expect(entry?.value).toBe('\ngunicorn shop:app');
    expect(text.slice(entry?.valueSpan.start, entry?.valueSpan.end)).toBe('gunicorn shop:app');
  });

  it('says why Python refuses a file', () => {
    expect(read('a = 1\n[x]\nlost\n', 'supervisor').problems.map(problem => problem.message)).toEqual([
      'Python refuses the file: this line stands before the first section',
      "Python refuses the file: there is no '=' or ':' in this line",
    ]);
  });
});

const soup = fc
  .array(
    fc.constantFrom(
      ...['a', 'Key', ' ', '\t', '=', ':', ';', '#', '[', ']', '[uwsgi]\n', '\n', '\r\n', '\\\n', '\\', '\n  '],
      ...[' ; c', 'b c', '\uFEFF', '"', '%(x)s', '\u{1F600}', '\r', 'x = 1\n'],
    ),
    { maxLength: 40 },
  )
  .map(parts => parts.join(''));

describe('properties', () => {
  it('never throws; spans lie inside, in order, and the value of one line is what its span covers', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), fc.constantFrom(...dialects), (text, dialect) => {
        const tree = read(text, dialect);
        let last = 0;
        for (const section of tree.sections) {
          expect(section.span.start <= section.span.end && section.span.end <= text.length).toBe(true);
          for (const entry of section.entries) {
            expect(entry.span.start).toBeGreaterThanOrEqual(last);
            expect(entry.span.end).toBeLessThanOrEqual(text.length);
            last = entry.span.end;
            const { keySpan, valueSpan } = entry;
            expect(keySpan.start >= entry.span.start && keySpan.start <= keySpan.end).toBe(true);
            expect(valueSpan.start >= keySpan.end && valueSpan.start <= valueSpan.end && valueSpan.end <= last).toBe(
              true,
            );
            const raw = text.slice(valueSpan.start, valueSpan.end);
            // Where nothing stands behind supervisor's separator, the value begins with that line's end, the span with the first word.
            const value = dialect === 'supervisor' ? entry.value.replace(/^\n+/, '') : entry.value;
            if (!/[\r\n]/.test(raw)) expect(value).toBe(raw);
            const key = text.slice(keySpan.start, keySpan.end);
            if (!/[\r\n]/.test(key)) expect(entry.key).toBe(dialect === 'supervisor' ? key.toLowerCase() : key);
          }
        }
        for (const at of [...tree.comments, ...tree.problems.map(problem => problem.span)]) {
          expect(at.start <= at.end && at.end <= text.length).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with the ini package where all dialects mean the same', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter(word => !['true', 'false', 'null'].includes(word));
    const value = fc.stringMatching(/^[a-zA-Z0-9/.:_@%-]{1,12}$/).filter(word => !/^(?:true|false|null)$/.test(word));
    const file = fc.uniqueArray(fc.tuple(name, fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key })), {
      selector: ([section]) => section,
      minLength: 1,
    });
    fc.assert(
      fc.property(file, fc.constantFrom('\n', '\r\n'), fc.constantFrom('=', ' = '), (sections, end, equals) => {
        const lines = sections.flatMap(([section, pairs]) => [
          `[${section}]`,
          ...pairs.map(([key, text]) => `${key}${equals}${text}`),
        ]);
        const text = lines.join(end) + end;
        const expected = Object.entries(iniOracle(text)).map(([section, pairs]) => [
          section,
          ...Object.entries(pairs as object),
        ]);
        for (const dialect of dialects) {
          const filled = (table(text, dialect) as unknown[][]).sort();
          expect(filled).toEqual(expected.sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  const python = spawnSync('python3', ['-c', 'import configparser'], { encoding: 'utf8' });
  it.skipIf(python.status !== 0)('agrees with Python where supervisor accepts the file', () => {
    const texts = fc.sample(soup, { numRuns: 1500, seed: 7 }).filter(text => !/[\u0085\u001c-\u001f]/.test(text));
    const program = `import configparser, json, sys
out = []
for text in json.load(sys.stdin):
    p = configparser.RawConfigParser(inline_comment_prefixes=(';', '#'), strict=False, default_section='\\0')
    try:
        import io
        p.read_file(io.StringIO(text, newline=None))
        out.append([[s, [[k, v] for k, v in p.items(s)]] for s in p.sections()])
    except Exception:
        out.append(None)
json.dump(out, sys.stdout)`;
    const run = spawnSync('python3', ['-c', program], { input: JSON.stringify(texts), encoding: 'utf8' });
    const expected = JSON.parse(run.stdout) as readonly ([string, [string, string][]][] | null)[];
    let accepted = 0;
    texts.forEach((text, index) => {
      const oracle = expected[index];
      const tree = read(text, 'supervisor');
      if (!oracle) {
        expect({ text, problems: tree.problems.length > 0 }).toEqual({ text, problems: true });
        return;
      }
      accepted++;
      const merged = new Map<string, Map<string, string>>();
      for (const section of tree.sections) {
        const known = merged.get(section.name ?? '') ?? new Map<string, string>();
        for (const entry of section.entries) known.set(entry.key, entry.value);
        merged.set(section.name ?? '', known);
      }
      const found = [...merged].map(([name, pairs]) => [name, [...pairs]]);
      expect({ text, problems: tree.problems.length, found }).toEqual({ text, problems: 0, found: oracle });
    });
    expect(accepted).toBeGreaterThan(100);
  });

  it('reads a large file in time that grows with its size', () => {
    const begin = performance.now();
    for (const dialect of dialects) {
      read('[a]\nkey = value\n'.repeat(50_000), dialect);
      read('[a]\nx=\\\n'.concat('b \\\n'.repeat(100_000)), dialect);
      read(`[a]\nx=${';#'.repeat(100_000)}`, dialect);
    }
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});
