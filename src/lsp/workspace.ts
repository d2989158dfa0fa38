import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { targetsOf } from '../cli/targets.js';
import { isConfigName, type OpenText } from '../host/config-file.js';
import type { Rule } from '../lint/rule.js';
import { withoutEnd } from '../text/ends.js';
import { type Buffer, createProject, fileOf, type Project } from './project.js';
import type { Settings } from './settings.js';

/** The projects that an editor has open: its folders, and the projects of files that lie in none of them. */
export interface Workspace {
  readonly projects: () => readonly Project[];
  /** The project that a file is judged in; made where there is none yet. Undefined for what is no file of the disk. */
  readonly projectOf: (uri: string) => { readonly project: Project; readonly path: string } | undefined;
  readonly setFolders: (uris: readonly string[]) => void;
  /** Takes the text of a file; returns the projects in which it counts. */
  readonly open: (buffer: Buffer) => readonly Project[];
  readonly close: (uri: string) => readonly Project[];
  /** Projects that were given up since the last call, whose findings have to go. */
  readonly dropped: () => readonly Project[];
}

export interface WorkspaceOptions {
  readonly rules: readonly Rule[];
  readonly settings: (folder: string) => Settings;
  readonly watched: () => boolean;
}

export function createWorkspace({ rules, settings, watched }: WorkspaceOptions): Workspace {
  const folders = new Map<string, Project>();
  const loose = new Map<string, Project>();
  const buffers = new Map<string, Buffer>();
  /** Texts of files that may be configurations, by their absolute path without links. */
  const configs = new Map<string, string>();
  let gone: Project[] = [];

  function create(folder: string): Project {
    const project = createProject({ folder, rules, settings: () => settings(folder), openConfig, watched });
    for (const buffer of buffers.values()) {
      const path = project.pathOf(buffer.uri);
      if (path !== undefined) project.open(path, buffer);
    }
    return project;
  }

  const openConfig: OpenText = path => configs.get(path);

  function all(): readonly Project[] {
    return [...folders.values(), ...loose.values()];
  }

  /** Projects other than the one it lies in that a file may configure: those below its folder, so all are asked. */
  function reconfigured(uri: string, text: string | undefined): readonly Project[] {
    const path = fileOf(uri);
    if (path === undefined || !isConfigName(path)) return [];
    const real = realPath(path);
    if (configs.get(real) === text) return [];
    if (text === undefined) configs.delete(real);
    else configs.set(real, text);
    const projects = all();
    for (const project of projects) project.reconfigure();
    return projects;
  }

  function find(uri: string): { readonly project: Project; readonly path: string } | undefined {
    for (const project of all()) {
      const path = project.pathOf(uri);
      if (path !== undefined && path !== '') return { project, path };
    }
    return undefined;
  }

  function projectOf(uri: string): { readonly project: Project; readonly path: string } | undefined {
    const known = find(uri);
    const file = fileOf(uri);
    if (known || file === undefined) return known;
    const targets = targetsOf([file], dirname(file));
    const root = (targets.ok ? targets.targets[0]?.root : undefined) ?? dirname(file);
    loose.set(root, create(root));
    return find(uri);
  }

  function setFolders(uris: readonly string[]): void {
    const wanted = uris.flatMap(uri => folderOf(uri) ?? []);
    // A folder inside another is judged with it.
    const outer = wanted.filter(folder => !wanted.some(other => other !== folder && isBelow(folder, other)));
    for (const [folder, project] of folders) {
      if (outer.includes(folder)) continue;
      folders.delete(folder);
      gone.push(project);
    }
    for (const folder of outer) if (!folders.has(folder)) folders.set(folder, create(folder));
    for (const [root, project] of loose) {
      if (!outer.some(folder => folder === root || isBelow(root, folder) || isBelow(folder, root))) continue;
      loose.delete(root);
      gone.push(project);
    }
    for (const { uri } of buffers.values()) projectOf(uri);
  }

  return {
    projects: all,
    projectOf,
    setFolders,
    open(buffer) {
      buffers.set(buffer.uri, buffer);
      const found = projectOf(buffer.uri);
      found?.project.open(found.path, buffer);
      return together(found?.project, reconfigured(buffer.uri, buffer.text));
    },
    close(uri) {
      buffers.delete(uri);
      const found = find(uri);
      found?.project.close(found.path);
      // The project of a loose file is kept only while one of its files is open.
      for (const [root, project] of loose) {
        if ([...buffers.keys()].some(other => project.pathOf(other) !== undefined)) continue;
        loose.delete(root);
        gone.push(project);
      }
      return together(found?.project, reconfigured(uri, undefined));
    },
    dropped() {
      const all = gone;
      gone = [];
      return all;
    },
  };
}

function together(one: Project | undefined, others: readonly Project[]): readonly Project[] {
  return one ? [...new Set([one, ...others])] : others;
}

/** The path as the search for a configuration meets it; a new file has only a folder that may be a link. */
function realPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(/[\\/]$/.test(folder) ? folder : `${folder}/`) || path.startsWith(`${folder}\\`);
}

/** The path of a folder without the separator at its end; that of a root stays. */
function folderOf(uri: string): string | undefined {
  const path = fileOf(uri);
  return path === undefined ? undefined : withoutEnd(path, '/\\') || path.slice(0, 1);
}
