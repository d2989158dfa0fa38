import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { read } from '../analyze.js';
import { diskHost } from '../host/disk.js';
import type { Deployment } from '../model/deployment.js';
import { visible } from '../report/visible.js';
import type { Options } from './args.js';
import { cannotRun, type Io, say } from './output.js';
import { shownPath } from './project.js';
import { type Snippet, snippets } from './snippets.js';
import { targetsOf } from './targets.js';
import type { Tool } from './tool.js';

const name = 'gwlint.yaml';

/** Writes a configuration to start with, and shows, or writes, what runs gwlint in hooks and pipelines. Returns the exit code. */
export async function initCommand(options: Options, tool: Tool, io: Io): Promise<number> {
  const found = targetsOf(options.paths, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const [target, ...more] = found.targets;
  if (!target || more.length > 0 || target.only) return cannotRun('init takes one folder', io);
  const shown = (path: string) => shownPath(target, path, io.cwd);
  const there = [name, 'gwlint.yml', '.gwlint.yaml', '.gwlint.yml'].find(one => exists(join(target.root, one)));
  if (there !== undefined) return cannotRun(`${shown(there)} is there already; nothing was written`, io);

  const wanted = options.write.flatMap(id => snippets.filter(one => one.id === id));
  const taken = wanted.find(({ path }) => exists(join(target.root, path)));
  if (taken) return cannotRun(`${shown(taken.path)} is there already; nothing was written`, io);
  const deployment = await read(diskHost(target.root));
  const files = new Map([[name, configText(deployment)]]);
  for (const one of wanted) files.set(one.path, one.text(tool.version));
  const rest = snippets.filter(one => !wanted.includes(one) && isUsed(one, target.root));
  for (const one of rest) {
    const free = !exists(join(target.root, one.path));
    if (free && (await agrees(`Write ${shown(one.path)} for ${one.title}?`, io)))
      files.set(one.path, one.text(tool.version));
  }
  for (const [path, text] of files) {
    const problem = writeNew(join(target.root, path), text);
    if (problem !== undefined) return cannotRun(`${shown(path)}: ${problem}`, io);
    say(io, `wrote ${shown(path)}`);
  }
  for (const one of rest.filter(({ path }) => !files.has(path))) {
    const how = exists(join(target.root, one.path)) ? 'add this to' : 'put this into';
    io.stdout(`# ${one.title}: ${how} ${visible(shown(one.path))}\n\n${one.text(tool.version)}\n`);
  }
  return 0;
}

/** What a project is seen to use; pre-commit and GitHub where nothing tells otherwise. */
function isUsed({ id, path, signs }: Snippet, root: string): boolean {
  if (id === 'pre-commit') return true;
  const others = snippets.filter(one => one.id !== 'pre-commit' && one.id !== 'github');
  if (id === 'github' && !others.some(one => [one.path, ...one.signs].some(sign => exists(join(root, sign)))))
    return true;
  return [path, ...signs].some(sign => exists(join(root, sign)));
}

async function agrees(question: string, io: Io): Promise<boolean> {
  if (!io.isTerminal || !io.ask) return false;
  return /^y(?:es)?$/i.test((await io.ask(`${visible(question)} [y/N] `))?.trim() ?? '');
}

function writeNew(path: string, text: string): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // `wx`: what came there in the meantime stays.
    writeFileSync(path, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'EEXIST' ? 'it is there already' : `it cannot be written (${code})`;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A configuration in which nothing is set, with what one may want to set, and the stacks that are seen. */
function configText({ stacks }: Deployment): string {
  const seen = stacks.filter(({ gateways, servers }) => gateways.length + servers.length > 0);
  const titles = seen.map(({ title }) => `#   ${visible(title)}`);
  const found =
    titles.length === 0
      ? '# No stack is seen here yet.'
      : `# Stacks that are seen here (gwlint path shows them):\n${titles.join('\n')}`;
  return `# yaml-language-server: $schema=https://unpkg.com/gwlint/docs/config.schema.json
#
# gwlint needs no configuration. What stands here is for what your files do not tell; all settings: docs/configuration.md
#
${found}

# Rules and groups: off, on, error, warning or info (gwlint rules lists them).
rules:
  # timeout/disabled: off
  # headers: info

# Files and folders to leave out, as in a .gitignore.
exclude:
  # - legacy/

# Values that templates (\${NAME}, {{ name }}) are filled in with.
variables:
  # PORT: 8000

# Environment variables of what is started, where no file sets them.
environment:
  # WEB_CONCURRENCY: 4

# Versions of the programs that will run.
target-version:
  # nginx: "1.24"

# Paths of the host, or names of folders, and what stands for them in the repository.
paths:
  # /etc/nginx: deploy/nginx
  # sites-enabled: sites-available
`;
}
