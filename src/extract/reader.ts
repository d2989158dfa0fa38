import type { EntryKind, Host, ReadResult } from '../host/host.js';
import { type Recent, recent } from '../host/recent.js';
import { isSteady } from '../host/steady.js';
import { type Assumptions, noAssumptions } from '../model/assumptions.js';
import type { FileKind, ReadFile, Unresolved } from '../model/deployment.js';
import type { TargetVersions } from '../model/version.js';
import type { DockerfileTree } from '../syntax/dockerfile/tree.js';
import type { LanguageName, Languages } from '../syntax/languages.js';
import { readPlain } from '../syntax/python/plain/read.js';
import type { PyModule } from '../syntax/python/tree.js';
import type { XmlTree } from '../syntax/xml/tree.js';
import type { YamlTree } from '../syntax/yaml/tree.js';
import type { Problem, SourceFile, Span } from '../text/source.js';
import { type Derived, holds, type Memory, newRecord, type WorkRecord, type World } from './memory.js';
import { createShelf, type Tree } from './shelf.js';

/**
 * What extraction reads through: the host with each file read and parsed once. A language whose parser is not there gives undefined. The
 * pipeline has parsers that break the work off in place of those that are not loaded, loads them and starts again, so that the core stays
 * synchronous and a run that meets no unusual Python never loads the Python grammar.
 */
export interface Reader {
  read(path: string): ReadResult;
  kind(path: string): EntryKind;
  list(path: string): readonly string[];
  /** All files under the root that are not ignored. */
  files(): readonly string[];
  /** The text of a file, or undefined where there is none to be had. */
  file(path: string): SourceFile | undefined;
  python(file: SourceFile): PyModule | undefined;
  yaml(file: SourceFile): YamlTree | undefined;
  dockerfile(file: SourceFile): DockerfileTree | undefined;
  xml(file: SourceFile): XmlTree | undefined;
  toml(file: SourceFile): YamlTree | undefined;
  /** Versions that the user named. */
  readonly targets: TargetVersions;
  /** What the user tells about the world. */
  readonly assumptions: Assumptions;
  /** What `make` gives, worked out once in this run for each key; the key must name the work and all that it depends on. */
  once<T>(key: string, make: () => T): T;
  /** The same for what is asked of one path after the other: of those that nobody asks for any more a run may forget the oldest. */
  lately<T>(key: string, make: () => T): T;
  /**
   * What `make` gives. An editor's next run uses it again where `inputs` are the same objects and all that `make` read, listed or asked
   * for through this reader is as it was; so `make` may depend on nothing else. The key names the work and what it is done to.
   */
  kept<T>(key: string, inputs: readonly unknown[], make: () => T): T;
  /**
   * What `make` gives, worked out once for all who share the key and would answer alike whatever it asks for. Beside the files of
   * the run it may depend on nothing but the key and what it asks.
   */
  shared<T, A>(key: string, answers: Answers<A>, make: (ask: (question: string) => A) => T): T;
  /** What `make` gives for a text: it may depend on the text alone. `work` names what is done. */
  derived<T>(work: string, file: SourceFile, make: (file: SourceFile) => T): T;
  /** Notes that a file was read as this kind, and what is wrong with its text. The last call for a path wins. */
  note(file: SourceFile, kind: FileKind, problems: readonly Problem[]): void;
  /** Notes what could not be followed, for the report. */
  unresolved(span: Span, why: string): void;
}

/** How somebody answers what work asks for. */
export interface Answers<A> {
  readonly answer: (question: string) => A;
  readonly same: (a: A, b: A) => boolean;
}

export interface Reading extends Reader {
  readonly noted: () => readonly ReadFile[];
  readonly unresolvedNotes: () => readonly Unresolved[];
  /** Does what was done before: what it has to say was said. */
  readonly unheard: <T>(again: () => T) => T;
  /** Lets go of the texts of these files, and of what was made of them: who asks for one gets another object. */
  readonly forget: (paths: readonly string[]) => void;
  /** Leaves to the next run what this one did, and nothing of earlier runs that was of no use in it. */
  readonly remember: () => void;
}

/** Characters of text whose trees are kept at a time in a run that leaves nothing to a next one: a tree takes twenty times as much. */
const mostTrees = 100_000;

/** The same, of modules that several programs import. */
const mostSharedTrees = 5_000_000;

/** One empty list for all files with which nothing is wrong. */
const noProblems: readonly Problem[] = [];

const plainPython = 'plain python';

/** Answers about single paths that are known at a time in such a run. */
const mostAsked = 500;

/** Results that are kept for others who would see the same, in such a run. */
const mostShared = 40;

