import type { Fault, Repair } from '../../model/fault.js';
import { baseName, folderOf, type Mount } from '../../model/place.js';
import type { Span } from '../../text/source.js';
import { isExampleOf } from '../place/examples.js';
import { mayExist } from '../place/files.js';
import type { Reader } from '../reader.js';
import type { SplitCommand } from './values.js';

/**
 * The Dockerfile that a build names and that is not in the repository though the folder it should lie in is. `written`: the text in the file,
 * where it can be replaced.
 */
export function missingDockerfile(reader: Reader, path: string, written: Span): Fault | undefined {
  const folder = folderOf(path);
  const same = sameLetters(reader, path);
  if (!same && fromAbove(reader, path, written)) return undefined;
  if (!same && (reader.kind(folder) !== 'directory' || reader.list(folder).length === 0 || mayExist(reader, path)))
    return undefined;
  const hint = same ? `; it is written ${same} there` : '';
  return {
    kind: 'process/missing-file',
    span: written,
    message: `${path} is not in the repository${hint}, so the image cannot be built from it.`,
    ...(same && { repairs: spelling(written, path, same) }),
  };
}

/** The one file of the repository whose path differs in upper and lower case only. */
function sameLetters(reader: Reader, path: string): string | undefined {
  const lower = path.toLowerCase();
  const found = reader.files().filter(one => one.length === path.length && one.toLowerCase() === lower);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Tells whether the path is there when the compose file is started with a folder above its own as `--project-directory`, which makes that
 * the folder that all its paths are relative to.
 */
function fromAbove(reader: Reader, path: string, { file }: Span): boolean {
  const parts = path.split('/');
  const folders = folderOf(file.path).split('/').filter(Boolean);
  let shared = 0;
  while (shared < folders.length && shared < parts.length && folders[shared] === parts[shared]) shared++;
  for (let kept = shared - 1; kept >= 0; kept--) {
    if (reader.kind([...parts.slice(0, kept), ...parts.slice(shared)].join('/')) === 'file') return true;
  }
  return false;
}

/** Replaces the part of the written text that is spelled otherwise, where it stands there letter by letter. */
function spelling(written: Span, path: string, right: string): readonly Repair[] {
  const text = written.file.text.slice(written.start, written.end);
  for (let cut = 0; cut >= 0; cut = path.indexOf('/', cut) < 0 ? -1 : path.indexOf('/', cut) + 1) {
    const tail = path.slice(cut);
    const at = text.lastIndexOf(tail);
    if (at < 0) continue;
    const span = { file: written.file, start: written.start + at, end: written.start + at + tail.length };
    return [{ title: `Write ${right.slice(cut)}`, safety: 'safe', edits: [{ span, text: right.slice(cut) }] }];
  }
  return [];
}

const configuration = /\.(?:conf|ini|py|sh|cfg|toml|ya?ml|template)$/i;

/**
 * A bind mount of one file that is not in the repository: Docker makes an empty folder of that name and mounts it. Silent for what is made on
 * the spot: ignored by git, made as the introduction to the project says, or with an example of it beside.
 */
export function missingSource(reader: Reader, mount: Mount): Fault | undefined {
  const { repo, span } = mount;
  if (mount.kind !== 'bind' || repo === undefined || !span || reader.kind(repo) !== 'missing') return undefined;
  if (!configuration.test(repo) || !/\.[a-z0-9]+$/i.test(baseName(mount.inside))) return undefined;
  const folder = folderOf(repo);
  const names = reader.list(folder);
  const same = sameLetters(reader, repo);
  if (!same && fromAbove(reader, repo, span)) return undefined;
  if (!same && (names.length === 0 || mayExist(reader, repo) || names.some(name => isExampleOf(name, baseName(repo)))))
    return undefined;
  if (!same && isWrittenByHand(reader, repo, folderOf(span.file.path))) return undefined;
  const hint = same ? ` (there is ${same})` : '';
  return {
    kind: 'process/missing-file',
    span,
    message: `${repo} is mounted as ${mount.inside}, but it is not in the repository${hint}: Docker makes an empty folder of that name instead, and the container does not start, or runs without the file.`,
    ...(same && { repairs: spelling(span, repo, same) }),
  };
}

const tellsToMake = />|\b(?:create|make|write|add|save|put|place|touch|copy|cp|mv|rename)\b/i;

/** True for a file that the introduction to the project tells its reader to make. */
function isWrittenByHand(reader: Reader, path: string, folder: string): boolean {
  const name = baseName(path);
  return [...new Set([folder, ''])].some(at =>
    reader
      .list(at)
      .filter(one => /^(?:readme|install)[^/]*\.(?:md|rst|txt|adoc)$/i.test(one))
      .some(one =>
        reader
          .file(at === '' ? one : `${at}/${one}`)
          ?.text.split('\n')
          .some(line => line.includes(name) && tellsToMake.test(line)),
      ),
  );
}

const starts =
  /^(?:exec\s+)?(?:\S*\/)?(?:gunicorn|uvicorn|uwsgi|daphne|hypercorn|waitress-serve|granian|nginx|supervisord|python3?\s+\S*manage\.py\s+runserver|flask\s+run)(?:\s|$)/;

/** A command text with a shell operator in front of what is meant to serve: Compose runs no shell and drops the rest. */
export function droppedCommand(split: SplitCommand): Fault | undefined {
  const { dropped } = split;
  if (!dropped) return undefined;
  const rest = dropped.file.text.slice(dropped.start, Math.min(dropped.end, dropped.start + 2_000));
  const operator = /^(?:&&|\|\||;)/.exec(rest)?.[0];
  if (operator === undefined) return undefined;
  // The last command is the one that is meant to keep running.
  const last =
    rest
      .split(/&&|\|\||;/)
      .at(-1)
      ?.replaceAll(/[\s\\>|"']+/g, ' ')
      .trim() ?? '';
  if (!starts.test(last)) return undefined;
  return {
    kind: 'process/cannot-start',
    span: dropped,
    message: `Compose runs no shell, so everything from ${operator} on is not run: ${last.split(' ')[0]} is never started. Wrap the command in sh -c.`,
  };
}
