import type { Diagnostic } from '../lint/rule.js';
import type { Options } from './args.js';

/** 1 where the findings fail the run, else 0. @param warnings how many there are, with those that are not shown. */
export function exitCode(
  diagnostics: readonly Diagnostic[],
  warnings: number,
  { failOn, maxWarnings }: Pick<Options, 'failOn' | 'maxWarnings'>,
): 0 | 1 {
  if (failOn === 'never') return 0;
  if (diagnostics.some(({ severity }) => severity === 'error')) return 1;
  if (maxWarnings !== undefined) return warnings > maxWarnings ? 1 : 0;
  return failOn === 'warning' && diagnostics.some(({ severity }) => severity === 'warning') ? 1 : 0;
}
