import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../sources.js';
import { run } from './process.js';

const path = join(projectRoot, 'README.md');
const block = /(<!-- output of: gwlint (.*) -->\n```text\n)([\s\S]*?)(```\n)/;

test('the README shows what the example really prints', async () => {
  const readme = readFileSync(path, 'utf8');
  const [, head = '', words = '', shown = '', tail = ''] = block.exec(readme) ?? [];
  const { code, stdout } = await run(projectRoot, words.split(' '));
  if (process.env['UPDATE'] === '1')
    writeFileSync(
      path,
      readme.replace(block, () => head + stdout + tail),
    );
  else expect(shown).toBe(stdout);
  expect(code).toBe(1);
});
