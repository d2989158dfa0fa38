import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Analysis, AnalyzeOptions, Memory } from '../analyze.js';
import type { Config } from '../config/config.js';
import { decodeText } from '../host/decode.js';
import { type DiskHost, diskHost } from '../host/disk.js';
import type { Host } from '../host/host.js';
import { memoryHost } from '../host/memory.js';
import { modulesOf } from '../lint/files.js';
import { type ChosenFix, type FixChoice, fixAll, type LintState, type TextOf } from '../lint/fix.js';
import type { Diagnostic } from '../lint/rule.js';
import { type Measure, mergeDiagnostics, sortDiagnostics } from '../lint/run.js';
import { withSpans } from '../lint/spans.js';
import type { Deployment } from '../model/deployment.js';
import { unifiedDiff } from '../report/diff.js';
import { type Report, relocate } from '../report/report.js';
import type { SourceFile } from '../text/source.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import { type Io, say } from './output.js';
import type { Target } from './targets.js';
import type { Rewrite } from './write.js';

/** A host that tells what it passed over. */
export type ProjectHost = Host & Pick<DiskHost, 'notes'>;

/** One root, read and judged. */
export interface Project {
  readonly target: Target;
  readonly host: ProjectHost;
  readonly config: Config;
  /** Judges the project with these texts in place of its own. */
  readonly judge: (texts: ReadonlyMap<string, string>) => Promise<Analysis>;
  readonly deployment: Deployment;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of the modules that servers load, where the user named files. */
  readonly modules: readonly string[];
}

export interface OpenOptions extends Pick<Options, 'allowOutside' | 'targets' | 'plugins'> {
  /** Texts that stand in place of those on the disk, by path. */
  readonly buffers?: ReadonlyMap<string, string>;
  /** What stands in place of the disk, and asks it. */
  readonly disk?: DiskHost;
  /** Where the root is judged more than once: of earlier runs over it, and for later ones. */
  readonly memory?: Memory;
  readonly measure?: Measure;
  /** Is told what files there are before they are read. */
  readonly listed?: (root: string, paths: readonly string[]) => Promise<unknown>;
  /** Only what is found is wanted, and not the deployment. */
  readonly isBrief?: boolean;
}

export async function openProject(configured: ConfiguredTarget, options: OpenOptions): Promise<Project> {
  const prepared = prepareProject(configured, options);
  const { deployment, diagnostics } = await prepared.judge(new Map());
  const loaded = prepared.target.only ? modulesOf(deployment.stacks) : [];
  return { ...prepared, deployment, diagnostics, modules: loaded.map(({ file }) => file.path) };
}

/** What the report needs of a project: the stacks are most of what there is in memory of it. */
export function withoutStacks(project: Project): Project {
  return { ...project, deployment: { ...project.deployment, stacks: [], faults: [] } };
}

/** A project that is not judged yet. */
export function prepareProject(
  { target, config, rules }: ConfiguredTarget,
  options: OpenOptions,
): Omit<Project, 'deployment' | 'diagnostics' | 'modules'> {
  const { buffers, disk = diskHost(target.root, options) } = options;
  const host: ProjectHost = buffers ? { ...memoryHost(buffers, disk), notes: disk.notes } : disk;
  const judge = async (texts: ReadonlyMap<string, string>): Promise<Analysis> => {
    const { analyze, fewContainers } = await import('./judge.js');
    const how = judging({ target, config, rules: await rules() }, options, fewContainers);
    return analyze(texts.size === 0 ? host : memoryHost(texts, host), how);
  };
  return { target: withoutLinks(target, host), host, config, judge };
}

