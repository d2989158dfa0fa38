import type { EntryPoint, PyCall, PyValue } from './entry.js';
import { type Setting, valueOf } from './setting.js';

/** What LOGGING says of loggers that are there already. Undefined where logging is not configured or cannot be read. */
export function keepsLoggers(logging: Setting<PyValue> | undefined): boolean | undefined {
  const value = valueOf(logging);
  if (value?.kind !== 'dict' || value.entries.size === 0) return undefined;
  const keep = value.entries.get('disable_existing_loggers');
  if (!keep) return false;
  const set = valueOf(keep);
  return set?.kind === 'constant' ? set.value === false : undefined;
}

/** A first-party import between a django.setup() and what makes the application may need what the first one fills. */
export function needsRegistry(entry: EntryPoint, call: PyCall, maker: PyCall, before: boolean): boolean {
  if (!before) return false;
  return entry.modules.some(({ chain: [first] }) => {
    return (
      first !== undefined &&
      first.span.file.path === call.span.file.path &&
      first.span.start > call.span.start &&
      first.span.start < maker.span.start
    );
  });
}
