import type { FileKind } from '../model/deployment.js';

/** What begins a comment in files of one kind: on a line of its own, and behind something else on the line. */
export interface CommentForms {
  readonly alone: readonly string[];
  readonly behind: readonly string[];
}

const hash: CommentForms = { alone: ['#'], behind: ['#'] };

/** INI as uWSGI and systemd read it: what looks like a comment behind a value belongs to the value. */
const ini: CommentForms = { alone: ['#', ';'], behind: [] };
const xml: CommentForms = { alone: ['<!--'], behind: ['<!--'] };
const none: CommentForms = { alone: [], behind: [] };

const byKind: Readonly<Record<FileKind, CommentForms>> = {
  // A template's own comment is one in the file that is written from it.
  nginx: { alone: ['#', '{#'], behind: ['#', '{#'] },
  haproxy: hash,
  apache: { alone: ['#'], behind: [] },
  gunicorn: hash,
  python: hash,
  shell: hash,
  procfile: hash,
  environment: hash,
  platform: hash,
  compose: hash,
  // Manifests and images carry files of other kinds inside.
  kubernetes: { alone: ['#', ';', '<!--'], behind: ['#'] },
  dockerfile: { alone: ['#', ';'], behind: [] },
  systemd: ini,
  uwsgi: ini,
  supervisor: { alone: ['#', ';'], behind: [';'] },
};

/** The comments of a file. JSON has none; a file of uWSGI may be YAML or XML. */
export function commentForms(path: string, kind: FileKind | undefined): CommentForms {
  if (/\.json$/i.test(path)) return none;
  if (/\.xml$/i.test(path)) return xml;
  if (/\.ya?ml$/i.test(path) && kind === 'uwsgi') return hash;
  return kind === undefined ? { alone: ['#', ';', '<!--'], behind: ['#'] } : byKind[kind];
}