function judging(
  { target, config, rules }: Pick<ConfiguredTarget, 'target' | 'config'> & Pick<AnalyzeOptions, 'rules'>,
  { targets, plugins, memory, measure, listed, isBrief }: OpenOptions,
  fewContainers: number,
): AnalyzeOptions {
  // Of rules in plugins that are left out nobody knows the names.
  const all = plugins === 'ignore' && config.plugins.length > 0 ? undefined : rules.map(({ id }) => id);
  // Rules of plugins may look at all stacks together, and which file is part of a stack is told of those that the user names.
  const mayBeBrief = isBrief === true && config.plugins.length === 0 && !target.only;
  return {
    ...{ rules, config, targets },
    ...(memory && { memory }),
    ...(all && { known: all }),
    ...(measure && { measure }),
    ...(mayBeBrief && { piecemeal: fewContainers }),
    ...(listed && { listed: paths => listed(target.root, paths) }),
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

/** A project as it is on disk, or as it would be with other texts. */
export type ProjectView = Pick<Project, 'target' | 'deployment' | 'diagnostics'> & { readonly host: Host };

export function reportOf({ target, host, deployment, diagnostics }: ProjectView, cwd: string): Report {
  const report = { diagnostics, unresolved: deployment.unresolved, files: deployment.files.length };
  return relocate(
    report,
    wholeFiles(textsOf({ host }), path => shownPath(target, path, cwd)),
  );
}

/** A finding in the whole texts of its files, also where a text is embedded in another. Paths are those of the project. */
export function inWholeTexts(textOf: TextOf): (one: Diagnostic) => Diagnostic {
  const fileOf = wholeFiles(textOf, path => path);
  return one => withSpans(one, span => ({ ...span, file: fileOf(span.file) }));
}

function wholeFiles(textOf: TextOf, show: (path: string) => string): (file: SourceFile) => SourceFile {
  const files = new Map<string, SourceFile>();
  return file => {
    let shown = files.get(file.path);
    if (!shown) {
      shown = { path: show(file.path), text: textOf(file.path) ?? file.text };
      files.set(file.path, shown);
    }
    return shown;
  };
}

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

export interface NamedRewrite extends Rewrite {
  /** The path as the user sees it. */
  readonly shown: string;
}

export interface Fixed {
  /** The project as it is with the new texts. */
  readonly view: ProjectView;
  readonly rewrites: readonly NamedRewrite[];
  readonly applied: readonly ChosenFix[];
  readonly refused: readonly ChosenFix[];
}

/** Repairs a project in memory; nothing is written. */
export async function fixProject(project: Project, choice: FixChoice, cwd: string): Promise<Fixed> {
  const lint = async (texts: ReadonlyMap<string, string>) => stateOf(await project.judge(texts));
  const { after, texts, applied, refused } = await fixAll(stateOf(project), textsOf(project), lint, choice);
  return { ...fixedView(project, texts, after, cwd), applied, refused };
}

/** A project with new texts, and what has to be written for them. */
export function fixedView(
  { target, host }: Project,
  texts: ReadonlyMap<string, string>,
  { deployment, diagnostics }: Analysis,
  cwd: string,
): Pick<Fixed, 'view' | 'rewrites'> {
  const textOf = textsOf({ host });
  const rewrites = [...texts].flatMap(([path, after]) => {
    const before = textOf(path);
    if (before === undefined || before === after) return [];
    return [{ path: join(target.root, path), shown: shownPath(target, path, cwd), before, after }];
  });
  return { view: { target, host: memoryHost(texts, host), deployment, diagnostics }, rewrites };
}

export function textsOf({ host }: Pick<ProjectView, 'host'>): TextOf {
  return path => {
    const result = host.read(path);
    return result.kind === 'file' ? result.file.text : undefined;
  };
}

export function stateOf({ deployment, diagnostics }: Analysis): Analysis & LintState {
  return { deployment, diagnostics, problems: deployment.files.reduce((sum, file) => sum + file.problems.length, 0) };
}

/** The patch of one file in the bytes of that file's own encoding, so that `git apply` finds its lines. */
export function patchBytes({ path, shown, before, after }: NamedRewrite): Uint8Array {
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
