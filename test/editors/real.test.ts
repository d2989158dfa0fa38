import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongPort } from '../cli/stacks.js';
import { type Built, buildProgram, folderWith } from '../lsp/editor.js';
import { textOf } from '../sources.js';

let built: Built;
let scratch = '';
let project = '';

beforeAll(() => {
  built = buildProgram();
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-editors-'));
  project = folderWith(wrongPort);
  mkdirSync(join(project, '.git'));
  mkdirSync(join(scratch, 'home'));
  const program = join(scratch, 'gwlint');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${built.cli}' "$@"\n`);
  chmodSync(program, 0o755);
}, 120_000);

afterAll(() => {
  built.remove();
  for (const folder of [scratch, project]) rmSync(folder, { recursive: true, force: true });
});

/** The blocks of a page about an editor that configure it, in their order. */
function configurations(page: string, language: string): readonly string[] {
  const found = textOf(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found].filter(([, of]) => of === language).map(([, , text]) => text ?? '');
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
}

/** Runs an editor in the project, with a home of its own and with `gwlint` on its path; what it printed. */
function run(editor: string, args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(editor, args, {
    cwd: project,
    encoding: 'utf8',
    timeout: 90_000,
    env: { ...process.env, HOME: join(scratch, 'home'), PATH: `${scratch}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  return error ? String(error) : `${stdout}\n${stderr}`;
}

/** True where the editor is installed and says yes. */
function has(editor: string, ...args: readonly string[]): boolean {
  return spawnSync(editor, args, { encoding: 'utf8' }).status === 0;
}

/** The editor opens nginx.conf, tells what is shown in it, repairs the port without saving, and tells again. */
const wanted = [/^shown: 6 .*nginx passes location \/ to 127\.0\.0\.1:8000/m, /^repaired: 0$/m];

const lua = `
local function findings() return vim.diagnostic.get(0) end
vim.wait(40000, function() return #findings() > 0 end, 20)
for _, one in ipairs(findings()) do io.stdout:write('shown: ' .. (one.lnum + 1) .. ' ' .. one.message .. '\\n') end
vim.cmd('%s/8000/8001/')
vim.wait(40000, function() return #findings() == 0 end, 20)
io.stdout:write('repaired: ' .. #findings() .. '\\n')
vim.cmd('qall!')
`;

const elisp = `
(defun gwlint-wait (what)
  (let ((end (+ (float-time) 40)))
    (while (and (not (funcall what)) (< (float-time) end))
      (accept-process-output nil 0.05)
      (sit-for 0.01))))
(find-file "nginx.conf")
(run-hooks 'post-command-hook)
(gwlint-wait (lambda () (and (eglot-managed-p) (progn (flymake-start) (flymake-diagnostics)))))
(dolist (one (flymake-diagnostics))
  (princ (format "shown: %d %s\\n" (line-number-at-pos (flymake-diagnostic-beg one)) (flymake-diagnostic-text one))))
(goto-char (point-min))
(search-forward "8000")
(replace-match "8001")
(run-hooks 'post-command-hook)
(gwlint-wait (lambda () (eglot--signal-textDocument/didChange) (flymake-start) (null (flymake-diagnostics))))
(princ (format "repaired: %d\\n" (length (flymake-diagnostics))))
`;

describe('the configuration of the page works in', () => {
  const version = /NVIM v(\d+)\.(\d+)/.exec(spawnSync('nvim', ['--version'], { encoding: 'utf8' }).stdout ?? '');
  const minor = version ? Number(version[1]) * 1000 + Number(version[2]) : 0;
  // In the order of the page: 0.11 and newer, what it does on save, 0.10, older ones.
  const block = minor >= 11 ? 0 : minor === 10 ? 2 : 3;

  test.skipIf(minor < 7)(`Neovim ${version?.[0] ?? ''}`, { timeout: 100_000 }, () => {
    const init = fileWith('init.lua', configurations('docs/editors/neovim.md', 'lua')[block] ?? '');
    const drive = fileWith('drive.lua', lua);
    const said = run('nvim', ['--headless', '--clean', '-u', init, 'nginx.conf', '-c', `luafile ${drive}`]);
    for (const one of wanted) expect(said).toMatch(one);
  });

  // Before Emacs 29, eglot is a package of its own.
  const prepare = "(unless (fboundp 'eglot-ensure) (package-initialize))";
  const eglot = has('emacs', '--batch', '-q', '--eval', `(progn ${prepare} (require 'eglot))`);

  test.skipIf(!eglot)('Emacs with eglot', { timeout: 100_000 }, () => {
    const init = fileWith('init.el', configurations('docs/editors/emacs.md', 'elisp')[0] ?? '');
    const drive = fileWith('drive.el', elisp);
    const said = run('emacs', ['--batch', '-q', '--eval', prepare, '--load', init, '--load', drive]);
    for (const one of wanted) expect(said).toMatch(one);
  });
});
