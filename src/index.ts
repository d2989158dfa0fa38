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
export { diskHost } from './host/disk.js';
export type { EntryKind, Host, ReadResult } from './host/host.js';
export { memoryHost } from './host/memory.js';
export type { Diagnostic, Finding, Fix, Rule, Severity, Symptom } from './lint/rule.js';
export type * from './model/deployment.js';
export type { TargetVersions, VersionedTool } from './model/version.js';
export type { Edit, SourceFile, Span, Step } from './text/source.js';
