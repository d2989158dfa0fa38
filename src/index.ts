export { rules } from '../rules/index.js';
export {
  type Analysis,
  type AnalyzeOptions,
  analyze,
  type Memory,
  newMemory,
  type ReadOptions,
  read,
} from './analyze.js';
export type { Config } from './config/config.js';
export { type Configured, type LoadOptions, loadConfig } from './configure.js';
export { diskHost } from './host/disk.js';
export type { EntryKind, Host, ReadResult } from './host/host.js';
export { memoryHost } from './host/memory.js';
export type {
  Diagnostic,
  Finding,
  Fix,
  OptionValue,
  Rule,
  RuleOption,
  RuleOptions,
  Severity,
  Symptom,
} from './lint/rule.js';
export type * from './model/deployment.js';
export type { Setting } from './model/setting.js';
export type { TargetVersions, VersionedTool } from './model/version.js';
export { lineStarts, type Position, positionAt } from './text/lines.js';
export type { Edit, SourceFile, Span, Step } from './text/source.js';
