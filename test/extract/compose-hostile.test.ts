import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageStacks } from '../../src/extract/compose/images.js';
import { composeStack, composeStacks } from '../../src/extract/compose/stacks.js';
import { kubernetesStacks } from '../../src/extract/kubernetes/stacks.js';
import { listInside, locate } from '../../src/extract/place/files.js';
import { createReader } from '../../src/extract/reader.js';
import { loadLanguages } from '../../src/syntax/languages.js';
import { memoryHost } from '../support/memory.js';

const languages = await loadLanguages(['yaml', 'dockerfile']);

/** Everything that is read from these files, and a look into every place. */
function readAll(files: Record<string, string>): number {
  const reader = createReader(memoryHost(files), languages);
  const file = (path: string) => reader.file(path) ?? { path, text: '' };
  const stacks = [
    ...composeStacks(reader, [file('docker-compose.yml')]).map(one => composeStack(reader, one)),
    ...kubernetesStacks(reader, [file('docker-compose.yml')]),
    ...imageStacks(reader, [file('Dockerfile')]),
  ];
  for (const place of stacks.flatMap(stack => stack.places)) {
    locate(reader, place, '/etc/nginx/conf.d/default.conf');
    listInside(reader, place, '/app');
  }
  const spans = stacks
    .flatMap(stack => stack.launches)
    .flatMap(launch => [launch.span, ...launch.commands.map(one => one.span)]);
  for (const span of spans) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(span.file.text.length);
  }
  return stacks.length;
}

const keys = [
  ...[
    'services',
    'web',
    'image',
    'build',
    'context',
    'dockerfile',
    'command',
    'entrypoint',
    'environment',
    'env_file',
    'volumes',
  ],
  ...[
    'ports',
    'networks',
    'aliases',
    'extends',
    'file',
    'service',
    'include',
    'configs',
    'secrets',
    'content',
    'depends_on',
    'links',
  ],
  ...[
    'network_mode',
    'target',
    'source',
    'type',
    'healthcheck',
    'test',
    'stop_grace_period',
    'apiVersion',
    'kind',
    'metadata',
    'name',
  ],
  ...[
    'spec',
    'template',
    'containers',
    'args',
    'env',
    'value',
    'volumeMounts',
    'configMap',
    'rules',
    'http',
    'paths',
    'backend',
    'data',
  ],
];
const values = [
  ...[
    'nginx',
    'python:3',
    'web',
    '.',
    '..',
    '/',
    '~',
    './a:/b:ro',
    '${A:-${B}}',
    '${',
    '$$',
    'sh -c "a && b"',
    "'",
    '"',
    '80:80',
    '[::1]:80:80',
  ],
  ...[
    '1m',
    'service:web',
    'container:x',
    'docker-compose.yml',
    'Dockerfile',
    'v1',
    'Pod',
    'Deployment',
    'Ingress',
    'Service',
    'ConfigMap',
    '\0',
    '😀',
  ],
];
const node: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  node: fc.oneof(
    { depthSize: 'medium', maxDepth: 5 },
    fc.constantFrom(...values),
    fc.constantFrom(null, true, 8000, -1, 1e300),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 5 }),
  ),
})).node;

describe('hostile files', () => {
  it('of any shape are read without a throw', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), node, { maxKeys: 6 }), node, (root, service) => {
        const compose = { services: { web: service, x: { extends: 'web', image: 'nginx' } }, ...root };
        readAll({ 'docker-compose.yml': JSON.stringify(compose), Dockerfile: 'FROM python\nCOPY . /app\n', a: '' });
      }),
      { numRuns: 400 },
    );
  });

  it('of any words are read without a throw', () => {
    const words = [
      'FROM',
      'COPY',
      'RUN',
      'CMD',
      '[',
      ']',
      '"a"',
      '.',
      '/',
      '--from=0',
      '--from=a',
      'AS a',
      '$A',
      '${A:-',
      '}',
      '*',
      '<<E',
      'E',
    ];
    const more = [
      '\n',
      ' ',
      '\\\n',
      'ln -s',
      'cp',
      'rm',
      '&&',
      '|',
      '>',
      'a/b',
      "'",
      '`',
      '$(',
      ')',
      'if',
      'fi',
      'WORKDIR',
      'ENV A=',
      'ARG A',
      'USER',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words, ...more), { maxLength: 50 }), pieces => {
        readAll({ 'docker-compose.yml': '', Dockerfile: `FROM python AS a\n${pieces.join(' ')}\n`, 'a/b': '' });
      }),
      { numRuns: 600 },
    );
  });

  it('of great size take time in proportion', () => {
    const started = performance.now();
    const many = Array.from(
      { length: 2_000 },
      (_, i) => `  s${i}: { build: ., image: "i${i}", container_name: c${i}, network_mode: "container:c${i}" }`,
    );
    readAll({ 'docker-compose.yml': `services:\n${many.join('\n')}\n`, Dockerfile: 'FROM i7\nCMD x\n' });
    readAll({
      'docker-compose.yml': '',
      Dockerfile: `FROM python\n${'COPY a /b\nRUN ln -s /b /c && cp /c /d\n'.repeat(5_000)}`,
      a: '',
    });
    readAll({ 'docker-compose.yml': `services:\n  a:\n    image: x\n    command: ${'"$A" '.repeat(50_000)}\n` });
    readAll({ 'docker-compose.yml': '', Dockerfile: `FROM python\nRUN ${'if a; then '.repeat(50_000)}\n` });
    readAll({ 'docker-compose.yml': '', Dockerfile: `FROM python\nCMD ${'a && '.repeat(50_000)}b\n` });
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
