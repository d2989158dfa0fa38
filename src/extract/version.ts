import type { Setting } from '../model/setting.js';
import type { VersionedTool } from '../model/version.js';
import type { Reader } from './reader.js';

/** The version that the user named for a program (`--target-version`, `target-version` in the configuration); undefined where none was. */
export function targetVersion(reader: Reader, tool: VersionedTool): Setting<string> | undefined {
  const value = reader.targets.get(tool);
  if (value === undefined) return reader.assumptions.versions.get(tool);
  return { name: '--target-version', origin: 'command line', known: true, value };
}
