import { describe, expect, test } from 'vitest';
import { constantOf, likelySetting } from '../../src/model/application.js';
import { entry } from '../support/python.js';

const wsgi = `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
`;
const files = { 'shop/wsgi.py': wsgi, 'shop/settings.py': 'DEBUG = False\n' };

async function debug(more: Readonly<Record<string, string>>, open = true): Promise<unknown> {
  return constantOf(likelySetting(await entry({ ...files, ...more }, 'shop.wsgi', { open }), 'DEBUG'));
}

describe('settings that only the code proposes', () => {
  test('count where nothing looks like others', async () => {
    expect(await debug({})).toBe(false);
    expect(await debug({ 'shop/urls.py': '', 'manage.py': '', 'shop/tests/settings.py': '' })).toBe(false);
  });

  test('are never taken for known', async () => {
    const { settings, settingsOpen } = await entry(files, 'shop.wsgi', { open: true });
    expect(settings.get('DEBUG')?.known).toBe(false);
    expect(settingsOpen).toContain('environment');
  });

  test.each(['shop/settings_production.py', 'shop/production.py', 'config/settings/base.py', 'shop/local_settings.py'])(
    'count for nothing beside %s',
    async path => expect(await debug({ [path]: '' })).toBeUndefined(),
  );

  test('count for nothing where they take in what cannot be read', async () => {
    expect(await debug({ 'shop/settings.py': 'DEBUG = False\nfrom elsewhere import *\n' })).toBeUndefined();
  });

  test('are known where every variable is', async () => {
    expect(await debug({ 'shop/settings_production.py': '' }, false)).toBe(false);
  });
});
