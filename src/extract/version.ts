import type { Setting } from '../model/setting.js';
import type { VersionedTool } from '../model/version.js';
import type { Reader } from './reader.js';

/** The version that the user named for a program (`--target-version`); undefined where none was. */
export function targetVersion(reader: Reader, tool: VersionedTool): Setting<string> | undefined {
  const value = reader.targets.get(tool);
  return value === undefined ? undefined : { name: '--target-version', origin: 'command line', known: true, value };
}
