import { gunicornSettings } from '../facts/gunicorn.js';
import { once } from '../facts/once.js';
import { uwsgiOptions } from '../facts/uwsgi.js';
import type { AppServer } from '../model/server.js';
import type { Judged } from './project.js';

/** A word in a file that names a setting of an application server. */
export interface SettingWord {
  /** The setting's own name: `timeout` for `--timeout` and `-t`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const flagNames = once(
  (): ReadonlyMap<string, string> =>
    new Map([...gunicornSettings.values()].flatMap(({ name, flags }) => flags.map(flag => [flag, name] as const))),
);

/** The servers that a file configures or starts. */
export function serversReading({ deployment }: Judged, path: string): readonly AppServer[] {
  return deployment.stacks.flatMap(({ servers }) =>
    servers.filter(
      ({ configFiles, launch, command }) =>
        configFiles.some(file => file.path === path) ||
        launch.span.file.path === path ||
        command.span.file.path === path ||
        command.via.some(step => step.span.file.path === path),
    ),
  );
}

/** The setting that the word at a place names, in a file that configures or starts a server which knows it. */
export function settingAt(judged: Judged, path: string, offset: number): SettingWord | undefined {
  const view = judged.view(path);
  if (!view) return undefined;
  const { text } = view.file;
  let start = offset;
  while (start > 0 && /[\w-]/.test(text[start - 1] ?? '')) start--;
  let end = offset;
  while (end < text.length && /[\w-]/.test(text[end] ?? '')) end++;
  const word = text.slice(start, end);
  if (word === '' || word.length > 60) return undefined;
  for (const { kind } of serversReading(judged, path)) {
    const name =
      kind === 'gunicorn'
        ? gunicornName(word, text, start)
        : kind === 'uwsgi'
          ? uwsgiName(word, text, start)
          : undefined;
    if (name !== undefined) return { name, start, end };
  }
  return undefined;
}

function gunicornName(word: string, text: string, start: number): string | undefined {
  if (word.startsWith('-')) return flagNames().get(word);
  return gunicornSettings.has(word) && isAtLineStart(text, start) ? word : undefined;
}

function uwsgiName(word: string, text: string, start: number): string | undefined {
  const name = word.replace(/^--?/, '');
  return uwsgiOptions.has(name) && (word.startsWith('-') || isAtLineStart(text, start)) ? name : undefined;
}

/** Only white space stands before it on its line, or the mark of a list: then a word is a name and no value. */
function isAtLineStart(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    const character = text[i] ?? '';
    if (character === '\n' || character === '\r') return true;
    if (!/[\s"'-]/.test(character)) return false;
  }
  return true;
}
