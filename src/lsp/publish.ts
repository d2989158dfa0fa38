import type { Connection } from 'vscode-languageserver';
import { diagnosticsByPath } from './diagnostics.js';
import type { Project } from './project.js';
import { createRest } from './rest.js';
import type { Workspace } from './workspace.js';

/** Milliseconds without a further change before a project is judged: shorter than a pause between two words. */
const pause = 40;

/** Keeps the findings that an editor shows as they are now, in open files and in others. */
export interface Publisher {
  /** Judges the project when nothing changes for a moment. */
  readonly soon: (project: Project) => void;
  readonly all: () => void;
}

export function createPublisher(connection: Connection, workspace: Workspace): Publisher {
  const waiting = new Map<Project, NodeJS.Timeout>();
  /** Per project, what was sent for each file that has findings. */
  const shown = new Map<Project, ReadonlyMap<string, string>>();
  const rest = createRest();

  async function publish(project: Project): Promise<void> {
    waiting.delete(project);
    forget();
    if (!workspace.projects().includes(project)) return;
    const judged = await project.judge();
    // What changed meanwhile will be judged in a moment; this answer would be wrong by then.
    if (waiting.has(project)) return;
    const before = shown.get(project) ?? new Map();
    const now = new Map<string, string>();
    for (const [path, diagnostics] of diagnosticsByPath(judged)) {
      const uri = project.uriOf(path);
      const version = project.buffer(path)?.version;
      const key = JSON.stringify([version, diagnostics]);
      now.set(uri, key);
      if (before.get(uri) !== key) {
        await connection.sendDiagnostics({
          uri,
          diagnostics: [...diagnostics],
          ...(version !== undefined && { version }),
        });
      }
    }
    for (const uri of before.keys()) if (!now.has(uri)) await connection.sendDiagnostics({ uri, diagnostics: [] });
    shown.set(project, now);
    rest.begin();
  }

  function forget(): void {
    for (const project of workspace.dropped()) {
      clearTimeout(waiting.get(project));
      waiting.delete(project);
      for (const uri of shown.get(project)?.keys() ?? []) void connection.sendDiagnostics({ uri, diagnostics: [] });
      shown.delete(project);
    }
  }

  function soon(project: Project): void {
    rest.end();
    clearTimeout(waiting.get(project));
    waiting.set(
      project,
      setTimeout(() => {
        publish(project).catch(error => {
          connection.console.error(`gwlint: ${error instanceof Error ? error.message : String(error)}`);
        });
      }, pause),
    );
  }

  return {
    soon,
    all() {
      forget();
      for (const project of workspace.projects()) soon(project);
    },
  };
}
