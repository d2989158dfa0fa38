import { describe, expect, it } from 'vitest';
import { blockContent } from '../../src/extract/place/embedded.js';
import { insideOf, listInside, locate } from '../../src/extract/place/files.js';
import {
  dockerIgnores,
  dockerignorePatterns,
  gitIgnores,
  gitRules,
  globMatches,
} from '../../src/extract/place/patterns.js';
import type { Mount, Place } from '../../src/model/place.js';
import { yamlGet } from '../../src/syntax/yaml/tree.js';
import { memoryReader } from '../support/memory.js';

function place(mounts: readonly Mount[], more: Partial<Place> = {}): Place {
  return {
    id: 'p',
    kind: 'service',
    title: 'service p',
    names: [],
    networks: [],
    ports: [],
    environment: new Map(),
    environmentOpen: false,
    mounts,
    workingDirectory: { name: 'WORKDIR', origin: 'default', known: true, value: '/' },
    image: { name: 'image', origin: 'image', known: true, value: 'python:3.12-slim' },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
    ...more,
  };
}

const nginxImage = { image: { name: 'image', origin: 'image', known: true, value: 'nginx:1.27-alpine' } } as const;

const files = {
  'app.py': 'app = 1\n',
  'shop/wsgi.py': 'application = 1\n',
  'deploy/nginx.conf': 'events {}\n',
  'deploy/site.conf': 'server {}\n',
  '.gitignore': 'local.py\n/build/\n*.log\n',
};

