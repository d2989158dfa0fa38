import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { decodeText } from '../host/decode.js';
import { changedLines } from '../report/diff.js';
import type { Io } from './output.js';

/** Which lines of a file are new since a revision; `all` for a file that was not there. */
export type Changes = (path: string, text: string) => ReadonlySet<number> | 'all';

/** The environment says where another repository is only to git's own hooks; the folder decides. */
const foreign = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_CONFIG_PARAMETERS',
];

/**
 * What changed below `root` since `revision` branched off. Only objects are read from git (`rev-parse`, `merge-base`, `cat-file`), and compared
 * here with the files: `git diff` would run the filters, text conversions, external diffs and file monitors that a repository configures.
 *
 * @returns the sentence that tells why it cannot be known, else the changes.
 */
export function changesSince(root: string, revision: string, io: Io): Changes | string {
  if (revision === '' || revision.startsWith('-')) return `'${revision}' is no revision of git`;
  const env = { ...io.env, GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  for (const name of foreign) delete (env as Record<string, string | undefined>)[name];
  const git = (...argv: string[]) =>
    spawnSync('git', ['-C', root, '-c', 'core.fsmonitor=false', ...argv], { env, maxBuffer: 1 << 28 });

  const top = git('rev-parse', '--show-toplevel');
  if (top.error) return 'git is not installed';
  if (top.status !== 0) return `${firstLine(top.stderr)} (--since needs a git repository)`;
  const commit = git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
  if (commit.status !== 0) return `git knows no revision ${revision}`;
  const named = firstLine(commit.stdout);
  const fork = git('merge-base', named, 'HEAD');
  const base = fork.status === 0 ? firstLine(fork.stdout) : named;
  const below = relative(firstLine(top.stdout), realpathSync(root)).split(sep).join('/');

  const known = new Map<string, { readonly text: string; readonly lines: ReadonlySet<number> | 'all' }>();
  return (path, text) => {
    const same = known.get(path);
    if (same?.text === text) return same.lines;
    const blob = git('cat-file', 'blob', `${base}:${below === '' ? path : `${below}/${path}`}`);
    const lines = blob.status === 0 ? changedLines(decodeText(blob.stdout).text, text) : ('all' as const);
    known.set(path, { text, lines });
    return lines;
  };
}

function firstLine(output: Uint8Array): string {
  return (
    Buffer.from(output)
      .toString('utf8')
      .split('\n', 1)[0]
      ?.replace(/^fatal: /, '') ?? ''
  );
}
