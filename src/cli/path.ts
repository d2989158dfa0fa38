import { read } from '../analyze.js';
import { diskHost } from '../host/disk.js';
import type { Options } from './args.js';
import type { Io } from './output.js';
import { say } from './output.js';
import { targetsOf } from './targets.js';
import type { Tool } from './tool.js';

export async function pathCommand(options: Options, _tool: Tool, io: Io): Promise<number> {
  const found = targetsOf(options.paths, io.cwd);
  if (!found.ok) {
    say(io, found.problem);
    return 2;
  }
  for (const target of found.targets) await read(diskHost(target.root));
  return 0;
}
