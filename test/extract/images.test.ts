import { describe, expect, it } from 'vitest';
import { tiedImage } from '../../src/extract/images/ties.js';
import { memoryReader } from '../support/memory.js';

const dockerfiles = {
  Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n',
  'Dockerfile.dev': 'FROM python:3.12-slim\nCMD ["flask", "run"]\n',
  'api/Dockerfile': 'FROM python:3.12-slim\nCMD ["uvicorn", "api:app"]\n',
};

async function tie(reference: string, files: Readonly<Record<string, string>>): Promise<string> {
  const reader = await memoryReader({ ...dockerfiles, ...files }, 'yaml', 'dockerfile');
  const found = tiedImage(reader, reference);
  return 'image' in found ? `${found.by.file} in ${found.by.context || '.'}` : (found.why ?? 'not built here');
}

const command = (line: string, file = 'Makefile') => ({ [file]: `image:\n\t${line}\n` });

describe('an image is tied to the Dockerfile that a command line names', () => {
  it.each([
    ['shop', 'docker build -t shop .', 'Dockerfile in .'],
    ['shop', 'docker build --tag=shop:latest .', 'Dockerfile in .'],
    ['registry.example/acme/shop:3', 'docker build -t registry.example/acme/shop:3 .', 'Dockerfile in .'],
    ['registry.example/acme/shop@sha256:00', 'docker build -t registry.example/acme/shop .', 'Dockerfile in .'],
    ['docker.io/acme/shop', 'docker build -t acme/shop .', 'Dockerfile in .'],
    ['shop', 'docker build --no-cache --platform linux/amd64 -t shop -f Dockerfile.dev .', 'Dockerfile.dev in .'],
    ['shop', 'docker buildx build --push -t other -t shop api', 'api/Dockerfile in api'],
    ['shop', 'cd api && docker build -t shop .', 'api/Dockerfile in api'],
    ['shop', 'podman build -t shop $(CURDIR)/api', 'api/Dockerfile in api'],
    ['shop', 'docker build \\\n\t  -t "shop" \\\n\t  -f api/Dockerfile .', 'api/Dockerfile in .'],
    // What stands in front is not known, the end is.
    ['registry.example/acme/shop:1', 'docker build -t $(REGISTRY)/shop:$(TAG) .', 'Dockerfile in .'],
    ['registry.example/acme/shop:1', 'docker build -t shop .', 'Dockerfile in .'],
  ])('%s by %s', async (reference, line, expected) => {
    expect(await tie(reference, command(line))).toBe(expected);
  });

  it('fills in what the file itself sets', async () => {
    const makefile =
      'NAME ?= acme/shop # ours\nTAG := $(shell date)\nIMAGE = registry.example/$(NAME)\nx:\n\tdocker build -t $(IMAGE):$(TAG) .\n';
    expect(await tie('registry.example/acme/shop:9', { Makefile: makefile })).toBe('Dockerfile in .');
    expect(
      await tie('registry.example/acme/shop:9', {
        'build.sh': '#!/bin/sh\nIMAGE=registry.example/acme/shop\ndocker build -t $IMAGE .\n',
      }),
    ).toBe('Dockerfile in .');
  });

  it('is relative to the folder of the file too', async () => {
    expect(await tie('shop', command('docker build -t shop .', 'api/Makefile'))).toBe(
      'the image shop is built from a Dockerfile that cannot be told',
    );
    expect(await tie('shop', command('docker build -t shop ../api', 'ops/Makefile'))).toBe('api/Dockerfile in api');
  });
});

describe('an image is not tied where that is not certain', () => {
  it.each([
    ['shop', {}, 'not built here'],
    ['acme/shop', command('docker build -t other/shop .'), 'not built here'],
    ['acme/shop', command('docker build -t $(IMAGE) .'), 'not built here'],
    ['python:3.12', command('docker build -t python .'), 'not built here'],
    [
      'shop',
      { Makefile: 'x:\n\tdocker build -t shop .\n\tdocker build -t shop -f Dockerfile.dev .\n' },
      'the image shop is built from several Dockerfiles or stages (Dockerfile, Dockerfile.dev)',
    ],
    [
      'shop',
      command('docker build -t shop $(FOLDER)'),
      'the image shop is built from a Dockerfile that cannot be told',
    ],
    [
      'shop',
      command('docker build -t shop - < Dockerfile'),
      'the image shop is built from a Dockerfile that cannot be told',
    ],
    ['shop', command('docker build -t shop missing'), 'the image shop is built from a Dockerfile that cannot be told'],
    [
      'shop',
      command('docker build -t shop https://example.org/shop.git'),
      'the image shop is built from a Dockerfile that cannot be told',
    ],
  ])('%s with %j', async (reference, files, expected) => {
    expect(await tie(reference, files as Record<string, string>)).toBe(expected);
  });

  it('keeps to the build of the same tag where several have the name', async () => {
    const makefile = 'x:\n\tdocker build -t shop:1 .\n\tdocker build -t shop:dev -f Dockerfile.dev .\n';
    expect(await tie('shop:dev', { Makefile: makefile })).toBe('Dockerfile.dev in .');
    expect(await tie('shop:2', { Makefile: makefile })).toBe(
      'the image shop:2 is built here under other tags (1, dev)',
    );
    expect(await tie('shop:2', command('docker build -t shop:latest .'))).toContain('other tags (latest)');
    expect(await tie('shop:2', command('docker build -t shop:$(TAG) .'))).toBe('Dockerfile in .');
  });
});

