import { describe, expect, it } from 'vitest';
import { type BuildRequest, buildImage } from '../../src/extract/dockerfile/build.js';
import { type BuiltImage, stagePlace } from '../../src/extract/dockerfile/image.js';
import { listInside, locate } from '../../src/extract/place/files.js';
import type { Setting } from '../../src/model/setting.js';
import { memoryReader } from '../support/memory.js';

async function build(files: Record<string, string>, request: Partial<Omit<BuildRequest, 'file'>> = {}) {
  const reader = await memoryReader(files, 'dockerfile');
  const file = reader.file('Dockerfile');
  if (!file) throw new Error('no Dockerfile');
  const image = buildImage(reader, { file, context: '', ...request });
  if (!image) throw new Error('no image');
  const where = (inside: string) => {
    const found = locate(reader, stagePlace(image), inside);
    return found.kind === 'file' ? found.file.path : found.kind;
  };
  return { reader, image, where, list: (inside: string) => listInside(reader, stagePlace(image), inside) };
}

const known = <T>(setting: Setting<T> | undefined) => (setting?.known ? setting.value : undefined);
const words = (image: BuiltImage) => (image.cmd?.kind === 'exec' ? image.cmd.words.map(word => word.text) : undefined);

const project = {
  'app.py': '',
  'shop/wsgi.py': '',
  'conf/nginx.conf': '',
  'conf/site.conf': '',
  'requirements.txt': '',
};

