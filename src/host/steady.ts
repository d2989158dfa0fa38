import type { EntryKind, Host, ReadResult } from './host.js';
import { recent } from './recent.js';

/** What a host answered so far; that a file is not there is no part of it. */
export interface Answers {
  readonly results: ReadonlyMap<string, ReadResult>;
  readonly lists: Pick<ReadonlyMap<string, readonly string[]>, 'get'>;
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
const mostAbsent = 1000;

/** Where no later run wants to compare: other paths of which is known what they are, and folders of which is known what is in them. */
const mostKinds = 1000;
const mostListed = 200;

const missing: ReadResult = { kind: 'missing' };

/**
 * The host with every answer fixed at its first asking. What is as it was among the answers `before` is answered with the same objects, so
 * that whoever worked with them can tell by identity that nothing changed. `brief`: the answers serve this run alone, so that what is in a folder
 * need not be known for ever.
 */
export function steadyHost(host: Host, before?: Answers, brief = false): SteadyHost {
  const results = new Map<string, ReadResult>();
  const unread = recent<true>(mostAbsent);
  const kinds = brief ? recent<EntryKind>(mostKinds) : new Map<string, EntryKind>();
  const absent = recent<true>(mostAbsent);
  const lists = brief ? recent<readonly string[]>(mostListed) : new Map<string, readonly string[]>();
  const answers: Answers = { results, lists };

  function read(path: string): ReadResult {
    const known = results.get(path);
    if (known) return known;
    if (unread.get(path)) return missing;
    const now = host.read(path);
    if (now.kind === 'missing') {
      unread.set(path, true);
      return missing;
    }
    const result = sameResult(now, before?.results.get(path));
    results.set(path, result);
    if (result.kind === 'file') kinds.delete(path);
    return result;
  }

  function kind(path: string): EntryKind {
    if (results.get(path)?.kind === 'file') return 'file';
    if (absent.get(path)) return 'missing';
    const known = kinds.get(path);
    if (known) return known;
    const now = host.kind(path);
    if (now === 'missing') absent.set(path, true);
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
