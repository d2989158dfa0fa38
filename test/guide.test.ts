import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './cli/process.js';
import { projectRoot, textOf } from './sources.js';

/** Pages whose examples are run: blocks with a file name are written, `console` blocks show a command and what it prints. */
const pages = ['getting-started', 'configuration', 'silence', 'adopt', 'recipes', 'library'].map(
  name => `docs/${name}.md`,
);

let scratch = '';
let made = 0;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-guide-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const block = /^```(\w*)(?: +(\S+))?\n(.*?)^```$/gms;

/** The page with what its commands print today. Each section is a project of its own. */
async function replayed(page: string): Promise<{ readonly text: string; readonly commands: number }> {
  let commands = 0;
  const sections: string[] = [];
  for (const section of textOf(page).split(/^(?=## )/m)) {
    const root = join(scratch, String(made++));
    mkdirSync(join(root, '.git'), { recursive: true });
    let done = 0;
    let text = '';
    for (const found of section.matchAll(block)) {
      const [whole, language, file, body = ''] = found;
      text += section.slice(done, found.index);
      done = found.index + whole.length;
      if (file !== undefined) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), body);
      }
      if (language === 'console') commands++;
      text += language === 'console' ? await consoleBlock(body, root) : whole;
    }
    sections.push(text + section.slice(done));
  }
  return { text: sections.join(''), commands };
}

async function consoleBlock(body: string, root: string): Promise<string> {
  const [line = ''] = body.split('\n', 1);
  const argv = /^\$ gwlint(?: (.*))?$/.exec(line)?.[1]?.split(' ') ?? [];
  expect(line).toMatch(/^\$ gwlint/);
  const { stdout, stderr } = await run(root, argv, { columns: 80, env: { HOME: '/nobody' } });
  return `\`\`\`console\n${line}\n${stderr}${stdout}\`\`\``;
}

describe.each(pages)('%s', page => {
  test('shows what its commands print (UPDATE=1 writes it)', async () => {
    const { text, commands } = await replayed(page);
    if (process.env['UPDATE'] === '1') writeFileSync(join(projectRoot, page), text);
    expect(textOf(page)).toBe(text);
    expect(commands).toBeGreaterThan(0);
  });
});
