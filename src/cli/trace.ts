import { relative, resolve, sep } from 'node:path';
import { read } from '../analyze.js';
import { insideOf } from '../extract/place/files.js';
import { diskHost } from '../host/disk.js';
import { traceFile } from '../report/trace.js';
import { traceJson, traceText } from '../report/trace-text.js';
import type { Options } from './args.js';
import { configureTargets } from './configured.js';
import { cannotRun, type Io, wantsColour } from './output.js';
import { shownPath } from './project.js';
import { targetsOf } from './targets.js';
import type { Tool } from './tool.js';

/** Says why one file was linked or not, in the folder that is checked. Returns the exit code. */
export async function traceCommand(path: string, options: Options, tool: Tool, io: Io): Promise<number> {
  const named = options.paths.length > 0 ? options.paths : rootsOf(path, io.cwd);
  const found = targetsOf(named, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const below = (root: string) => relative(root, resolve(io.cwd, path)).split(sep).join('/');
  const target = found.targets.find(({ root }) => !below(root).startsWith('../'));
  if (!target) return cannotRun(`${path} is not in ${named.join(', ')}`, io);
  const configured = await configureTargets([target], options, io);
  if (!configured.ok) return 2;
  const config = configured.targets[0]?.config;
  const host = diskHost(target.root, { allowOutside: options.allowOutside });
  const result = host.read(below(target.root));
  if (result.kind === 'missing' || result.kind === 'directory')
    return cannotRun(`${path}: ${result.kind === 'missing' ? 'no such file' : 'a folder, not a file'}`, io);
  const file = result.kind === 'file' ? result.file.path : below(target.root);
  const deployment = await read(host, { targets: options.targets, ...(config && { config }) });
  const trace = traceFile(deployment, file, insideOf, host.files().includes(file));
  const show = (one: string) => shownPath(target, one, io.cwd);
  if (options.outputs[0]?.format === 'json') io.stdout(traceJson(trace, show, tool));
  else io.stdout(traceText(trace, { colour: wantsColour(io, options.color), width: io.columns ?? 100, show }));
  return 0;
}

/** The folder in which gwlint is called where the file lies below it, else the project of the file. */
function rootsOf(path: string, cwd: string): readonly string[] {
  return relative(cwd, resolve(cwd, path)).startsWith('..') ? [path] : ['.'];
}
