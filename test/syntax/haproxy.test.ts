import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { haproxyTime } from '../../src/extract/haproxy/times.js';
import { parseHaproxy } from '../../src/syntax/haproxy/parse.js';

const read = (text: string) => parseHaproxy({ path: 'haproxy.cfg', text });
const table = (text: string) =>
  read(text).sections.map(({ kind, name, lines }) => [
    kind,
    name?.text,
    ...lines.map(({ words }) => words.map(word => word.text).join(' | ')),
  ]);

describe('haproxy.cfg', () => {
  it('reads sections, words, quotes, escapes and comments', () => {
    const text = `# shop
global
  daemon # in the background
defaults
\tmode http\r
\ttimeout server 30s
backend app
  option httpchk GET /health HTTP/1.1\\r\\nHost:\\ shop
  server app1 127.0.0.1:8000 check "a b"'c d' e#f
`;
    expect(table(text)).toEqual([
      ['global', undefined, 'daemon'],
      ['defaults', undefined, 'mode | http', 'timeout | server | 30s'],
      [
        'backend',
        'app',
        'option | httpchk | GET | /health | HTTP/1.1rnHost: shop',
        'server | app1 | 127.0.0.1:8000 | check | a bc d | e',
      ],
    ]);
  });

  it('gives the place of a word as it stands', () => {
    const text = 'backend app\n    server "app1" 127.0.0.1:8000\n';
    const words = read(text).sections[0]?.lines[0]?.words ?? [];
    expect(words.map(({ span }) => text.slice(span.start, span.end))).toEqual(['server', '"app1"', '127.0.0.1:8000']);
  });

  it('takes any text, and keeps every place inside it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '"', "'", '\\', '#', 'backend x\n') }),
        text => {
          for (const { header, lines } of read(text).sections)
            for (const { span } of [header, ...lines])
              expect(span.start < span.end && span.end <= text.length).toBe(true);
        },
      ),
    );
  });
});

it('takes a time without a unit for milliseconds', () => {
  expect(['30', '5000', '30s', '2m', '1h', '1d', '500ms', '250us', '1.5s', '30 s', '-1', ''].map(haproxyTime)).toEqual([
    0.03,
    5,
    30,
    120,
    3600,
    86_400,
    0.5,
    0.00025,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
