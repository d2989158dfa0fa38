import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../host/temporary.js';

export interface Repository {
  readonly root: string;
  readonly git: (...argv: string[]) => string;
  readonly write: (path: string, text: string) => void;
  readonly commit: () => void;
}

/** A git repository with these files in one commit. */
export function repositoryWith(files: Readonly<Record<string, string>>): Repository {
  const root = folderWith(files);
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main'];
  const git = (...argv: string[]) =>
    execFileSync('git', [...who, ...argv], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const commit = () => {
    git('add', '-A');
    git('commit', '-q', '--no-verify', '-m', 'x');
  };
  git('init', '-q');
  commit();
  return { root, git, commit, write: (path, text) => writeFileSync(join(root, path), text) };
}
