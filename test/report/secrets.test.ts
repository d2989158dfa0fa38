import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/report/secrets.js';

test.each([
  ['SECRET_KEY=abc', 'SECRET_KEY=***'],
  ['SECRET_KEY = "a b"', 'SECRET_KEY = "***"'],
  ["'API_TOKEN': 'abc',", "'API_TOKEN': '***',"],
  ['os.environ["DB_PASSWORD"] = "abc"', 'os.environ["DB_PASSWORD"] = "***"'],
  ['      - DB_PASSWORD=abc', '      - DB_PASSWORD=***'],
  ['ENV AWS_SECRET abc', 'ENV AWS_SECRET ***'],
  ['proxy_set_header X-Auth-Token abc;', 'proxy_set_header X-Auth-Token ***;'],
  ['redis://:abc@cache:6379/0', 'redis://:***@cache:6379/0'],
  ['postgres://me:abc@db/x', 'postgres://me:***@db/x'],
  ['--env TOKEN=abc --bind :80', '--env TOKEN=*** --bind :80'],
  ['DB_PASSWORD=letters(1)', 'DB_PASSWORD=*********)'],
  ['(DB_PASSWORD=letters)', '(DB_PASSWORD=*******)'],
  ["token = login('me', password='abc')", "token = login('me', password='***')"],
])('%s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

describe('left as it is', () => {
  test.each([
    'ssl_certificate_key /etc/ssl/app.key;',
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    'SECRET_KEY: ${SECRET_KEY}',
    'SECRET_KEY = config("SECRET_KEY")',
    'unexpected token in line 3',
    'KEYS=1 keyword=2 keepalive_timeout=3',
    'http://127.0.0.1:8000/x@y',
    'http://user:$PASS@host/',
    'access_token = requests.get(url, headers=headers)',
    'token = get_token(request)',
    'token = await fetch(url)',
    "requests.get(url, params={'api_token': api_token})",
  ])('%s', text => {
    expect(maskSecrets(text)).toBe(text);
  });
});

test('a text keeps its length, so that columns stay right', () => {
  const piece = fc.constantFrom(
    'SECRET',
    '_KEY',
    'TOKEN',
    '=',
    ': ',
    '"',
    "'",
    '://',
    '@',
    'x',
    ' ',
    '\\',
    '\n',
    'ENV ',
    '漢',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      expect(maskSecrets(pieces.join(''))).toHaveLength(pieces.join('').length);
    }),
  );
});

test('a long text takes no long time', () => {
  const started = performance.now();
  for (const text of ['TOKEN', '://', 'TOKEN=', 'TOKEN="', '_KEY ', '://a:']) maskSecrets(text.repeat(40_000));
  expect(performance.now() - started).toBeLessThan(20_000);
});
