import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseApache } from '../../src/syntax/apache/parse.js';
import type { ApacheNode } from '../../src/syntax/apache/tree.js';

const read = (text: string) => parseApache({ path: 'site.conf', text });
const shown = ({ name, args, children }: ApacheNode): unknown => [
  name,
  ...args.map(({ text }) => text),
  ...(children ? [children.map(shown)] : []),
];

describe('a site of Apache', () => {
  it('reads sections, quotes, continued lines and comments', () => {
    const text = `# shop
<VirtualHost *:80 [::]:80>
    ServerName shop.example.org # no comment
    ProxyPass "/" 'http://127.0.0.1:8000/' \\
        timeout=30
    <Location /api>\r
        ProxyPass http://127.0.0.1:8001/\r
    </Location>\r
</VirtualHost>
Listen 80
`;
    expect(read(text).nodes.map(shown)).toEqual([
      [
        'VirtualHost',
        '*:80',
        '[::]:80',
        [
          ['ServerName', 'shop.example.org', '#', 'no', 'comment'],
          ['ProxyPass', '/', 'http://127.0.0.1:8000/', 'timeout=30'],
          ['Location', '/api', [['ProxyPass', 'http://127.0.0.1:8001/']]],
        ],
      ],
      ['Listen', '80'],
    ]);
  });

  it('goes on behind a section that is never closed, or was never opened', () => {
    expect(read('</Proxy>\n<VirtualHost *:80>\nA 1\n').nodes.map(shown)).toEqual([
      ['VirtualHost', '*:80', [['A', '1']]],
    ]);
  });

  it('takes any text, and keeps every place inside it', () => {
    const places = (node: ApacheNode): readonly ApacheNode[] => [node, ...(node.children ?? []).flatMap(places)];
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '"', "'", '\\', '#', '<b ', '>', '</b>') }),
        text => {
          for (const { span } of read(text).nodes.flatMap(places))
            expect(span.start < span.end && span.end <= text.length).toBe(true);
        },
      ),
    );
  });
});
