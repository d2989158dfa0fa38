import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { analyze, newMemory } from '../analyze.js';
import { type Config, noConfig } from '../config/config.js';
import { type ConfigProblem, configure } from '../configure.js';
import type { OpenText } from '../host/config-file.js';
import { diskHost } from '../host/disk.js';
import type { Host } from '../host/host.js';
import { memoryHost } from '../host/memory.js';
import { byteOrder } from '../host/order.js';
import { type SteadyHost, steadyHost } from '../host/steady.js';
import type { Diagnostic, Rule } from '../lint/rule.js';
import type { Deployment } from '../model/deployment.js';
import { isWanted, type Settings } from './settings.js';
import { byteOrderMark, type View, viewsOf } from './view.js';

/** A file that is open in the editor, as the editor has it. */
export interface Buffer {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
}

/** What is known of a project at one moment. */
export interface Judged {
  readonly project: Project;
  readonly host: Host;
  readonly deployment: Deployment;
  /** Those that the user wants to see. */
  readonly diagnostics: readonly Diagnostic[];
  readonly view: (path: string) => View | undefined;
  /** Of the configuration file; the last one without any counts meanwhile. */
  readonly configProblems: readonly ConfigProblem[];
}

/** A folder that is judged as `gwlint <folder>` does it, with the open files over the disk. */
export interface Project {
  /** Absolute, as the editor names it. */
  readonly folder: string;
  /** Path of a file below the folder; undefined for what lies outside. */
  readonly pathOf: (uri: string) => string | undefined;
  readonly uriOf: (path: string) => string;
  readonly buffer: (path: string) => Buffer | undefined;
  readonly open: (path: string, buffer: Buffer) => void;
  readonly close: (path: string) => void;
  /** Something on the disk may have changed: these texts, or without them anything. */
  readonly touch: (paths?: readonly string[]) => void;
  /** A file that may be a configuration has another text in the editor; it need not lie below the folder. */
  readonly reconfigure: () => void;
  /** The findings as the files are now. Judges only what has changed since the last time. */
  readonly judge: () => Promise<Judged>;
  /** Judges with other texts in place of some; says nothing about the project itself. */
  readonly tryTexts: (texts: ReadonlyMap<string, string>) => Promise<Pick<Judged, 'deployment' | 'diagnostics'>>;
}

export interface ProjectOptions {
  readonly folder: string;
  readonly rules: readonly Rule[];
  readonly settings: () => Settings;
  /** Text of a configuration that is open in the editor, by its absolute path without links. */
  readonly openConfig: OpenText;
  /** The editor tells of changes on the disk; without that the disk is looked at again from time to time. */
  readonly watched: () => boolean;
}

/** Milliseconds after which a disk that nobody watches is looked at again. */
const unwatchedAge = 2000;

