import { read, readTasks } from '../analyze.js';
import type { Config } from '../config/config.js';
import { diskHost } from '../host/disk.js';
import { type Conceal, concealer, wordsOf } from '../lint/conceal.js';
import type { Deployment } from '../model/deployment.js';
import type { Task } from '../model/task.js';
import { pathReport } from '../report/path.js';
import { pathJson, type RootedPath } from '../report/path-json.js';
import { pathText } from '../report/path-text.js';
import { createLocate } from '../report/report.js';
import type { Options } from './args.js';
import { configureTargets } from './configured.js';
import { cannotRun, type Io, wantsColour } from './output.js';
import { nothingToLint, shownPath, withoutLinks } from './project.js';
import { type Target, targetsOf } from './targets.js';
import type { Tool } from './tool.js';

/** Shows the ways that requests take. Returns the exit code. */
export async function pathCommand(options: Options, tool: Tool, io: Io): Promise<number> {
  if (options.trace !== undefined) return (await import('./trace.js')).traceCommand(options.trace, options, tool, io);
  const found = targetsOf(options.paths, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const configured = await configureTargets(found.targets, options, io);
  if (!configured.ok) return 2;
  const roots: (RootedPath & { readonly files: number })[] = [];
  const concealers: Conceal[] = [];
  const conceal = (text: string) => concealers.reduce((shown, hide) => hide(shown), text);
  for (const { target, config } of configured.targets) {
    const { deployment, tasks } = await readTarget(target, config, options);
    const show = (path: string) => shownPath(target, path, io.cwd);
    concealers.push(concealer(deployment.files, [wordsOf(deployment.stacks)]));
    roots.push({ report: pathReport(deployment, tasks), show, files: deployment.files.length + tasks.length });
  }
  if (roots.every(({ files }) => files === 0)) return nothingToLint(options, io);
  if (options.outputs[0]?.format === 'json') io.stdout(conceal(pathJson(roots, tool)));
  else {
    const look = { colour: wantsColour(io, options.color), width: io.columns ?? 100, locate: createLocate() };
    io.stdout(conceal(roots.map(({ report, show }) => pathText(report, { ...look, show })).join('\n')));
  }
  return 0;
}

interface Read {
  readonly deployment: Deployment;
  readonly tasks: readonly Task[];
}

/** Stacks that have something to do with the files that the user named; all of a folder. */
async function readTarget(target: Target, config: Config, { allowOutside, targets }: Options): Promise<Read> {
  const host = diskHost(target.root, { allowOutside });
  const { only } = withoutLinks(target, host);
  const deployment = await read(host, { targets, config });
  const all = await readTasks(host, config);
  if (!only) return { deployment, tasks: all };
  const tasks = all.filter(({ span }) => only.has(span.file.path));
  const stacks = deployment.stacks.filter(
    ({ members, gateways, servers }) =>
      members.some(({ path }) => only.has(path)) ||
      gateways.some(({ files }) => files.some(({ path }) => only.has(path))) ||
      servers.some(
        ({ configFiles, entry }) => configFiles.some(({ path }) => only.has(path)) || only.has(entry?.file?.path ?? ''),
      ),
  );
  const unresolved = deployment.unresolved.filter(({ span }) => only.has(span.file.path));
  return { deployment: { ...deployment, stacks, unresolved }, tasks };
}
