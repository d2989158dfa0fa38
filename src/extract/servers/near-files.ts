import type { Repair } from '../../model/fault.js';
import { baseName, folderOf, joinRepo } from '../../model/place.js';
import { isSlip } from '../../text/near.js';
import type { Span } from '../../text/source.js';
import { spanText } from '../../text/source.js';
import { listInside, locate, mayExist } from '../place/files.js';
import { locateFrom, replacement, resolveIn, type ServerContext, startFolder } from './context.js';

/**
 * For a file that is named and not there: the one file of the same name that the place shows elsewhere, as the user would write
 * its path from the folder that the server starts in; else the one that is plainly a variant of it (`uwsgi.prod.ini`).
 */
export function nearFileRepairs(context: ServerContext, span: Span, path: string): readonly Repair[] {
  if (!spanText(span).endsWith(path)) return [];
  const place = { ...span, start: span.end - path.length };
  const name = baseName(path);
  const same = onlyFile(context, path, file => file === name);
  if (same !== undefined) return [replacement(`Write ${same}`, place, same)];
  const meant = fileMeant(context, path);
  if (meant !== undefined) return [replacement(`Write ${meant}`, { ...place, start: place.end - name.length }, meant)];
  const stem = /^[A-Za-z]+/.exec(name)?.[0];
  const ending = /\.\w+$/.exec(name)?.[0];
  if (stem === undefined || ending === undefined) return [];
  const variant = onlyFile(context, path, file => file.endsWith(ending) && new RegExp(`^${stem}[._-]`, 'i').test(file));
  return variant === undefined ? [] : [replacement(`Write ${variant}`, place, variant, 'unsafe')];
}

/**
 * A file that the guessed folder of the host lacks lies elsewhere in the repository: a folder for what is put on the machine
 * (`deploy/gunicorn/gunicorn.conf.py`) mirrors no path, but an absolute path says where its files go, and what lies beside a unit goes with it.
 */
export function mayBeCopied(context: ServerContext, path: string): boolean {
  const { place, reader, launch } = context;
  const folder = folderOf(launch.span.file.path);
  if (place.kind !== 'host') return false;
  if (locateFrom(context, startFolder(context), folderOf(path) || '.').kind !== 'directory') return false;
  const name = baseName(path);
  if (path.startsWith('/')) return reader.files().some(other => baseName(other) === name);
  return launch.kind === 'systemd' && folder !== '' && reader.kind(`${folder}/${name}`) === 'file';
}

/**
 * The one file that is meant by a path with a slip in its name, where it cannot be told what else there is in that folder: the image, the host or a
 * command may bring more, but nobody names what they bring almost like a file that is there.
 */
export function fileMeant({ place, reader, command }: ServerContext, path: string): string | undefined {
  const resolved = resolveIn(command.workingDirectory, path);
  const name = baseName(path);
  if ('why' in resolved || reader.files().some(other => baseName(other) === name)) return undefined;
  const folder = folderOf(resolved.path);
  const near = listInside(reader, place, folder).names.filter(other => isSlipOfFile(name, other));
  const [only] = near;
  if (only === undefined || near.length > 1) return undefined;
  const there = locate(reader, place, `${folder}/${only}`);
  if (there.kind !== 'file') return undefined;
  const beside = joinRepo(folderOf(there.file.path), name);
  return beside === undefined || mayExist(reader, beside) ? undefined : only;
}

/** A slip in front of the first dot, or behind it. */
function isSlipOfFile(wrong: string, right: string): boolean {
  const [stem = '', ...ending] = wrong.split('.');
  const [otherStem = '', ...otherEnding] = right.split('.');
  const [behind, otherBehind] = [ending.join('.'), otherEnding.join('.')];
  return stem === otherStem ? isSlip(behind, otherBehind) : behind === otherBehind && isSlip(stem, otherStem);
}

/** The one path, from the folder that the server starts in, of a file whose name fits. */
function onlyFile(context: ServerContext, path: string, fits: (name: string) => boolean): string | undefined {
  const candidates = new Set<string>();
  for (const file of context.reader.files()) {
    if (!fits(baseName(file)) || candidates.size > 60) continue;
    const parts = file.split('/');
    for (let index = 0; index < parts.length; index++) candidates.add(parts.slice(index).join('/'));
  }
  const found = [...candidates].filter(
    candidate => candidate !== path && locateFrom(context, startFolder(context), candidate).kind === 'file',
  );
  return found.length === 1 ? found[0] : undefined;
}
