import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../sources.js';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export function readAction(): Action {
  return parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8'));
}

/** The environment of a step with its inputs filled in, as GitHub does. */
export function stepEnvironment(action: Action, step: Step, given: Readonly<Record<string, string>>) {
  const value = (name: string): string => given[name] ?? action.inputs[name]?.default ?? '';
  return Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input: string) => value(input)),
    ]),
  );
}

/** A folder with an `npx` that starts a program which is installed already, and notes what it was asked for. */
export function stubbedNpx(folder: string, program: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'npx');
  writeFileSync(
    path,
    `#!/bin/sh\necho "$2" >"${folder}/asked"\n[ "$1" = --yes ] || exit 9\nshift 2\nexec "${program}" "$@"\n`,
  );
  chmodSync(path, 0o755);
  return folder;
}
