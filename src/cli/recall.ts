import type { Packed } from '../cache/pack.js';
import { unpack } from '../cache/unpack.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import { type Project, prepareProject } from './project.js';

/** A project as the report needs it, from what an earlier run or another thread found; its stacks are not read again. */
export function projectOf(configured: ConfiguredTarget, options: Options, packed: Packed): Project {
  const prepared = prepareProject(configured, options);
  const { config } = configured;
  const { diagnostics, unresolved, files } = unpack(packed, prepared.host, config.file ? [config.file] : []);
  return {
    ...prepared,
    host: { ...prepared.host, notes: () => packed.notes },
    deployment: { stacks: [], files, faults: [], unresolved, rewrites: new Map() },
    diagnostics,
    modules: packed.modules,
  };
}
