/**
 * What well-known base images bring, as far as a question here depends on it. Sources: the Dockerfiles of the official
 * images (nginx/docker-nginx `stable/*`, docker-library/python), and Debian's nginx-common package.
 */
export interface ImageFacts {
  /**
   * `empty`: the system alone; nothing of it lies in folders such as `/app`, `/code`, `/srv`. `nginx`: the official nginx
   * image. `other`: known by name, with an application of its own.
   */
  readonly family: 'empty' | 'nginx';
  /** ENTRYPOINT and CMD that the image states. */
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly stopSignal?: string;
}

const empty = (cmd: readonly string[]): ImageFacts => ({ family: 'empty', entrypoint: [], cmd });

const nginx: ImageFacts = {
  family: 'nginx',
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  stopSignal: 'SIGQUIT',
};

const known: Readonly<Record<string, ImageFacts>> = {
  python: empty(['python3']),
  pypy: empty(['pypy3']),
  debian: empty(['bash']),
  ubuntu: empty(['/bin/bash']),
  alpine: empty(['/bin/sh']),
  busybox: empty(['sh']),
  scratch: empty([]),
  'buildpack-deps': empty(['bash']),
  fedora: empty(['/bin/bash']),
  centos: empty(['/bin/bash']),
  rockylinux: empty(['/bin/bash']),
  almalinux: empty(['/bin/bash']),
  amazonlinux: empty(['/bin/bash']),
  node: { family: 'empty', entrypoint: ['docker-entrypoint.sh'], cmd: ['node'] },
  nginx,
};

/** Repository of an image reference without registry `docker.io`, `library/`, tag and digest: `python`, `tiangolo/uwsgi-nginx`. */
export function imageName(reference: string): string {
  let name = reference.trim();
  const at = name.indexOf('@');
  if (at >= 0) name = name.slice(0, at);
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) name = name.slice(0, colon);
  for (const prefix of [
    'docker.io/',
    'registry-1.docker.io/',
    'index.docker.io/',
    'public.ecr.aws/docker/',
    'library/',
  ]) {
    if (name.startsWith(prefix)) name = name.slice(prefix.length);
  }
  return name;
}

/** Tag of an image reference; `latest` where none is written, empty for a digest alone. */
export function imageTag(reference: string): string {
  const at = reference.indexOf('@');
  const name = at >= 0 ? reference.slice(0, at) : reference;
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1);
  return at >= 0 ? '' : 'latest';
}

/** Facts of a well-known image, by reference (`python:3.12-slim`); undefined for any other. */
export function imageFacts(reference: string): ImageFacts | undefined {
  const name = imageName(reference);
  if (name === 'python' && imageTag(reference).includes('onbuild')) return undefined;
  if (name === 'nginxinc/nginx-unprivileged') return nginx;
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

/** True for an image that is known to start nothing by itself and to bring no application. */
export function isPlainImage(reference: string): boolean {
  return imageFacts(reference)?.family === 'empty';
}

/** True for an image that starts nginx, and nothing else, by itself. */
export function isNginxImage(reference: string): boolean {
  return imageFacts(reference)?.family === 'nginx';
}

/** Files of the official nginx image below `/etc/nginx` (nginx/docker-nginx, package nginx of nginx.org). */
const nginxImageFiles: readonly string[] = [
  '/etc/nginx/conf.d/default.conf',
  '/etc/nginx/fastcgi_params',
  '/etc/nginx/mime.types',
  '/etc/nginx/nginx.conf',
  '/etc/nginx/scgi_params',
  '/etc/nginx/uwsgi_params',
  '/usr/share/nginx/html/50x.html',
  '/usr/share/nginx/html/index.html',
];

/**
 * The nginx that each release of a distribution ships (packages.debian.org, packages.ubuntu.com, pkgs.alpinelinux.org), as exactly as a
 * release keeps to it.
 */
const packagedVersions: Readonly<Record<string, string>> = {
  stretch: '1.10.3',
  buster: '1.14.2',
  bullseye: '1.18.0',
  bookworm: '1.22.1',
  trixie: '1.26.3',
  xenial: '1.10.3',
  bionic: '1.14.0',
  focal: '1.18.0',
  jammy: '1.18.0',
  noble: '1.24.0',
  'alpine3.12': '1.18',
  'alpine3.13': '1.18',
  'alpine3.14': '1.20',
  'alpine3.15': '1.20',
  'alpine3.16': '1.22',
  'alpine3.17': '1.22',
  'alpine3.18': '1.24',
  'alpine3.19': '1.24',
  'alpine3.20': '1.26',
  'alpine3.21': '1.26',
  'alpine3.22': '1.28',
};

/** Numbers by which images name the releases of `packagedVersions`. */
const releases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: { '9': 'stretch', '10': 'buster', '11': 'bullseye', '12': 'bookworm', '13': 'trixie' },
  ubuntu: { '16.04': 'xenial', '18.04': 'bionic', '20.04': 'focal', '22.04': 'jammy', '24.04': 'noble' },
};

