import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Analysis, analyze } from '../analyze.js';
import type { Config } from '../config/config.js';
import { decodeText } from '../host/decode.js';
import { type DiskHost, diskHost } from '../host/disk.js';
import type { Host } from '../host/host.js';
import { memoryHost } from '../host/memory.js';
import { type ChosenFix, type FixChoice, fixAll, type LintState } from '../lint/fix.js';
import type { Diagnostic, Rule } from '../lint/rule.js';
import { mergeDiagnostics, sortDiagnostics } from '../lint/run.js';
import type { Deployment } from '../model/deployment.js';
import type { TargetVersions } from '../model/version.js';
import { unifiedDiff } from '../report/diff.js';
import { type Report, relocate } from '../report/report.js';
import type { SourceFile } from '../text/source.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import { type Io, say } from './output.js';
import type { Target } from './targets.js';
import type { Rewrite } from './write.js';

/** One root, read and judged. */
export interface Project {
  readonly target: Target;
  readonly host: DiskHost;
  readonly targets: TargetVersions;
  readonly config: Config;
  readonly rules: readonly Rule[];
  readonly deployment: Deployment;
  readonly diagnostics: readonly Diagnostic[];
}

export async function openProject(
  { target, config, rules }: ConfiguredTarget,
  { allowOutside, targets }: Pick<Options, 'allowOutside' | 'targets'>,
  watched: (host: DiskHost) => DiskHost = host => host,
): Promise<Project> {
  const host = watched(diskHost(target.root, { allowOutside }));
  return {
    target: withoutLinks(target, host),
    host,
    targets,
    config,
    rules,
    ...(await analyze(host, { rules, config, targets, known: rules.map(({ id }) => id) })),
  };
}

/** The target with the files themselves in place of links to them, as findings name them. */
export function withoutLinks(target: Target, host: Host): Target {
  if (!target.only) return target;
  const only = [...target.only].map(path => {
    const result = host.read(path);
    return result.kind === 'file' ? result.file.path : path;
  });
  return { ...target, only: new Set(only) };
}

/** True for a finding that has its place, its evidence or its repair in one of the files the user named. */
export function touches({ only }: Target, { span, related, fixes }: Diagnostic): boolean {
  if (!only) return true;
  const spans = [span, ...related.map(step => step.span), ...fixes.flatMap(fix => fix.edits.map(edit => edit.span))];
  return spans.some(({ file }) => only.has(file.path));
}

/** The path of a file of the project as seen from `cwd`. */
export function shownPath({ root }: Target, path: string, cwd: string): string {
  return relative(cwd, join(root, path)).split(sep).join('/');
}

export function reportOf({ target, host, deployment, diagnostics }: ProjectView, cwd: string): Report {
  const files = new Map<string, SourceFile>();
  const fileOf = (file: SourceFile): SourceFile => {
    let shown = files.get(file.path);
    if (!shown) {
      const whole = host.read(file.path);
      shown = {
        path: shownPath(target, file.path, cwd),
        text: whole.kind === 'file' ? whole.file.text : file.text,
      };
      files.set(file.path, shown);
    }
    return shown;
  };
  return relocate({ diagnostics, unresolved: deployment.unresolved, files: deployment.files.length }, fileOf);
}

type ProjectView = Pick<Project, 'target' | 'deployment' | 'diagnostics'> & { readonly host: Host };

/** Several reports as one; what two roots have in common is said once. */
export function joinReports(reports: readonly Report[]): Report {
  const [only, ...more] = reports;
  if (only && more.length === 0) return only;
  return {
    diagnostics: sortDiagnostics(mergeDiagnostics(reports.flatMap(report => report.diagnostics))),
    unresolved: reports.flatMap(report => report.unresolved),
    files: reports.reduce((sum, report) => sum + report.files, 0),
  };
}

export interface Fixed {
  /** The project as it is with the new texts. */
  readonly view: ProjectView;
  readonly rewrites: readonly (Rewrite & { readonly shown: string })[];
  readonly applied: readonly ChosenFix[];
  readonly refused: readonly ChosenFix[];
}

/** Repairs a project in memory; nothing is written. */
export async function fixProject(project: Project, choice: FixChoice, cwd: string): Promise<Fixed> {
  const { target, host, targets, config, rules } = project;
  const textOf = (path: string) => {
    const result = host.read(path);
    return result.kind === 'file' ? result.file.text : undefined;
  };
  const lint = async (texts: ReadonlyMap<string, string>) =>
    stateOf(await analyze(memoryHost(texts, host), { rules, config, targets, known: rules.map(({ id }) => id) }));
  const outcome = await fixAll(stateOf(project), textOf, lint, choice);
  const rewrites = [...outcome.texts].flatMap(([path, after]) => {
    const before = textOf(path);
    if (before === undefined || before === after) return [];
    return [{ path: join(target.root, path), shown: shownPath(target, path, cwd), before, after }];
  });
  const { diagnostics, deployment } = outcome.after;
  return {
    view: { target, host: memoryHost(outcome.texts, host), deployment, diagnostics },
    rewrites,
    applied: outcome.applied,
    refused: outcome.refused,
  };
}

function stateOf({ deployment, diagnostics }: Analysis): Analysis & LintState {
  return { deployment, diagnostics, problems: deployment.files.reduce((sum, file) => sum + file.problems.length, 0) };
}

/** The patch of one file in the bytes of that file's own encoding, so that `git apply` finds its lines. */
export function patchBytes({ path, shown, before, after }: Rewrite & { readonly shown: string }): Uint8Array {
  const { encoding } = decodeText(readFileSync(path));
  return Buffer.from(unifiedDiff(shown, before, after), encoding === 'latin1' ? 'latin1' : 'utf8');
}

/** Says that nothing was found to judge. Returns the exit code. */
export function nothingToLint({ paths, allowEmpty }: Options, io: Io): number {
  const where = paths.length === 0 ? 'this folder' : paths.join(', ');
  say(
    io,
    `nothing to lint in ${where}: no configuration of a gateway or an application server, and nothing that starts one`,
  );
  return allowEmpty ? 0 : 2;
}
