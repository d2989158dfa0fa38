import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseText } from './nginx-names.js';

/** Compares with `nginx -t` where nginx is installed: what its tokenizer says, not what the directives mean. */
const installed = spawnSync('nginx', ['-v']).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gwlint-nginx-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** nginx's first complaint as `line: message`, `ok`, or what it wrote where that is neither. */
function nginxSays(text: string): string {
  const path = join(folder, 'nginx.conf');
  writeFileSync(path, text);
  const run = spawnSync('nginx', ['-t', '-e', 'stderr', '-c', path], { encoding: 'utf8', timeout: 10_000 });
  if (run.status === 0) return 'ok';
  const [complaint = '', where = ''] =
    /\[emerg\] [^:]*: ([\s\S]*?)\n/.exec(run.stderr)?.[1]?.split(` in ${path}:`) ?? [];
  const line = /^\d+$/.exec(where)?.[0];
  return line === undefined ? run.stderr : ascii(`${line}: ${complaint}`);
}

/** nginx cuts a character of several bytes in two. */
function ascii(text: string): string {
  return text.replace(/[^ -~]+/g, '?');
}

/** Messages of the tokenizer, as against those of directives. */
const ofTokenizer = /^\d+: (?:unexpected (?:"."|end of file, expecting .*)|too long parameter.*)$/;

function parserSays(text: string): string {
  const { refusal } = parseText(text);
  return refusal ? ascii(`${refusal.line}: ${refusal.message}`) : 'ok';
}

function head(): string {
  return `error_log stderr;\npid ${folder}/pid;\nevents { }\n`;
}

/** A block of `types` takes any words, so that the tokenizer alone decides. */
function inTypes(words: string): string {
  return `${head()}http {\n  types {\n${words}\n  }\n}\n`;
}

function compare(text: string): void {
  const nginx = nginxSays(text);
  const parsed = parserSays(text);
  const line = Number(/^(\d+): /.exec(nginx)?.[1]);
  // A complaint without a line comes when the whole file has been read.
  if (Number.isNaN(line)) expect(parsed, nginx).toBe('ok');
  // That may also be the word of a block with lines of its own form, and not of the tokenizer.
  else if (ofTokenizer.test(nginx) && !nginx.endsWith('unexpected "{"')) expect(parsed).toBe(nginx);
  // A directive stopped nginx on that line: whatever the tokenizer would refuse comes behind it.
  else expect(parsed === 'ok' ? line : Number.parseInt(parsed, 10), nginx).toBeGreaterThanOrEqual(line);
}

const piece = fc.constantFrom(
  'a',
  'b/c',
  '"',
  "'",
  '\\',
  ' ',
  '\n',
  ';',
  ';\n',
  '#',
  '$',
  '${',
  '}',
  ')',
  '\r',
  '\t',
  'x y',
  '\u00e9',
  ':',
);

describe.skipIf(!installed)('nginx -t', () => {
  test('on any words and marks', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), parts => compare(inTypes(parts.join('')))),
      { numRuns: 200 },
    );
  });

  test.each([4093, 4094, 4095, 4096, 4097])('on tokens of %i bytes', length => {
    const long = 'x'.repeat(length);
    const head = 'a b;\n';
    compare(inTypes(`${head}c "${long}" ;`));
    compare(inTypes(`${head}c ${long} ;`));
    compare(inTypes(`${head}#${long}\nd e;`));
    compare(inTypes(`${head}c "${long}`));
  });

  test('on a configuration with one character put in or taken out', () => {
    const sound = `http {
  map $host $up { default "a b"; x 'y'; }
  server {
    listen 127.0.0.1:18999;
    server_name a.example ~^(?<n>.+)\\.example$;
    location / { return 200 "it's ok"; }
    location ~ \\.(a|b)$ {
      set $v "\${up}x";
      if ($v = "y") { return 403; }
    }
  }
}
`;
    expect(nginxSays(head() + sound)).toBe('ok');
    const mark = fc.constantFrom('', '{', '}', ';', '"', "'", '#', ' ', '\n', '\\', ')');
    fc.assert(
      fc.property(fc.nat(sound.length - 1), mark, fc.boolean(), (at, put, take) => {
        compare(head() + sound.slice(0, at) + put + sound.slice(take ? at + 1 : at));
      }),
      { numRuns: 200 },
    );
  });
});
