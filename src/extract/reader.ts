import type { EntryKind, Host, ReadResult } from '../host/host.js';
import type { FileKind, ReadFile, Unresolved } from '../model/deployment.js';
import type { TargetVersions } from '../model/version.js';
import type { DockerfileTree } from '../syntax/dockerfile/tree.js';
import type { LanguageName, Languages } from '../syntax/languages.js';
import type { PyModule } from '../syntax/python/tree.js';
import type { XmlTree } from '../syntax/xml/tree.js';
import type { YamlTree } from '../syntax/yaml/tree.js';
import type { Problem, SourceFile, Span } from '../text/source.js';

/**
 * What extraction reads through: the host with each file read and parsed once. A parser that is not loaded gives undefined and is
 * noted in `wanted`; the pipeline then loads it and starts again, so that the core stays synchronous and a run that
 * meets no Python never loads the Python grammar.
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
  /** Versions that the user named. */
  readonly targets: TargetVersions;
  /** What `make` gives, worked out once in this run for each key; the key must name the work and all that it depends on. */
  once<T>(key: string, make: () => T): T;
  /** Notes that a file was read as this kind, and what is wrong with its text. The last call for a path wins. */
  note(file: SourceFile, kind: FileKind, problems: readonly Problem[]): void;
  /** Notes what could not be followed, for the report. */
  unresolved(span: Span, why: string): void;
}

export interface Reading extends Reader {
  readonly wanted: ReadonlySet<LanguageName>;
  readonly noted: () => readonly ReadFile[];
  readonly unresolvedNotes: () => readonly Unresolved[];
}

export function createReader(host: Host, languages: Languages, targets: TargetVersions = new Map()): Reading {
  const results = new Map<string, ReadResult>();
  const wanted = new Set<LanguageName>();
  const noted = new Map<string, ReadFile>();
  const unresolved: Unresolved[] = [];
  const made = new Map<string, unknown>();
  const trees = new Map<LanguageName, Map<SourceFile, unknown>>();

  function read(path: string): ReadResult {
    let result = results.get(path);
    if (!result) {
      result = host.read(path);
      results.set(path, result);
    }
    return result;
  }

  function parsed<T>(
    name: LanguageName,
    parse: ((file: SourceFile) => T) | undefined,
    file: SourceFile,
  ): T | undefined {
    if (!parse) {
      wanted.add(name);
      return undefined;
    }
    let known = trees.get(name);
    if (!known) {
      known = new Map();
      trees.set(name, known);
    }
    if (!known.has(file)) known.set(file, parse(file));
    return known.get(file) as T;
  }

  return {
    read,
    kind: path => host.kind(path),
    list: path => host.list(path),
    files: () => host.files(),
    file(path) {
      const result = read(path);
      return result.kind === 'file' ? result.file : undefined;
    },
    python: file => parsed('python', languages.python, file),
    yaml: file => parsed('yaml', languages.yaml, file),
    dockerfile: file => parsed('dockerfile', languages.dockerfile, file),
    xml: file => parsed('xml', languages.xml, file),
    targets,
    once<T>(key: string, make: () => T): T {
      if (!made.has(key)) made.set(key, make());
      return made.get(key) as T;
    },
    note: (file, kind, problems) => void noted.set(file.path, { file, kind, problems }),
    unresolved: (span, why) => void unresolved.push({ span, why }),
    wanted,
    noted: () => [...noted.values()],
    unresolvedNotes: () => unresolved,
  };
}