/**
 * With the memory of an earlier run, the host must answer with the same objects what has not changed (`steadyHost`). Without a memory nothing
 * is recorded of how the work was done: over thousands of files the records are half of all that is kept.
 */
export function createReader(
  host: Host,
  languages: Languages,
  targets: TargetVersions = new Map(),
  memory?: Memory,
  assumptions: Assumptions = noAssumptions,
  derivations: Derived = memory?.derived ?? new Map(),
): Reading {
  const run = {};
  const noted = new Map<string, ReadFile>();
  const unresolved: Unresolved[] = [];
  const made = new Map<string, WorkRecord>();
  /** What was made once, where no memory wants to know how. */
  const plainly = new Map<string, { readonly value: unknown }>();
  const askedLately = recent<{ readonly value: unknown }>(mostAsked);
  const used = new Map<string, WorkRecord[]>();
  /** Where no memory wants them: results for others who would see the same. */
  const lately: WorkRecord[] = [];
  const world = answersOf(host);
  /** The work that is being done, and the work within it. What is looked at counts for the innermost. */
  const open: WorkRecord[] = [];
  let isHeard = true;

  function read(path: string): ReadResult {
    const result = world.read(path);
    open.at(-1)?.results.set(path, result);
    return result;
  }

  function derived<T>(work: string, file: SourceFile, make: (file: SourceFile) => T): T {
    let known = derivations.get(work);
    if (!known) {
      known = new WeakMap();
      derivations.set(work, known);
    }
    let one = known.get(file);
    if (!one) {
      one = { value: make(file) };
      known.set(file, one);
    }
    return one.value as T;
  }

  const forgetTree = ({ name, file }: Tree) => void derivations.get(name)?.delete(file);
  const trees = createShelf(mostTrees, forgetTree);
  const sharedTrees = createShelf(mostSharedTrees, forgetTree);
  const followed = new WeakSet<SourceFile>();

  /** Of a tree that nobody looks at any more mostly nothing is left in what was made of it. An editor wants all of them for the next run. */
  function tree<T>(name: string, file: SourceFile, parse: (file: SourceFile) => T): T {
    return derived(name, file, () => {
      if (!memory) (isFollowedAgain(name, file) ? sharedTrees : trees).put({ name, file });
      return parse(file);
    });
  }

  /** True for a module that more than one program imports: it may be a backend whose other services follow. */
  function isFollowedAgain(name: string, file: SourceFile): boolean {
    if (name !== plainPython) return false;
    const before = followed.has(file);
    followed.add(file);
    return before;
  }

  function parsed<T>(name: LanguageName, parse: ((file: SourceFile) => T) | undefined, file: SourceFile) {
    return parse && tree(name, file, parse);
  }

  function work(key: string, once: boolean, inputs: readonly unknown[], make: () => unknown): WorkRecord {
    // Who asks twice gets two objects, as in a run without a memory.
    const taken = once ? undefined : used.get(key);
    const known = memory?.records
      .get(key)
      ?.find(one => sameInputs(one.inputs, inputs) && !taken?.includes(one) && holds(one, world, run));
    if (known) {
      repeat(known);
      return use(known);
    }
    return perform(newRecord(key, once, inputs), make);
  }

  function perform(record: WorkRecord, make: () => unknown): WorkRecord {
    open.push(record);
    try {
      record.value = make();
    } finally {
      open.pop();
    }
    record.checked = { run, holds: true };
    return use(record);
  }

  function sharedWork<A>(
    key: string,
    answers: Answers<A>,
    make: (ask: (question: string) => A) => unknown,
  ): WorkRecord {
    const { same } = answers;
    const answer = answering(answers.answer, new Map());
    const fits = ({ asked }: WorkRecord): boolean =>
      asked !== undefined && answersAlike(asked as Map<string, A>, answer, same);
    const known =
      (memory ? used.get(key) : lately.filter(one => one.key === key))?.find(fits) ??
      memory?.records.get(key)?.find(one => fits(one) && holds(one, world, run));
    if (known) {
      repeat(known);
      return use(known);
    }
    const asked = new Map<string, A>();
    return perform({ ...newRecord(key, false, []), asked }, () => make(answering(answers.answer, asked)));
  }

  /** Everything that work told the run when it was done. */
  function repeat(record: WorkRecord): void {
    for (const effect of record.effects) {
      if (effect.kind === 'note') tell(effect.file, effect.as, effect.problems);
      else if (effect.kind === 'unresolved') leaveOpen(effect.span, effect.why);
      else if (!effect.record.once) repeat(use(effect.record));
      else if (!made.has(effect.record.key)) {
        made.set(effect.record.key, effect.record);
        repeat(use(effect.record));
      }
    }
  }

  function use(record: WorkRecord): WorkRecord {
    if (!memory) {
      if (!lately.includes(record) && lately.push(record) > mostShared) lately.shift();
      return record;
    }
    const known = used.get(record.key);
    if (!known) used.set(record.key, [record]);
    else if (!known.includes(record)) known.push(record);
    return record;
  }

  function tell(file: SourceFile, kind: FileKind, problems: readonly Problem[]): void {
    if (isHeard) noted.set(file.path, { file, kind, problems: problems.length === 0 ? noProblems : problems });
  }

  function leaveOpen(span: Span, why: string): void {
    if (isHeard) unresolved.push({ span, why });
  }

  /** Of what is done once in a run nothing counts for the work that it is first done in. */
  function apart<T>(make: () => T): T {
    if (open.length === 0) return make();
    open.push(newRecord('', true, []));
    try {
      return make();
    } finally {
      open.pop();
    }
  }

  function part(record: WorkRecord): unknown {
    open.at(-1)?.effects.push({ kind: 'work', record });
    return record.value;
  }

  function once(key: string, make: () => unknown): unknown {
    let record = made.get(key);
    if (!record) {
      record = work(key, true, [], make);
      made.set(key, record);
    }
    return part(record);
  }

  return {
    read,
    kind(path) {
      const kind = world.kind(path);
      open.at(-1)?.kinds.set(path, kind);
      return kind;
    },
    list(path) {
      const names = world.list(path);
      open.at(-1)?.lists.set(path, names);
      return names;
    },
    files() {
      const files = world.files();
      const record = open.at(-1);
      if (record) record.files = files;
      return files;
    },
    file(path) {
      const result = read(path);
      return result.kind === 'file' ? result.file : undefined;
    },
    python: file => tree(plainPython, file, readPlain) ?? parsed('python', languages.python, file),
    yaml: file => parsed('yaml', languages.yaml, file),
    dockerfile: file => parsed('dockerfile', languages.dockerfile, file),
    xml: file => parsed('xml', languages.xml, file),
    toml: file => parsed('toml', languages.toml, file),
    targets,
    assumptions,
    once: <T>(key: string, make: () => T) =>
      memory ? (once(key, make) as T) : madeOnce(plainly, key, () => apart(make)),
    lately: <T>(key: string, make: () => T) =>
      memory ? (once(key, make) as T) : madeOnce(askedLately, key, () => apart(make)),
    kept: <T>(key: string, inputs: readonly unknown[], make: () => T) =>
      memory ? (part(work(key, false, inputs, make)) as T) : make(),
    shared: <T, A>(key: string, answers: Answers<A>, make: (ask: (question: string) => A) => T) =>
      part(sharedWork(key, answers, make)) as T,
    derived: tree,
    note(file, kind, problems) {
      tell(file, kind, problems);
      open.at(-1)?.effects.push({ kind: 'note', file, as: kind, problems });
    },
    unresolved(span, why) {
      leaveOpen(span, why);
      open.at(-1)?.effects.push({ kind: 'unresolved', span, why });
    },
    unheard(again) {
      const before = isHeard;
      isHeard = false;
      try {
        return again();
      } finally {
        isHeard = before;
      }
    },
    forget: paths => {
      if (!memory && isSteady(host)) host.forget(paths);
    },
    noted: () => [...noted.values()],
    unresolvedNotes: () => unresolved,
    remember: () => {
      if (memory) memory.records = used;
    },
  };
}