export function createProject({ folder, rules, settings, openConfig, watched }: ProjectOptions): Project {
  const buffers = new Map<string, Buffer>();
  const memory = newMemory();
  const ids = rules.map(({ id }) => id);
  // Plugins are left out, so where there are some nobody knows the names of all rules.
  const known = () => (config.plugins.length === 0 ? { known: ids } : {});
  let disk: SteadyHost | undefined;
  let readAt = 0;
  let readWith: Settings | undefined;
  let config: Config = noConfig;
  let configText: string | undefined;
  let configProblems: readonly ConfigProblem[] = [];
  let configRead = false;
  let changes = 0;
  let last: { readonly changes: number; readonly settings: Settings; readonly judged: Promise<Judged> } | undefined;

  function onDisk(): SteadyHost {
    const now = settings();
    if (disk && readWith?.allowOutside === now.allowOutside) return disk;
    disk = steadyHost(diskHost(folder, { allowOutside: now.allowOutside }), disk?.answers);
    readAt = Date.now();
    readWith = now;
    return disk;
  }

  function touch(paths?: readonly string[]): void {
    changes++;
    configRead = false;
    if (paths && !paths.some(path => path.endsWith('.gitignore'))) {
      disk?.forget(paths);
      return;
    }
    if (disk) disk = steadyHost(diskHost(folder, { allowOutside: settings().allowOutside }), disk.answers);
    readAt = Date.now();
  }

  /** The configuration file as it is in the editor, else on the disk. The same object while it says the same, so that a run may use the work of the last one. */
  async function readConfig(): Promise<void> {
    if (configRead) return;
    configRead = true;
    // Plugins are code of the repository: an editor that merely shows a file must not run it.
    const outcome = await configure({ root: folder, rules, plugins: 'ignore', open: openConfig });
    configProblems = outcome.ok ? [] : outcome.problems;
    const text = outcome.ok
      ? outcome.config.file && `${outcome.config.file.path}\n${outcome.config.file.text}`
      : configText;
    if (outcome.ok && text !== configText) config = outcome.config;
    configText = text;
  }

  async function run(): Promise<Judged> {
    await readConfig();
    const below = onDisk();
    const texts = new Map([...buffers].map(([path, buffer]) => [path, textOf(buffer, path, below)]));
    const host = bufferHost(texts, below);
    const wanted = settings();
    const { deployment, diagnostics } = await analyze(host, {
      rules,
      ...known(),
      memory,
      config,
      targets: wanted.targets,
    });
    const view = viewsOf(host, ({ path, text }) => {
      const shown = buffers.get(path)?.text;
      return text.startsWith(byteOrderMark) && !shown?.startsWith(byteOrderMark) ? 1 : 0;
    });
    return { project, host, deployment, view, configProblems, diagnostics: diagnostics.filter(isShown(wanted)) };
  }

  const isShown = (wanted: Settings) => (one: Diagnostic) => isWanted(one, wanted, config.level?.value);

  async function judge(): Promise<Judged> {
    if (!watched() && Date.now() - readAt > unwatchedAge) touch();
    const now = settings();
    if (last?.changes === changes && last.settings === now) return last.judged;
    // One at a time: a run leaves its work to the next.
    const before = last?.judged.catch(() => undefined);
    const judged = (before ?? Promise.resolve()).then(run);
    last = { changes, settings: now, judged };
    return judged;
  }

  const project: Project = {
    folder,
    pathOf: uri => pathBelow(folder, uri),
    uriOf: path => buffers.get(path)?.uri ?? pathToFileURL(isAbsolute(path) ? path : join(folder, path)).href,
    buffer: path => buffers.get(path),
    open(path, buffer) {
      changes++;
      buffers.set(path, buffer);
    },
    close(path) {
      buffers.delete(path);
      touch([path]);
    },
    touch,
    reconfigure() {
      changes++;
      configRead = false;
    },
    judge,
    async tryTexts(texts) {
      const { host } = await judge();
      const wanted = settings();
      const found = await analyze(memoryHost(texts, host), {
        rules,
        ...known(),
        memory,
        config,
        targets: wanted.targets,
      });
      return { ...found, diagnostics: found.diagnostics.filter(isShown(wanted)) };
    },
  };
  return project;
}

/** The text as the file will have it: with the byte order mark that it has on the disk and that the editor keeps to itself. */
function textOf({ text }: Buffer, path: string, disk: Host): string {
  if (text.startsWith(byteOrderMark)) return text;
  const result = disk.read(path);
  return result.kind === 'file' && result.file.text.startsWith(byteOrderMark) ? byteOrderMark + text : text;
}

/** Open files over the disk. A file that is ignored on the disk stays ignored when it is opened; a new one counts. */
function bufferHost(texts: ReadonlyMap<string, string>, disk: Host): Host {
  if (texts.size === 0) return disk;
  return {
    ...memoryHost(texts, disk),
    files() {
      const fresh = [...texts.keys()].filter(path => disk.kind(path) === 'missing');
      return fresh.length === 0 ? disk.files() : [...disk.files(), ...fresh].sort(byteOrder);
    },
  };
}

function pathBelow(folder: string, uri: string): string | undefined {
  const file = fileOf(uri);
  if (file === undefined) return undefined;
  const path = relative(folder, file);
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? undefined : path.split(sep).join('/');
}

/** The absolute path that a `file:` address names; undefined for any other. */
export function fileOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
