import { describe, expect, test } from 'vitest';
import {
  insertBefore,
  insertBehind,
  removeDirective,
  renameDirective,
  setDirectiveValue,
} from '../../src/edits/nginx.js';
import { applyEdits } from '../../src/text/apply.js';
import { quoteForNginx } from '../../src/text/quote.js';
import type { Edit, Span } from '../../src/text/source.js';

function find(text: string, part: string): Span {
  const start = text.indexOf(part);
  return { file: { path: 'nginx.conf', text }, start, end: start + part.length };
}

function apply(text: string, edit: Edit): string {
  return applyEdits(text, [edit]);
}

describe('edits of nginx files', () => {
  test('replace a value and quote it only where nginx needs it', () => {
    const text = 'proxy_read_timeout 60 s;\n';
    expect(apply(text, setDirectiveValue(find(text, '60 s'), '60s'))).toBe('proxy_read_timeout 60s;\n');
    expect(quoteForNginx('')).toBe('""');
    expect(quoteForNginx('a b')).toBe('"a b"');
    expect(quoteForNginx('say "hi";')).toBe('"say \\"hi\\";"');
    expect(quoteForNginx('http://unix:/run/app.sock:/')).toBe('http://unix:/run/app.sock:/');
    expect(quoteForNginx('$proxy_host')).toBe('$proxy_host');
    expect(quoteForNginx('${host}x')).toBe('${host}x');
  });

  test('rename a directive', () => {
    const text = '  proxy_red_timeout 5s;\n';
    expect(apply(text, renameDirective(find(text, 'proxy_red_timeout'), 'proxy_read_timeout'))).toBe(
      '  proxy_read_timeout 5s;\n',
    );
  });

  test('a new line takes the indentation and the line end of its neighbour', () => {
    const text = 'location / {\r\n\tproxy_pass http://app; # the app\r\n}\r\n';
    const at = find(text, 'proxy_pass http://app;');
    expect(apply(text, insertBehind(at, 'proxy_read_timeout 60s;'))).toBe(
      'location / {\r\n\tproxy_pass http://app; # the app\r\n\tproxy_read_timeout 60s;\r\n}\r\n',
    );
    expect(apply(text, insertBefore(at, 'include proxy_params;'))).toBe(
      'location / {\r\n\tinclude proxy_params;\r\n\tproxy_pass http://app; # the app\r\n}\r\n',
    );
  });

  test('on a line with more than one directive the text goes between them', () => {
    const text = 'location / { proxy_pass http://app; }\n';
    const at = find(text, 'proxy_pass http://app;');
    expect(apply(text, insertBehind(at, 'proxy_read_timeout 60s;'))).toBe(
      'location / { proxy_pass http://app; proxy_read_timeout 60s; }\n',
    );
    expect(apply(text, insertBefore(at, 'x y;'))).toBe('location / { x y; proxy_pass http://app; }\n');
  });

  test('removing a directive takes its line with it, or leaves its neighbours alone', () => {
    const lines = 'a 1;\n  b 2;\nc 3;\n';
    expect(apply(lines, removeDirective(find(lines, 'b 2;')))).toBe('a 1;\nc 3;\n');
    const one = 'x { a 1; b 2; c 3; }\n';
    expect(apply(one, removeDirective(find(one, 'b 2;')))).toBe('x { a 1; c 3; }\n');
    const crlf = 'a 1;\r\nb 2;\r\n';
    expect(apply(crlf, removeDirective(find(crlf, 'a 1;')))).toBe('b 2;\r\n');
    const last = 'a 1;\nb 2;';
    expect(apply(last, removeDirective(find(last, 'b 2;')))).toBe('a 1;\n');
  });
});