type Made = Pick<Recent<{ readonly value: unknown }>, 'get' | 'set'>;

function madeOnce<T>(known: Made | Map<string, { readonly value: unknown }>, key: string, make: () => T): T {
  let one = known.get(key);
  if (!one) {
    one = { value: make() };
    known.set(key, one);
  }
  return one.value as T;
}

/** The host's answers, each asked for once. */
function answersOf(host: Host): World {
  if (isSteady(host)) return host;
  const results = new Map<string, ReadResult>();
  return {
    read(path) {
      let result = results.get(path);
      if (!result) {
        result = host.read(path);
        results.set(path, result);
      }
      return result;
    },
    kind: path => host.kind(path),
    list: path => host.list(path),
    files: () => host.files(),
  };
}

/** Answers each question once, and keeps what was asked. */
function answering<A>(answer: (question: string) => A, asked: Map<string, A>): (question: string) => A {
  return question => {
    const known = asked.get(question);
    if (known !== undefined || asked.has(question)) return known as A;
    const told = answer(question);
    asked.set(question, told);
    return told;
  };
}

function answersAlike<A>(
  asked: ReadonlyMap<string, A>,
  answer: (question: string) => A,
  same: (a: A, b: A) => boolean,
): boolean {
  for (const [question, was] of asked) if (!same(answer(question), was)) return false;
  return true;
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
