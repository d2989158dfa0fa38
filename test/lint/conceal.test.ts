import { expect, test } from 'vitest';
import { analyze } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';
import type { Rule } from '../../src/lint/rule.js';

const image = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install gunicorn\n';

/** A compose file whose service has these variables. */
const withVariables = (variables: Readonly<Record<string, string>>) => `services:
  web:
    build: .
    command: gunicorn -b 0.0.0.0:8000 storefront.wsgi
    environment:
${Object.entries(variables)
  .map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`)
  .join('')}`;

/** A rule that quotes, in all its sentences, what is given. */
const quoting = (words: string): Rule => ({
  id: 'a/b',
  summary: '',
  severity: 'warning',
  symptom: '502',
  fix: 'none',
  check: ({ stacks }, report) => {
    for (const { span } of stacks.flatMap(({ servers }) => servers)) {
      const fixes = [{ title: `write ${words}`, safety: 'safe', edits: [{ span, text: words }] }] as const;
      report({
        span,
        message: `say ${words}`,
        log: `log ${words}`,
        related: [{ span, message: `see ${words}` }],
        fixes,
      });
    }
  },
});

/** The sentences of a finding that quotes `words`, where the service has these variables. */
async function said(
  variables: Readonly<Record<string, string>>,
  words: string,
  more: Readonly<Record<string, string>> = {},
) {
  const files = { 'docker-compose.yml': withVariables(variables), Dockerfile: image, ...more };
  const { diagnostics } = await analyze(memoryHost(new Map(Object.entries(files))), { rules: [quoting(words)] });
  return diagnostics.map(({ message, log, related, fixes }) => [
    message,
    log,
    related.map(step => step.message),
    fixes.map(({ title, edits }) => [title, edits.map(edit => edit.text)]),
  ]);
}

test('a secret is told in no sentence, and stays in what is written', async () => {
  expect(await said({ SECRET_KEY: 'k3ep-it-dark' }, '--key=k3ep-it-dark end')).toEqual([
    [
      'say --key=************ end',
      'log --key=************ end',
      ['see --key=************ end'],
      [['write --key=************ end', ['--key=k3ep-it-dark end']]],
    ],
  ]);
});

const message = async (...given: Parameters<typeof said>) => (await said(...given))[0]?.[0];

test.each(['SECRET_KEY', 'DB_PASSWORD', 'PASSWD', 'API_TOKEN', 'AWS_ACCESS_KEY_ID', 'STRIPE_KEY', 'ClientSecret'])(
  '%s is secret',
  async name => {
    expect(await message({ [name]: 'k3ep-it-dark' }, 'a k3ep-it-dark b k3ep-it-darkk3ep-it-dark')).toBe(
      'say a ************ b ************************',
    );
  },
);

test.each([
  ['another name', { KEYBOARD: 'k3ep-it-dark' }],
  ['a short value', { SECRET_KEY: 'k3ep-' }],
  ['a path', { SECRET_KEY: '/run/secrets/key' }],
  ['a path of the folder', { SECRET_KEY: './secrets/key' }],
  ['a number', { TOKEN_LIFETIME: '86400000' }],
  ['a placeholder', { SECRET_KEY: '<your key here>' }],
  ['a template', { SECRET_KEY: '{{ vault.key }}' }],
] as const)('%s is none', async (_, variables) => {
  const [value = ''] = Object.values(variables);
  expect(await message(variables, `a ${value} b`)).toBe(`say a ${value} b`);
});

test.each([
  [
    'the name of a service',
    { DB_PASSWORD: 'website' },
    { 'docker-compose.override.yml': 'services:\n  website:\n    image: x\n' },
  ],
  ['the name of a database', { DB_PASSWORD: 'storefront', DB_NAME: 'storefront' }, {}],
  ['a user', { DB_PASSWORD: 'storekeeper', POSTGRES_USER: 'storekeeper' }, {}],
  [
    'part of the path of a file',
    { DB_PASSWORD: 'catalogue' },
    { 'conf/catalogue/nginx.conf': 'events {}\nhttp { server { listen 80; } }\n' },
  ],
  ['the module that is loaded', { DB_PASSWORD: 'storefront.wsgi' }, {}],
] as const)('%s is none, though a password is the same', async (_, variables, more) => {
  const { DB_PASSWORD: value } = variables;
  expect(await message(variables, `a ${value} b`, more)).toBe(`say a ${value} b`);
});

test('of two secrets that begin alike the longer one is told first', async () => {
  const variables = { SECRET_KEY: 'k3ep-it', API_TOKEN: 'k3ep-it-dark' };
  expect(await message(variables, 'k3ep-it-dark, k3ep-it and k3ep-i')).toBe('say ************, ******* and k3ep-i');
});

test('a variable of one command is as secret as one of its place', async () => {
  const files = {
    Procfile: 'web: SECRET_KEY=k3ep-it-dark gunicorn shop\n',
    'shop.py': '',
  };
  const { diagnostics } = await analyze(memoryHost(new Map(Object.entries(files))), {
    rules: [quoting('k3ep-it-dark')],
  });
  expect(diagnostics.map(one => one.message)).toEqual(['say ************']);
});
