import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation, Replay } from './replay.js';
import { type Recorded, type Scenario, variantsOf } from './scenario.js';

const MOST_LINES = 4;
const KEPT = ['elapsed', 'body', 'headers', 'truncated', 'no_nginx_error', 'no_app_log'] as const;

/** Writes what was seen into the `observed` of a scenario.json. What a person has written there about times, bodies and logs stays. */
export function record(scenario: Scenario, seen: Replay): void {
  const path = join(scenario.folder, 'scenario.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const observed: Record<string, Recorded> = { ...scenario.observed };
  for (const variant of variantsOf(scenario)) {
    const found = seen[variant];
    if (found && !('problem' in found)) observed[variant] = recorded(found, scenario.observed?.[variant]);
  }
  writeFileSync(path, `${JSON.stringify({ ...file, observed }, null, 2)}\n`);
}

export function recorded(seen: Observation, old: Recorded | undefined): Recorded {
  const statuses = seen.results.map(result => result.status);
  const permits = old?.statuses.some(status => Array.isArray(status)) ?? false;
  const nginxError = old?.nginx_error ?? notable(seen.nginxLog, isNginxError);
  const appLog = old?.app_log ?? notable(seen.appLog, isAppError);
  const kept = Object.fromEntries(KEPT.flatMap(key => (old?.[key] === undefined ? [] : [[key, old[key]]])));
  return {
    statuses: permits && old ? old.statuses : statuses,
    ...(seen.nginxExit !== undefined && { nginx_exit: seen.nginxExit }),
    ...(Object.keys(seen.exits).length > 0 && { exit: seen.exits }),
    ...(nginxError.length > 0 && { nginx_error: nginxError }),
    ...(appLog.length > 0 && { app_log: appLog }),
    ...kept,
  };
}

function notable(log: readonly string[], is: (line: string) => boolean): readonly string[] {
  return [...new Set(log.filter(is))].slice(0, MOST_LINES);
}

function isNginxError(line: string): boolean {
  return /^\[(?:warn|error|crit|alert|emerg)\]/.test(line) && !line.includes('could not build optimal');
}

function isAppError(line: string): boolean {
  const error = /\[(?:WARNING|ERROR|CRITICAL)\]|^\w*(?:Error|Exception|Exit)\b|^(?:ERROR|CRITICAL|WARNING)|Error: /;
  return error.test(line) && !line.includes('terminated due to signal');
}