describe('locate', () => {
  it('finds a copied file at its place in the image', async () => {
    const reader = await memoryReader(files);
    const found = locate(reader, place([{ kind: 'copy', inside: '/app', repo: '' }]), '/app/shop/../shop/wsgi.py');
    expect(found).toMatchObject({ kind: 'file', file: { path: 'shop/wsgi.py' } });
  });

  it('lets a bind mount hide what was copied there, also files that only the image has', async () => {
    const reader = await memoryReader(files);
    const web = place([
      { kind: 'copy', inside: '/app', repo: '' },
      { kind: 'bind', inside: '/app', repo: 'shop' },
    ]);
    expect(locate(reader, web, '/app/wsgi.py').kind).toBe('file');
    expect(locate(reader, web, '/app/app.py').kind).toBe('missing');
  });

  it('merges copies into one folder', async () => {
    const reader = await memoryReader(files);
    const web = place([
      { kind: 'copy', inside: '/app', repo: 'shop' },
      { kind: 'copy', inside: '/app', repo: 'deploy' },
    ]);
    expect(locate(reader, web, '/app/wsgi.py').kind).toBe('file');
    expect(locate(reader, web, '/app/nginx.conf').kind).toBe('file');
    expect(locate(reader, web, '/app/none.py').kind).toBe('missing');
  });

  it('says missing only where nothing else can have put a file', async () => {
    const reader = await memoryReader(files);
    const copy: Mount = { kind: 'copy', inside: '/app/app.py', repo: 'app.py' };
    expect(locate(reader, place([copy]), '/app/wsgi.py').kind).toBe('missing');
    expect(locate(reader, place([copy]), '/etc/app.conf').kind).toBe('unknown');
    expect(locate(reader, place([copy]), '/other/wsgi.py').kind).toBe('unknown');
    expect(locate(reader, place([copy], { opaque: true }), '/app/wsgi.py').kind).toBe('unknown');
    const base = { name: 'image', origin: 'image', known: true, value: 'company/base:3' } as const;
    expect(locate(reader, place([copy], { image: base }), '/app/wsgi.py').kind).toBe('unknown');
  });

  it('does not call a file missing that .gitignore expects, or that a build step may write', async () => {
    const reader = await memoryReader(files);
    const copy: Mount = { kind: 'copy', inside: '/app', repo: '' };
    expect(locate(reader, place([copy]), '/app/local.py').kind).toBe('unknown');
    expect(locate(reader, place([copy]), '/app/build/x/y.py').kind).toBe('unknown');
    expect(locate(reader, place([copy]), '/app/shop/build/y.py').kind).toBe('missing');
    const run: Mount = { kind: 'run', inside: '/app/static', effect: 'adds' };
    expect(locate(reader, place([copy, run]), '/app/static/x.css').kind).toBe('unknown');
    expect(locate(reader, place([copy, run]), '/app/x.css').kind).toBe('missing');
  });

  it('honours .dockerignore', async () => {
    const reader = await memoryReader(files);
    const copy: Mount = { kind: 'copy', inside: '/app', repo: '', excludes: ['shop', '!shop/wsgi.py', '*.py'] };
    expect(locate(reader, place([copy]), '/app/app.py').kind).toBe('missing');
    expect(locate(reader, place([copy]), '/app/shop/wsgi.py').kind).toBe('file');
    expect(locate(reader, place([copy]), '/app/deploy/nginx.conf').kind).toBe('file');
  });

  it('follows links, and knows what a command removed or rewrote', async () => {
    const reader = await memoryReader(files);
    const web = place([
      { kind: 'copy', inside: '/etc/nginx/sites-available/site.conf', repo: 'deploy/site.conf' },
      {
        kind: 'run',
        inside: '/etc/nginx/sites-enabled/site.conf',
        effect: 'link',
        target: '/etc/nginx/sites-available/site.conf',
      },
      { kind: 'run', inside: '/etc/nginx/sites-enabled/default', effect: 'removes' },
      { kind: 'run', inside: '/etc/nginx/nginx.conf', effect: 'replaces' },
    ]);
    expect(locate(reader, web, '/etc/nginx/sites-enabled/site.conf')).toMatchObject({
      file: { path: 'deploy/site.conf' },
    });
    expect(locate(reader, web, '/etc/nginx/sites-enabled/default').kind).toBe('missing');
    expect(locate(reader, web, '/etc/nginx/nginx.conf').kind).toBe('unknown');
  });

  it('does not hang on links in a circle', async () => {
    const reader = await memoryReader(files);
    const web = place([
      { kind: 'run', inside: '/a', effect: 'link', target: '/b' },
      { kind: 'run', inside: '/b', effect: 'link', target: '/a' },
    ]);
    expect(locate(reader, web, '/a/x').kind).toBe('unknown');
  });

  it('knows the stock files of the nginx image until something covers them', async () => {
    const reader = await memoryReader(files);
    expect(locate(reader, place([], nginxImage), '/etc/nginx/mime.types').kind).toBe('image');
    expect(locate(reader, place([], nginxImage), '/etc/nginx/proxy_params').kind).toBe('unknown');
    const covered = place([{ kind: 'bind', inside: '/etc/nginx/conf.d', repo: 'deploy' }], nginxImage);
    expect(locate(reader, covered, '/etc/nginx/conf.d/default.conf').kind).toBe('missing');
    expect(locate(reader, covered, '/etc/nginx/conf.d/site.conf').kind).toBe('file');
  });

  it('does not look into volumes or into folders outside the repository', async () => {
    const reader = await memoryReader(files);
    expect(locate(reader, place([{ kind: 'volume', inside: '/app/static', volume: 's' }]), '/app/static/a').kind).toBe(
      'unknown',
    );
    expect(locate(reader, place([{ kind: 'bind', inside: '/etc/letsencrypt' }]), '/etc/letsencrypt/a').kind).toBe(
      'unknown',
    );
    const absent: Mount = { kind: 'bind', inside: '/data', repo: 'data' };
    expect(locate(reader, place([absent]), '/data/a').kind).toBe('unknown');
  });

  it('judges a host path below a certain assumption only', async () => {
    const reader = await memoryReader(files);
    const sure: Mount = { kind: 'assumed', inside: '/srv/shop', repo: '' };
    const host = (mount: Mount) => place([mount], { kind: 'host', opaque: false });
    expect(locate(reader, host(sure), '/srv/shop/app.py').kind).toBe('file');
    expect(locate(reader, host(sure), '/srv/shop/gone.py').kind).toBe('missing');
    expect(locate(reader, host({ ...sure, uncertain: true }), '/srv/shop/gone.py').kind).toBe('unknown');
    expect(locate(reader, host(sure), '/srv/other.py').kind).toBe('unknown');
    expect(locate(reader, host(sure), '/etc/nginx/proxy_params').kind).toBe('image');
  });
});

describe('listInside', () => {
  it('lists what copies, links and the image put there', async () => {
    const reader = await memoryReader(files);
    const web = place([{ kind: 'copy', inside: '/etc/nginx/conf.d/site.conf', repo: 'deploy/site.conf' }], nginxImage);
    expect(listInside(reader, web, '/etc/nginx/conf.d')).toEqual({
      names: ['default.conf', 'site.conf'],
      complete: true,
    });
  });

  it('drops what was removed', async () => {
    const reader = await memoryReader(files);
    const web = place(
      [
        { kind: 'run', inside: '/etc/nginx/conf.d/default.conf', effect: 'removes' },
        { kind: 'copy', inside: '/etc/nginx/conf.d', repo: 'deploy' },
      ],
      nginxImage,
    );
    expect(listInside(reader, web, '/etc/nginx/conf.d/')).toEqual({
      names: ['nginx.conf', 'site.conf'],
      complete: true,
    });
  });

  it('is complete under a bind mount and not in a volume', async () => {
    const reader = await memoryReader(files);
    expect(listInside(reader, place([{ kind: 'bind', inside: '/c', repo: 'deploy' }]), '/c')).toEqual({
      names: ['nginx.conf', 'site.conf'],
      complete: true,
    });
    expect(listInside(reader, place([{ kind: 'volume', inside: '/c', volume: 'v' }]), '/c')).toEqual({
      names: [],
      complete: false,
    });
  });
});

