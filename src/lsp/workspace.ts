import { dirname } from 'node:path';
import { targetsOf } from '../cli/targets.js';
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
  readonly open: (buffer: Buffer) => Project | undefined;
  readonly close: (uri: string) => Project | undefined;
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
  let gone: Project[] = [];

  function create(folder: string): Project {
    const project = createProject({ folder, rules, settings: () => settings(folder), watched });
    for (const buffer of buffers.values()) {
      const path = project.pathOf(buffer.uri);
      if (path !== undefined) project.open(path, buffer);
    }
    return project;
  }

  function find(uri: string): { readonly project: Project; readonly path: string } | undefined {
    for (const project of [...folders.values(), ...loose.values()]) {
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
    projects: () => [...folders.values(), ...loose.values()],
    projectOf,
    setFolders,
    open(buffer) {
      buffers.set(buffer.uri, buffer);
      const found = projectOf(buffer.uri);
      found?.project.open(found.path, buffer);
      return found?.project;
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
      return found?.project;
    },
    dropped() {
      const all = gone;
      gone = [];
      return all;
    },
  };
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(/[\\/]$/.test(folder) ? folder : `${folder}/`) || path.startsWith(`${folder}\\`);
}

/** The path of a folder without the separator at its end; that of a root stays. */
function folderOf(uri: string): string | undefined {
  const path = fileOf(uri);
  return path === undefined ? undefined : withoutEnd(path, '/\\') || path.slice(0, 1);
}