describe('an image is tied to the Dockerfile that a file of a tool states', () => {
  it('skaffold.yaml', async () => {
    const skaffold = (artifact: string) => ({
      'deploy/skaffold.yaml': `apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n    - image: shop\n${artifact}`,
    });
    expect(await tie('shop', skaffold('      context: ../api\n'))).toBe('api/Dockerfile in api');
    expect(await tie('shop', skaffold('      context: ..\n      docker:\n        dockerfile: Dockerfile.dev\n'))).toBe(
      'Dockerfile.dev in .',
    );
    expect(await tie('shop', skaffold('      context: ..\n      buildpacks:\n        builder: any\n'))).toContain(
      'cannot be told',
    );
  });

  it('a compose file', async () => {
    const compose = (service: string) => ({
      'docker-compose.yml': `services:\n  web:\n    image: \${REGISTRY}/shop:\${TAG:-dev}\n${service}`,
    });
    expect(await tie('registry.example/shop:1', compose('    build: ./api\n'))).toBe('api/Dockerfile in api');
    expect(
      await tie('registry.example/shop:1', compose('    build:\n      context: .\n      dockerfile: Dockerfile.dev\n')),
    ).toBe('Dockerfile.dev in .');
    expect(await tie('registry.example/shop:1', compose('    command: x\n'))).toBe('not built here');
  });

  const workflow = (step: string, before = '') => ({
    '.github/workflows/release.yml': `on: push\nenv:\n  IMAGE: registry.example/acme/shop\njobs:\n  image:\n    steps:\n${before}      - uses: docker/build-push-action@v6\n        with:\n${step}`,
  });

  it('the action that builds and pushes', async () => {
    const tags = `          tags: |\n            \${{ env.IMAGE }}:latest\n            \${{ env.IMAGE }}:\${{ github.sha }}\n`;
    expect(await tie('registry.example/acme/shop', workflow(tags))).toBe('Dockerfile in .');
    expect(await tie('registry.example/acme/shop', workflow(`          context: api\n${tags}`))).toBe(
      'api/Dockerfile in api',
    );
    expect(await tie('registry.example/acme/shop', workflow(`          file: Dockerfile.dev\n${tags}`))).toBe(
      'Dockerfile.dev in .',
    );
    expect(
      await tie('registry.example/acme/shop', workflow(`          context: \${{ matrix.folder }}\n${tags}`)),
    ).toContain('cannot be told');
  });

  it('names that another step works out', async () => {
    const meta = `      - id: meta\n        uses: docker/metadata-action@v5\n        with:\n          images: |\n            acme/shop\n`;
    const step = `          tags: \${{ steps.meta.outputs.tags }}\n`;
    expect(await tie('acme/shop:main', workflow(step, meta))).toBe('Dockerfile in .');
    expect(await tie('acme/shop:main', workflow(step))).toBe('not built here');
  });

  it('a build of Google Cloud, word by word', async () => {
    const cloud = `steps:\n  - name: gcr.example/cloud-builders/docker\n    args: [build, -t, 'gcr.example/$PROJECT_ID/shop', api]\n`;
    expect(await tie('gcr.example/acme/shop', { 'cloudbuild.yaml': cloud })).toBe('api/Dockerfile in api');
  });
});

it('takes the arguments that are given, and knows that others are not known', async () => {
  const files = {
    Dockerfile: 'FROM python:3.12-slim\nARG PORT=8000\nARG LEVEL=info\nENV PORT=$PORT LEVEL=$LEVEL\n',
    Makefile: 'x:\n\tdocker build --build-arg PORT=9000 --build-arg LEVEL -t shop .\n',
  };
  const found = tiedImage(await memoryReader(files, 'yaml', 'dockerfile'), 'shop');
  const environment = 'image' in found ? found.image.environment : new Map();
  expect(environment.get('PORT')).toMatchObject({ known: true, value: '9000' });
  expect(environment.get('LEVEL')).toMatchObject({ known: false });
});
