import type { Options } from './args.js';
import { type Io, say } from './output.js';
import { type Project, shownPath } from './project.js';

/** Why what the user named cannot be judged. */
export function obstacleIn({ target, host, deployment }: Project, cwd: string): string | undefined {
  const unlisted = host.notes().find(note => note.path === '.');
  if (unlisted) return `${shownPath(target, '', cwd) || '.'}: ${unlisted.why}`;
  const known = new Set(deployment.files.map(({ file }) => file.path));
  for (const path of target.only ?? []) {
    const result = host.read(path);
    const shown = shownPath(target, path, cwd);
    if (result.kind === 'unreadable') return `${shown}: ${result.why}`;
    if (result.kind === 'outside') return `${shown}: a link out of the project; --allow-outside follows it`;
    if (result.kind !== 'file') return `${shown}: not a file`;
    if (known.has(result.file.path)) continue;
    if (result.file.text.includes('\0')) return `${shown}: a binary file`;
  }
  return undefined;
}

const mostNotes = 10;

/** What was passed over. */
export function sayNotes({ target, host, config, deployment, modules }: Project, { verbose }: Options, io: Io): void {
  const notes = host.notes();
  for (const { path, why } of verbose ? notes : notes.slice(0, mostNotes)) {
    say(io, `not checked: ${shownPath(target, path, io.cwd)}: ${why}`);
  }
  if (!verbose && notes.length > mostNotes) say(io, `not checked: ${notes.length - mostNotes} more (-v lists them)`);
  const known = new Set([...deployment.files.map(({ file }) => file.path), ...modules]);
  for (const path of target.only ?? []) {
    const result = host.read(path);
    if (result.kind === 'file' && config.excluded(result.file.path)) {
      const by = config.file ? shownPath(target, config.file.path, io.cwd) : 'the configuration';
      say(io, `${shownPath(target, path, io.cwd)} is excluded by ${by}`);
    } else if (result.kind === 'file' && !known.has(result.file.path)) {
      say(io, `${shownPath(target, path, io.cwd)} is no part of a deployment that gwlint can see`);
    }
  }
}
