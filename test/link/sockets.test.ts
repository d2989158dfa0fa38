import { describe, expect, it } from 'vitest';
import { reaches, socketKey } from '../../src/link/sockets.js';
import type { Address } from '../../src/model/endpoint.js';
import type { Mount, Place } from '../../src/model/place.js';

function place(id: string, mounts: readonly Mount[], kind: Place['kind'] = 'service'): Place {
  return {
    id,
    kind,
    title: id,
    names: [],
    networks: ['default'],
    ports: [],
    environment: new Map(),
    environmentOpen: false,
    mounts,
    workingDirectory: { name: 'WORKDIR', origin: 'default', known: true, value: '/' },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}

const tcp = (host: string, port: number): Address => ({ kind: 'tcp', host, port });

describe('reaches: does a connection arrive at what a server binds?', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true, 'yes'],
    ['localhost', '127.0.0.1', true, 'yes'],
    ['127.0.0.1', '0.0.0.0', true, 'yes'],
    ['web', '0.0.0.0', false, 'yes'],
    ['web', '127.0.0.1', false, 'loopback'],
    ['10.0.0.5', '127.0.0.1', true, 'loopback'],
    ['127.0.0.1', '::1', true, 'family'],
    ['::1', '127.0.0.1', true, 'family'],
    ['localhost', '::1', true, 'yes'],
    ['::1', 'localhost', true, 'yes'],
    ['::1', '::1', true, 'yes'],
    ['0.0.0.0', '127.0.0.1', true, 'yes'],
    ['0.0.0.0', '127.0.0.1', false, 'loopback'],
    ['::1', '0.0.0.0', true, 'family'],
    ['127.0.0.1', '::', true, 'yes'],
    ['127.0.0.1', '192.168.1.7', true, 'interface'],
    ['10.0.0.5', '10.0.0.6', false, 'interface'],
    ['10.0.0.5', '10.0.0.5', true, 'yes'],
  ] as const)('%s dialled, %s bound, same namespace %s: %s', (dialled, bound, same, expected) => {
    expect(reaches(tcp(dialled, 8000), tcp(bound, 8000), same)).toBe(expected);
  });

  it('never matches another port or a socket file', () => {
    expect(reaches(tcp('127.0.0.1', 8000), tcp('127.0.0.1', 8001), true)).toBe('port');
    expect(reaches(tcp('127.0.0.1', 8000), { kind: 'unix', path: '/run/app.sock' }, true)).toBe('port');
  });
});

describe('socketKey: one name for a socket that two places call differently', () => {
  const volume = (inside: string): Mount => ({ kind: 'volume', inside, volume: 'sockets' });

  it('is the same through a shared volume, whatever the paths are', () => {
    const web = place('web', [volume('/run/app')]);
    const nginx = place('nginx', [volume('/sockets')]);
    expect(socketKey(web, '/run/app/app.sock')).toBe(socketKey(nginx, '/sockets/app.sock'));
  });

  it('differs between places that share nothing', () => {
    expect(socketKey(place('web', []), '/run/app.sock')).not.toBe(socketKey(place('nginx', []), '/run/app.sock'));
  });

  it('is, of an abstract socket, that of the network, and no file', () => {
    const [web, nginx] = [place('web', [volume('/run')]), place('nginx', [volume('/run')])];
    const beside = { ...place('front', []), networkMode: 'web' };
    expect(socketKey(web, '@shop')).not.toBe(socketKey(nginx, '@shop'));
    expect(socketKey(web, '@shop')).toBe(socketKey(beside, '@shop'));
    expect(socketKey(web, '@shop')).not.toBe(socketKey(web, '/shop'));
  });

  it('is the same for all that runs on the host, and for a host path that is the repository', () => {
    const assumed = place('host:', [{ kind: 'assumed', inside: '/srv/shop', repo: '' }], 'host');
    const bound = place('web', [{ kind: 'bind', inside: '/run/shop', repo: 'run' }]);
    expect(socketKey(assumed, '/srv/shop/run/app.sock')).toBe(socketKey(bound, '/run/shop/app.sock'));
    expect(socketKey(assumed, '/run//shop.sock')).toBe(socketKey(place('host:deploy', [], 'host'), '/run/shop.sock'));
  });

  it('does not take a folder that an image copies for a shared one', () => {
    const a = place('a', [{ kind: 'copy', inside: '/app', repo: '' }]);
    const b = place('b', [{ kind: 'copy', inside: '/app', repo: '' }]);
    expect(socketKey(a, '/app/app.sock')).not.toBe(socketKey(b, '/app/app.sock'));
  });

  it('takes the innermost mount for what it is, and looks past those that only bring files', () => {
    const over: Mount = { kind: 'copy', inside: '/run/shop', repo: 'run' };
    const shared = volume('/run');
    expect(socketKey(place('web', [shared, over]), '/run/shop/app.sock')).toBe('place:web:/run/shop/app.sock');
    expect(socketKey(place('web', [shared, over]), '/run/app.sock')).toBe('volume:sockets/app.sock');
    const written: Mount = { kind: 'config', inside: '/run/shop' };
    expect(socketKey(place('web', [shared, written]), '/run/shop/app.sock')).toBe('volume:sockets/shop/app.sock');
  });
});
