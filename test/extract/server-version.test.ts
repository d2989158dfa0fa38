import { describe, expect, it } from 'vitest';
import { createReader } from '../../src/extract/reader.js';
import { pinnedVersion } from '../../src/extract/servers/version.js';
import { memoryHost } from '../../src/host/memory.js';
import { spanText } from '../../src/text/source.js';

function pinned(files: Readonly<Record<string, string>>): readonly (string | undefined)[] {
  const found = pinnedVersion(createReader(memoryHost(files), {}), 'gunicorn');
  return found?.known ? [found.value, found.span && spanText(found.span)] : [];
}

describe('the version that a repository pins', () => {
  it.each([
    ['requirements.txt', 'flask\ngunicorn==20.1.0\n'],
    ['requirements/prod.txt', 'gunicorn[gevent] == 20.1.0  # server\r\n'],
    ['poetry.lock', '[[package]]\nname = "gunicorn"\nversion = "20.1.0"\n'],
    ['uv.lock', '[[package]]\r\nname = "gunicorn"\r\nversion = "20.1.0"\r\n'],
    ['Pipfile.lock', '{"default": {"gunicorn": {"hashes": ["sha256:1"], "index": "pypi", "version": "==20.1.0"}}}'],
    ['Pipfile', '[packages]\ngunicorn = "==20.1.0"\n'],
    ['pyproject.toml', '[tool.poetry.dependencies]\ngunicorn = {version = "20.1.0", extras = ["gevent"]}\n'],
    ['pyproject.toml', '[project]\ndependencies = ["gunicorn==20.1.0"]\n'],
    ['Dockerfile', 'FROM python:3.11\nRUN pip install flask gunicorn==20.1.0\n'],
    ['environment.yml', 'dependencies:\n  - gunicorn=20.1.0\n'],
  ])('is read from %s', (path, text) => {
    expect(pinned({ [path]: text })).toEqual(['20.1.0', '20.1.0']);
  });

  it.each([
    ['a range', 'gunicorn>=20.1.0,<21\n'],
    ['a comment', '# gunicorn==20.1.0\n'],
    ['another package', 'unicorn-gunicorn==20.1.0\ngunicorn-logging==1.0.0\n'],
    ['a pattern', 'gunicorn==20.*\n'],
    ['no version', 'gunicorn\n'],
  ])('is not taken from %s', (_what, text) => {
    expect(pinned({ 'requirements.txt': text })).toEqual([]);
  });

  it('is not known where two files say two', () => {
    expect(pinned({ 'requirements.txt': 'gunicorn==20.1.0\n', 'old/requirements.txt': 'gunicorn==19.9.0\n' })).toEqual(
      [],
    );
  });
});
