import type { EntryKind, Host, ReadResult } from './host.js';

/** What a host answered so far. */
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

/**
 * The host with every answer fixed at its first asking. What is as it was among the answers `before` is answered with the same objects, so
 * that whoever worked with them can tell by identity that nothing changed.
 */
export function steadyHost(host: Host, before?: Answers): SteadyHost {
  const results = new Map<string, ReadResult>();
  const kinds = new Map<string, EntryKind>();
  const lists = new Map<string, readonly string[]>();
  const answers: Answers = { results, lists };
  return {
    answers,
    forget(paths) {
      for (const path of paths) results.delete(path);
    },
    files() {
      answers.files ??= sameNames(host.files(), before?.files);
      return answers.files;
    },
    kind: path => fixed(kinds, path, () => host.kind(path)),
    read: path => fixed(results, path, () => sameResult(host.read(path), before?.results.get(path))),
    list: path => fixed(lists, path, () => sameNames(host.list(path), before?.lists.get(path))),
  };
}

function fixed<T>(known: Map<string, T>, key: string, ask: () => T): T {
  const answer = known.get(key);
  if (answer !== undefined) return answer;
  const asked = ask();
  known.set(key, asked);
  return asked;
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
