import { describe, expect, test } from 'vitest';
import { compareFolders } from '../../src/model/folders.js';
import type { Mount, Place } from '../../src/model/place.js';

function place(id: string, mounts: readonly Mount[], more: Partial<Place> = {}): Place {
  return {
    id,
    kind: 'service',
    title: id,
    names: [],
    networks: [],
    ports: [],
    environment: new Map(),
    environmentOpen: false,
    mounts,
    workingDirectory: { name: 'working directory', origin: 'default', known: true, value: '/' },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
    ...more,
  };
}

const volume = (inside: string, name: string): Mount => ({ kind: 'volume', inside, volume: name });
const image = { name: 'image', origin: 'config file', known: true, value: 'nginx:1.27' } as const;

describe('folders of two containers', () => {
  const nginx = place('nginx', [volume('/srv/static', 'static')], { image });

  test('are the same where one volume is mounted at both', () => {
    const web = place('web', [volume('/app/static', 'static')]);
    expect(compareFolders(web, '/app/static/', nginx, '/srv/static')).toBe('same');
    expect(compareFolders(web, '/app/static/css', nginx, '/srv/static')).toBe('another');
  });

  test('cannot be told where files may be copied into the volume', () => {
    const web = place('web', [{ kind: 'copy', inside: '/app', repo: '' }, volume('/shared', 'static')]);
    expect(compareFolders(web, '/app/collected', nginx, '/srv/static')).toBeUndefined();
  });

  test('are not there where the plain image has nothing at the path', () => {
    const web = place('web', [volume('/app/static', 'static')]);
    expect(compareFolders(web, '/app/static', nginx, '/app/static')).toBe('nothing there');
    expect(compareFolders(web, '/app/static', nginx, '/usr/share/nginx/html/static')).toBeUndefined();
    expect(compareFolders(web, '/app/static', place('nginx', []), '/app/static')).toBeUndefined();
  });
});

test('on one machine the paths are compared', () => {
  const host = place('host', [], { kind: 'host' });
  expect(compareFolders(host, '/srv/shop/static/', host, '/srv/shop/static')).toBe('same');
  expect(compareFolders(host, '/srv/shop/collected', host, '/srv/shop/static')).toBe('another');
  expect(compareFolders(host, '/(repository)/static', host, '/srv/shop/static')).toBeUndefined();
});
