import { type FSWatcher, statSync, watch } from 'node:fs';
import { resolve } from 'node:path';
import { lintOnce, type Run } from './lint.js';
import { cannotRun, say } from './output.js';
import { targetsOf } from './targets.js';

/** An editor writes a file in several steps; this long after the last of them it is judged. In milliseconds. */
const settled = 150;

/** What changes all the time and is never judged. */
const noise = /(?:^|[\\/])(?:\.git|node_modules|__pycache__|\.venv|\.mypy_cache|\.pytest_cache)(?:[\\/]|$)|\.gwlint$/;

/** Judges at once and after every change, until it is stopped. Returns the exit code of the last pass. */
export async function watchCommand(run: Run): Promise<number> {
  const { options, io } = run;
  const found = targetsOf(options.paths, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const changed = new Set<string>();
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const note = (path: string): void => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => wake?.(), settled);
  };
  const written = options.outputs.flatMap(({ file }) => (file === undefined ? [] : resolve(io.cwd, file)));
  const watchers: FSWatcher[] = [];
  try {
    for (const { root } of found.targets) {
      watchers.push(
        watch(root, { recursive: statSync(root).isDirectory() }, (_, name) => {
          const path = name ?? '';
          if (!noise.test(path) && !written.includes(resolve(root, path))) note(path);
        }),
      );
    }
    let code = await lintOnce(run);
    while (!io.stop?.aborted) {
      say(io, 'watching; Ctrl+C ends it');
      await new Promise<void>(done => {
        wake = done;
        io.stop?.addEventListener('abort', () => done(), { once: true });
      });
      if (io.stop?.aborted) break;
      const names = [...changed].sort();
      changed.clear();
      say(
        io,
        `${new Date().toTimeString().slice(0, 8)} changed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
      );
      code = await lintOnce(run);
    }
    return code;
  } finally {
    clearTimeout(timer);
    for (const one of watchers) one.close();
  }
}
