import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** What the script prints; its exit status where that is not 0. */
function seen(...args: readonly string[]): string {
  const run = spawnSync(process.execPath, [join(REPOSITORY, 'scripts/seen.mjs'), ...args], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout : `exit ${run.status}: ${run.stdout}`;
}

it('every rule page tells what is recorded now', () => {
  expect(seen('--check')).toBe('');
});

describe('in a repository with one stack', () => {
  let root = '';
  const page = () => join(root, 'docs/rules/upstream/address-mismatch.md');
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'gwlint-seen-'));
    const stack = 'fixtures/stacks/port-mismatch-direct';
    mkdirSync(join(root, 'fixtures/stacks'), { recursive: true });
    cpSync(join(REPOSITORY, stack), join(root, stack), { recursive: true });
    cpSync(join(REPOSITORY, 'fixtures/stacks/versions.json'), join(root, 'fixtures/stacks/versions.json'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function writePage(text: string): void {
    mkdirSync(join(root, 'docs/rules/upstream'), { recursive: true });
    writeFileSync(page(), text);
  }

  it('has nothing to do where no page is written yet', () => {
    expect(seen('--root', root)).toBe('');
  });

  it('fills the section below its heading and keeps the rest of the page', () => {
    writePage('# upstream/address-mismatch\n\n## Seen with real servers\n\n## Fix\n\nBoth ends.\n');
    seen('--root', root);
    const text = readFileSync(page(), 'utf8');
    expect(text).toContain('## Seen with real servers\n\n<!-- recorded');
    expect(text).toContain('**port-mismatch-direct**');
    expect(text).toContain('Broken: answer 502.');
    expect(text).toContain('connect() failed (111: Connection refused) while connecting to upstream');
    expect(text).toContain('nginx 1.22.1, gunicorn 20.1.0');
    expect(text).toMatch(/\n## Fix\n\nBoth ends\.\n$/);
  });

  it('changes nothing the second time', () => {
    writePage('# upstream/address-mismatch\n');
    seen('--root', root);
    const once = readFileSync(page(), 'utf8');
    expect(seen('--root', root)).toBe('');
    expect(readFileSync(page(), 'utf8')).toBe(once);
  });

  it('refuses a page that is out of date and leaves it alone when only asked to check', () => {
    writePage('# upstream/address-mismatch\n');
    expect(seen('--check', '--root', root)).toBe(
      'exit 1: out of date, run node scripts/seen.mjs: docs/rules/upstream/address-mismatch.md\n',
    );
    expect(readFileSync(page(), 'utf8')).toBe('# upstream/address-mismatch\n');
  });
});
