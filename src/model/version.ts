import type { Setting } from './setting.js';

/** Programs whose version decides what they accept and what holds by default; the words that `--target-version` takes. */
export const versionedTools = ['nginx', 'gunicorn', 'uwsgi'] as const;
export type VersionedTool = (typeof versionedTools)[number];

/** The versions that the user says will run; stronger than anything that the files tell. */
export type TargetVersions = ReadonlyMap<VersionedTool, string>;

/** True for a number that can be compared: `1.25`, `20.1.0`, `v2.0.30`. */
export function isVersion(text: string): boolean {
  return /^v?\d{1,6}(?:\.\d{1,6}){0,3}$/.test(text);
}

/**
 * Compares two version numbers (`1.25.1`, `1.25`): negative, zero or positive. Parts that are missing count as equal, so that an
 * image tag `1.25` is neither before nor after 1.25.1. Undefined where one is no version number.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const left = partsOf(a);
  const right = partsOf(b);
  if (!left || !right) return undefined;
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether the version is `since` or later. Undefined where it is not known, or not as exactly as the question needs: 1.25 may be
 * before or after 1.25.1, but 1.25 has all that came with 1.25.0.
 */
export function isAtLeast(version: Setting<string> | undefined, since: string): boolean | undefined {
  if (!version?.known) return undefined;
  const difference = compareVersions(version.value, since);
  if (difference !== 0) return difference === undefined ? undefined : difference > 0;
  const given = partsOf(version.value)?.length ?? 0;
  const open = (partsOf(since) ?? []).slice(given);
  return open.every(part => Number(part) === 0) ? true : undefined;
}

/** The numbers at the front of a version or of an image's tag. */
function partsOf(text: string): readonly string[] | undefined {
  return /^v?(\d{1,6}(?:\.\d{1,6}){0,3})(?!\d)/.exec(text)?.[1]?.split('.');
}