/**
 * The version of the distribution's nginx package in an image (`debian`, `12-slim`; `python`, `3.11-alpine3.18`); undefined for a tag
 * that does not name the release.
 */
export function packagedNginx(name: string, tag: string): string | undefined {
  const release = releaseOf(name, tag);
  return release && Object.hasOwn(packagedVersions, release) ? packagedVersions[release] : undefined;
}

/** The application servers that the releases ship (packages.debian.org, packages.ubuntu.com). */
const packagedServers: Readonly<Record<'gunicorn' | 'uwsgi', Readonly<Record<string, string>>>> = {
  gunicorn: {
    buster: '19.9.0',
    bullseye: '20.1.0',
    bookworm: '20.1.0',
    trixie: '23.0.0',
    bionic: '19.7.1',
    focal: '20.0.4',
    jammy: '20.1.0',
    noble: '20.1.0',
  },
  uwsgi: {
    buster: '2.0.18',
    bullseye: '2.0.19',
    bookworm: '2.0.21',
    trixie: '2.0.28',
    bionic: '2.0.15',
    focal: '2.0.18',
    jammy: '2.0.20',
    noble: '2.0.24',
  },
};

/** As `packagedNginx`, of an application server. */
export function packagedServer(server: 'gunicorn' | 'uwsgi', name: string, tag: string): string | undefined {
  const release = releaseOf(name, tag);
  const versions = packagedServers[server];
  return release && Object.hasOwn(versions, release) ? versions[release] : undefined;
}

function releaseOf(name: string, tag: string): string | undefined {
  const numbers = releases[name];
  return name === 'alpine'
    ? `alpine${/^3\.\d+/.exec(tag)?.[0] ?? ''}`
    : (releaseIn(tag) ??
        (numbers && (numbers[/^\d+\.\d+/.exec(tag)?.[0] ?? ''] ?? numbers[/^\d+/.exec(tag)?.[0] ?? ''])));
}

/** The part of a tag that is the name of a release. */
function releaseIn(tag: string): string | undefined {
  return tag.split('-').find(part => Object.hasOwn(packagedVersions, part));
}

/** Files of Debian's and Ubuntu's package nginx-common; also brought by their nginx package in an image. */
export const debianNginxFiles: readonly string[] = [
  '/etc/nginx/fastcgi.conf',
  '/etc/nginx/fastcgi_params',
  '/etc/nginx/koi-utf',
  '/etc/nginx/koi-win',
  '/etc/nginx/mime.types',
  '/etc/nginx/nginx.conf',
  '/etc/nginx/proxy_params',
  '/etc/nginx/scgi_params',
  '/etc/nginx/sites-available/default',
  '/etc/nginx/sites-enabled/default',
  '/etc/nginx/snippets/fastcgi-php.conf',
  '/etc/nginx/snippets/snakeoil.conf',
  '/etc/nginx/uwsgi_params',
  '/etc/nginx/win-utf',
];

/** Files of Alpine's package nginx (aports `main/nginx`; sites are in `http.d` since Alpine 3.13). */
export const alpineNginxFiles: readonly string[] = [
  '/etc/nginx/fastcgi.conf',
  '/etc/nginx/fastcgi_params',
  '/etc/nginx/http.d/default.conf',
  '/etc/nginx/mime.types',
  '/etc/nginx/nginx.conf',
  '/etc/nginx/scgi_params',
  '/etc/nginx/uwsgi_params',
];

/** Files that an image itself is known to bring; empty for an image that is not known. */
export function stockFiles(reference: string | undefined): readonly string[] {
  return reference !== undefined && imageFacts(reference)?.family === 'nginx' ? nginxImageFiles : [];
}