describe('insideOf', () => {
  it('gives every path at which a file is seen, and none that is hidden', () => {
    const web = place([
      { kind: 'copy', inside: '/app', repo: '' },
      { kind: 'copy', inside: '/etc/nginx/sites-available/site.conf', repo: 'deploy/site.conf' },
      {
        kind: 'run',
        inside: '/etc/nginx/sites-enabled/s',
        effect: 'link',
        target: '/etc/nginx/sites-available/site.conf',
      },
      { kind: 'bind', inside: '/app/shop', repo: 'deploy' },
    ]);
    expect(insideOf(web, 'deploy/site.conf')).toEqual([
      '/app/deploy/site.conf',
      '/etc/nginx/sites-available/site.conf',
      '/etc/nginx/sites-enabled/s',
      '/app/shop/site.conf',
    ]);
    expect(insideOf(web, 'shop/wsgi.py')).toEqual([]);
    expect(insideOf(web, 'app.py')).toEqual(['/app/app.py']);
  });
});

describe('blockContent', () => {
  async function embedded(text: string) {
    const reader = await memoryReader({ 'a.yaml': text }, 'yaml');
    const file = reader.file('a.yaml');
    const [root] = (file && reader.yaml(file)?.documents) ?? [];
    const node = yamlGet(root, 'key');
    return node?.kind === 'scalar' ? blockContent(node)?.text : undefined;
  }

  it('takes the indentation away and keeps every offset', async () => {
    const text = 'key: |\r\n    if x:\r\n        y = 1\r\n\r\n    z = 2\r\nother: 3\r\n';
    const found = (await embedded(text)) ?? '';
    expect(found).toHaveLength(text.length);
    expect(
      found
        .split(/\r?\n/)
        .map(line => line.trimEnd())
        .filter(line => line !== ''),
    ).toEqual(['if x:', '    y = 1', 'z = 2']);
    for (const word of ['if x', 'y = 1', 'z = 2']) expect(found.indexOf(word)).toBe(text.indexOf(word));
    expect(found.includes('other')).toBe(false);
  });

  it('leaves a line end directly behind a backslash', async () => {
    expect(await embedded('key: |\n  a \\\n  b\n')).toContain('a \\\n');
  });

  it('reads a text on one line, and no folded one', async () => {
    expect((await embedded('key: "events {}"\n'))?.trim()).toBe('events {}');
    expect(await embedded('key: >\n  a\n  b\n')).toBeUndefined();
  });
});

describe('patterns', () => {
  it('matches globs as Docker and git do', () => {
    expect(globMatches('*.py', 'a.py')).toBe(true);
    expect(globMatches('*.py', 'a/b.py')).toBe(false);
    expect(globMatches('**/*.py', 'a/b.py')).toBe(true);
    expect(globMatches('**/*.py', 'b.py')).toBe(true);
    expect(globMatches('a/**/b', 'a/b')).toBe(true);
    expect(globMatches('a/**/b', 'a/x/y/b')).toBe(true);
    expect(globMatches('a/**/b', 'ab')).toBe(false);
    expect(globMatches('a/**', 'a/x/y')).toBe(true);
    expect(globMatches('[a-c]?.txt', 'b1.txt')).toBe(true);
    expect(globMatches('[^a-c]?.txt', 'b1.txt')).toBe(false);
    expect(globMatches('a\\*b', 'a*b')).toBe(true);
    expect(globMatches('[', '[')).toBe(true);
  });

  it('reads .dockerignore in order, with exceptions and folders', () => {
    const patterns = dockerignorePatterns('\uFEFF# x\n*\n!src/\n! app.py\n./src/secret/\n\n');
    expect(patterns).toEqual(['*', '!src', '!app.py', 'src/secret']);
    expect(dockerIgnores(patterns, 'README')).toBe(true);
    expect(dockerIgnores(patterns, 'src/a/b.py')).toBe(false);
    expect(dockerIgnores(patterns, 'src/secret/key')).toBe(true);
    expect(dockerIgnores(patterns, 'app.py')).toBe(false);
  });

  it('reads .gitignore at any depth unless a slash anchors it', () => {
    expect(gitIgnores(gitRules('*.log'), 'a/b.log')).toBe(true);
    expect(gitIgnores(gitRules('/x'), 'a/x')).toBe(false);
    expect(gitIgnores(gitRules('doc/x'), 'doc/x/y')).toBe(true);
    expect(gitIgnores(gitRules('*\n!a.py'), 'a.py')).toBe(false);
  });

  it('takes no time on hostile patterns', () => {
    const start = performance.now();
    globMatches('*a'.repeat(300), 'a'.repeat(2000));
    globMatches('**/'.repeat(2000), 'a/'.repeat(500));
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
