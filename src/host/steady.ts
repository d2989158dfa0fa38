import type { EntryKind, Host, ReadResult } from './host.js';

/** What a host answered so far; that a file is not there is no part of it. */
export interface Answers {
  readonly results: ReadonlyMap<string, ReadResult>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Absent where nobody asked. Plain data: a function would hold on to the hosts of all earlier runs. */
  files?: readonly string[];
}

export interface SteadyHost extends Host {
  readonly answers: Answers;
  /** Lets the texts of these files be asked for again; what files there are stays fixed. */
  readonly forget: (paths: readonly string[]) => void;
}

/** Whether a host answers one question always with the same object. */
export function isSteady(host: Host): host is SteadyHost {
  return 'answers' in host;
}

/** Most paths that are asked for are not there. So many of them are known at a time; one that is asked for again later is looked at again. */
const mostAbsent = 4000;

const missing: ReadResult = { kind: 'missing' };

/**
 * The host with every answer fixed at its first asking. What is as it was among the answers `before` is answered with the same objects, so
 * that whoever worked with them can tell by identity that nothing changed.
 */
export function steadyHost(host: Host, before?: Answers): SteadyHost {
  const results = new Map<string, ReadResult>();
  const unread = new Set<string>();
  const kinds = new Map<string, EntryKind>();
  const absent = new Set<string>();
  const lists = new Map<string, readonly string[]>();
  const answers: Answers = { results, lists };

  function read(path: string): ReadResult {
    const known = results.get(path);
    if (known) return known;
    if (unread.has(path)) return missing;
    const now = host.read(path);
    if (now.kind === 'missing') {
      addAbsent(unread, path);
      return missing;
    }
    const result = sameResult(now, before?.results.get(path));
    results.set(path, result);
    return result;
  }

  function kind(path: string): EntryKind {
    if (absent.has(path)) return 'missing';
    const known = kinds.get(path);
    if (known) return known;
    const now = host.kind(path);
    if (now === 'missing') addAbsent(absent, path);
    else kinds.set(path, now);
    return now;
  }

  function list(path: string): readonly string[] {
    const known = lists.get(path);
    if (known) return known;
    const names = sameNames(host.list(path), before?.lists.get(path));
    lists.set(path, names);
    return names;
  }

  return {
    ...{ answers, read, kind, list },
    forget(paths) {
      for (const path of paths) {
        results.delete(path);
        unread.delete(path);
      }
    },
    files() {
      answers.files ??= sameNames(host.files(), before?.files);
      return answers.files;
    },
  };
}

function addAbsent(paths: Set<string>, path: string): void {
  if (paths.size === mostAbsent) paths.clear();
  paths.add(path);
}

function sameNames(now: readonly string[], old: readonly string[] | undefined): readonly string[] {
  return old && old.length === now.length && old.every((name, i) => name === now[i]) ? old : now;
}

function sameResult(now: ReadResult, old: ReadResult | undefined): ReadResult {
  if (!old) return now;
  if (now.kind === 'file' && old.kind === 'file') {
    return now.file.path === old.file.path && now.file.text === old.file.text ? old : now;
  }
  if (now.kind === 'unreadable' && old.kind === 'unreadable') return now.why === old.why ? old : now;
  return now.kind === old.kind ? old : now;
}
