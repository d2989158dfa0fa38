import { expect, test } from 'vitest';
import { replaceAddress } from '../../src/edits/address.js';
import type { Address } from '../../src/model/endpoint.js';
import { applyEdits } from '../../src/text/apply.js';

const tcp = (host: string, port: number): Address => ({ kind: 'tcp', host, port });

function replaced(text: string, from: Address, to: Address): string | undefined {
  const file = { path: 'x', text };
  const edit = replaceAddress({ file, start: 0, end: text.length }, from, to);
  return edit && applyEdits(text, [edit]);
}

test.each([
  ['http://127.0.0.1:8000/x', tcp('127.0.0.1', 8000), tcp('127.0.0.1', 8001), 'http://127.0.0.1:8001/x'],
  ['http://127.0.0.1:8000', tcp('127.0.0.1', 8000), tcp('::1', 8000), 'http://[::1]:8000'],
  ['[::1]:8000', tcp('::1', 8000), tcp('127.0.0.1', 8000), '127.0.0.1:8000'],
  ['[::]:8000', tcp('::', 8000), tcp('::1', 8000), '[::1]:8000'],
  ['$host:8000', tcp('127.0.0.1', 8000), tcp('::1', 8000), undefined],
])('%s', (text, from, to, expected) => expect(replaced(text, from, to)).toBe(expected));

test.each([
  [tcp('127.0.0.1', 8000), tcp('}127.0.0.1', 8000)],
  [tcp('127.0.0.1', 8000), tcp("'127.0.0.1", 8000)],
  [tcp('127.0.0.1', 8000), tcp('127.0.0.1\r', 8000)],
  [
    { kind: 'unix', path: '/run/shop.sock' },
    { kind: 'unix', path: '/run/shop.sock chmod-socket = 0666' },
  ],
  [
    { kind: 'unix', path: '/run/shop.sock' },
    { kind: 'unix', path: '/run/shop;x.sock' },
  ],
] satisfies (readonly [Address, Address])[])(
  'an address that would break the line is not written: %j, %j',
  (from, to) => {
    const text = from.kind === 'tcp' ? 'http://127.0.0.1:8000' : 'unix:/run/shop.sock';
    expect(replaced(text, from, to)).toBeUndefined();
  },
);