describe('buildImage', () => {
  it('copies files and folders to where Docker puts them', async () => {
    const { where } = await build({
      ...project,
      Dockerfile: `FROM python:3.12-slim
WORKDIR /srv
WORKDIR app
COPY requirements.txt .
COPY app.py /opt/main.py
COPY conf/nginx.conf /opt/
COPY shop shop
COPY conf/*.conf /etc/things/
`,
    });
    expect(where('/srv/app/requirements.txt')).toBe('requirements.txt');
    expect(where('/opt/main.py')).toBe('app.py');
    expect(where('/opt/nginx.conf')).toBe('conf/nginx.conf');
    expect(where('/srv/app/shop/wsgi.py')).toBe('shop/wsgi.py');
    expect(where('/srv/app/app.py')).toBe('missing');
    expect(where('/etc/things/site.conf')).toBe('conf/site.conf');
  });

  it('takes an existing folder for a folder though no slash says so', async () => {
    const { where } = await build({
      ...project,
      Dockerfile: 'FROM nginx:1.27\nCOPY conf/site.conf /etc/nginx/conf.d\nRUN mkdir -p /data/x\nCOPY app.py /data/x\n',
    });
    expect(where('/etc/nginx/conf.d/site.conf')).toBe('conf/site.conf');
    expect(where('/etc/nginx/conf.d/default.conf')).toBe('image');
    expect(where('/data/x/app.py')).toBe('app.py');
  });

  it('fills ARG and ENV, and lets ENV win', async () => {
    const { image } = await build({
      Dockerfile: `ARG TAG=3.11
FROM python:$TAG
ARG HOME_DIR=/srv
ARG TAG
ENV APP=\${HOME_DIR}/shop PORT=\${PORT:-8000} NAME="\${TAG}-x" HOME_DIR=/other
WORKDIR \${APP}
USER \${WHO:-www}
ENV DIR=$HOME_DIR
`,
    });
    expect(known(image.base)).toBe('python:3.11');
    expect(known(image.workingDirectory)).toBe('/srv/shop');
    expect(known(image.environment.get('PORT'))).toBe('8000');
    expect(known(image.environment.get('NAME'))).toBe('3.11-x');
    expect(known(image.environment.get('DIR'))).toBe('/other');
    expect(known(image.user)).toBe('www');
    expect(image.environmentOpen).toBe(false);
  });

  it('takes build arguments from beside the build, and does not guess one without a default', async () => {
    const args = new Map([['P', { name: 'P', origin: 'config file', known: true, value: '9000' } as const]]);
    const { image } = await build({ Dockerfile: 'FROM python\nARG P=1\nARG Q\nENV A=$P B=$Q\n' }, { args });
    expect(known(image.environment.get('A'))).toBe('9000');
    expect(image.environment.get('B')).toMatchObject({ known: false, why: 'Q is given when the image is built' });
  });

  it('leaves variables of an unknown base image unknown', async () => {
    const { image } = await build({ Dockerfile: 'FROM company/base\nENV A=$X B=${X:-1}\n' });
    expect(image.environmentOpen).toBe(true);
    expect(image.environment.get('A')?.known).toBe(false);
    expect(image.workingDirectory.known).toBe(false);
  });

  it('follows COPY --from to the files of the earlier stage', async () => {
    const { where } = await build({
      ...project,
      Dockerfile: `FROM python:3 AS builder
WORKDIR /build
COPY . .
RUN pip wheel -r requirements.txt
FROM python:3-slim
COPY --from=builder /build/shop /app/shop
COPY --from=0 /build/app.py /app/
COPY --from=builder /build/dist /app/static
`,
    });
    expect(where('/app/shop/wsgi.py')).toBe('shop/wsgi.py');
    expect(where('/app/app.py')).toBe('app.py');
    expect(where('/app/static/x.css')).toBe('unknown');
    expect(where('/app/requirements.txt')).toBe('missing');
  });

  it('stops at the target, and starts from an earlier stage with its command', async () => {
    const files = {
      Dockerfile:
        'FROM python:3 AS base\nENV A=1\nCMD ["base"]\nFROM base AS dev\nCMD ["dev"]\nFROM base AS prod\nENTRYPOINT ["prod"]\n',
    };
    expect(words((await build(files, { target: 'DEV' })).image)).toEqual(['dev']);
    expect(words((await build(files, { target: 'base' })).image)).toEqual(['base']);
    const { image } = await build(files);
    expect(words(image)).toBeUndefined();
    expect(image.entrypoint).toMatchObject({ kind: 'exec' });
    expect(known(image.environment.get('A'))).toBe('1');
  });

  it('keeps a CMD that stands before ENTRYPOINT in the same stage', async () => {
    const { image } = await build({ Dockerfile: 'FROM python\nCMD ["gunicorn"]\nENTRYPOINT ["/start.sh"]\n' });
    expect(words(image)).toEqual(['gunicorn']);
  });

  it('joins the lines of a shell command without moving it', async () => {
    const text = 'FROM python\nCMD gunicorn \\\n  # workers\n  -w 2 app:app\n';
    const { image } = await build({ Dockerfile: text });
    expect(image.cmd?.kind).toBe('shell');
    if (image.cmd?.kind !== 'shell') return;
    expect(image.cmd.text.text).toHaveLength(text.length);
    expect(image.cmd.text.text.trim().split(/ +/)).toEqual(['gunicorn', '-w', '2', 'app:app']);
    expect(image.cmd.text.text.indexOf('-w')).toBe(text.indexOf('-w'));
  });

  it('honours .dockerignore of the context, and the one beside the Dockerfile first', async () => {
    const Dockerfile = 'FROM python\nCOPY . /app\n';
    const first = await build({ ...project, Dockerfile, '.dockerignore': 'conf\n!conf/site.conf\n' });
    expect(first.where('/app/conf/nginx.conf')).toBe('missing');
    expect(first.where('/app/conf/site.conf')).toBe('conf/site.conf');
    const second = await build({
      ...project,
      Dockerfile,
      '.dockerignore': 'conf\n',
      'Dockerfile.dockerignore': 'shop\n',
    });
    expect(second.where('/app/conf/nginx.conf')).toBe('conf/nginx.conf');
    expect(second.where('/app/shop/wsgi.py')).toBe('missing');
  });

  it('sees what build steps do to files', async () => {
    const { where, list, image } = await build({
      ...project,
      Dockerfile: `FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends nginx supervisor && rm -rf /var/lib/apt/lists/*
RUN rm -f /etc/nginx/sites-enabled/default && echo "daemon off;" >> /etc/nginx/nginx.conf
COPY conf/site.conf /etc/nginx/sites-available/
RUN ln -s /etc/nginx/sites-available/site.conf /etc/nginx/sites-enabled/
COPY . /app
WORKDIR /app
RUN sed -i 's/\\r$//' shop/wsgi.py && cp conf/nginx.conf /app/live.conf && sed -i "s/80/81/" conf/site.conf
RUN python manage.py collectstatic --noinput
`,
    });
    expect(image.packages).toEqual(['nginx']);
    expect(where('/etc/nginx/sites-enabled/site.conf')).toBe('conf/site.conf');
    expect(where('/etc/nginx/sites-enabled/default')).toBe('missing');
    expect(where('/etc/nginx/nginx.conf')).toBe('image');
    expect(list('/etc/nginx/sites-enabled')).toEqual({ names: ['site.conf'], complete: true });
    expect(where('/app/shop/wsgi.py')).toBe('shop/wsgi.py');
    expect(where('/app/live.conf')).toBe('conf/nginx.conf');
    expect(where('/app/conf/site.conf')).toBe('unknown');
    expect(where('/app/static/x')).toBe('unknown');
    expect(where('/app/gone.py')).toBe('missing');
  });

  it('trusts nothing about a folder in which an unknown program ran', async () => {
    const { where } = await build({
      ...project,
      Dockerfile: 'FROM python\nWORKDIR /app\nCOPY . .\nRUN ./generate.sh && make config\n',
    });
    expect(where('/app/app.py')).toBe('app.py');
    expect(where('/app/gunicorn.conf.py')).toBe('unknown');
  });

  it('follows envsubst in a build step, and calls conditional steps unknown', async () => {
    const { reader, image, where } = await build({
      ...project,
      Dockerfile: `FROM nginx
COPY conf /templates
RUN envsubst '$HOST' < /templates/site.conf > /etc/nginx/conf.d/site.conf
RUN if [ "$X" = 1 ]; then cp /templates/nginx.conf /etc/nginx/nginx.conf; fi
`,
    });
    expect(locate(reader, stagePlace(image), '/etc/nginx/conf.d/site.conf')).toMatchObject({
      kind: 'file',
      file: { path: 'conf/site.conf' },
      rendered: 'envsubst',
    });
    expect(where('/etc/nginx/nginx.conf')).toBe('unknown');
  });

  it('puts here-documents into the image unless Docker fills variables in', async () => {
    const Dockerfile = `FROM nginx
COPY <<'EOF' /etc/nginx/conf.d/a.conf
server { listen 80; set $x 1; }
EOF
COPY <<EOF /etc/nginx/conf.d/
server { set $x 1; }
EOF
`;
    const { reader, image, where } = await build({ Dockerfile });
    const found = locate(reader, stagePlace(image), '/etc/nginx/conf.d/a.conf');
    expect(found.kind === 'file' && found.file.text.trim()).toBe('server { listen 80; set $x 1; }');
    expect(found.kind === 'file' && found.file.text.indexOf('server')).toBe(Dockerfile.indexOf('server'));
    expect(where('/etc/nginx/conf.d/EOF')).toBe('unknown');
  });

  it('knows nothing of a context outside the repository, or of files fetched from elsewhere', async () => {
    const { where } = await build({ Dockerfile: 'FROM python\nCOPY . /app\n', ...project }, { context: undefined });
    expect(where('/app/app.py')).toBe('unknown');
    const other = await build({
      Dockerfile: 'FROM python\nADD https://x.example/a.tar /app/\nADD b.tar.gz /b\nCOPY $DIR /c\n',
    });
    expect(other.where('/app/a')).toBe('unknown');
    expect(other.where('/b/x')).toBe('unknown');
    expect(other.where('/c/x')).toBe('unknown');
  });

  it('collects the ports that EXPOSE and HEALTHCHECK claim', async () => {
    const { image } = await build({
      Dockerfile: `FROM python
ENV PORT=8001
EXPOSE 8000/tcp $PORT 53/udp
HEALTHCHECK CMD curl -f http://localhost:8002/health || exit 1
`,
    });
    expect(image.claims.map(claim => [claim.kind, known(claim.port)])).toEqual([
      ['expose', 8000],
      ['expose', 8001],
      ['healthcheck', 8002],
    ]);
  });

  it('takes the official nginx image with its command and stop signal', async () => {
    const { image } = await build({ Dockerfile: 'FROM docker.io/library/nginx:1.27-alpine\n' });
    expect(words(image)).toEqual(['nginx', '-g', 'daemon off;']);
    expect(known(image.stopSignal)).toBe('SIGQUIT');
  });

  it('does not grow without end on doubling variables', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `ENV A${i + 1}=$A${i}$A${i}`).join('\n');
    const { image } = await build({ Dockerfile: `FROM python\nENV A0=xxxxxxxxxx\n${lines}\n` });
    expect(image.environment.get('A60')?.known).toBe(false);
  });
});
