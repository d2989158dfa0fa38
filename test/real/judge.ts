import type { Observation, Replay } from './replay.js';
import { type Recorded, type Scenario, type Status, type Variant, variantsOf } from './scenario.js';

/** Differences between what was recorded and what was seen, and between what a variant promises and what it did; empty when all agree. */
export function differences(scenario: Scenario, seen: Replay): readonly string[] {
  return variantsOf(scenario).flatMap(variant => {
    const found = seen[variant];
    const recorded = scenario.observed[variant];
    if (!found) return [`${variant}: was not run`];
    if ('problem' in found) return [`${variant}: ${found.problem}`];
    if (!recorded) return [`${variant}: nothing recorded`];
    const all = [...againstRecord(recorded, found), ...againstPromise(scenario, variant, recorded, found)];
    return all.map(difference => `${variant}: ${difference}`);
  });
}

function againstRecord(recorded: Recorded, seen: Observation): readonly string[] {
  const { results } = seen;
  const found: string[] = [];
  const statuses = results.map(result => result.status);
  if (!sameStatuses(statuses, recorded.statuses))
    found.push(`statuses ${JSON.stringify(statuses)}, recorded ${JSON.stringify(recorded.statuses)}`);
  if ((seen.nginxExit ?? null) !== (recorded.nginx_exit ?? null))
    found.push(`nginx exit ${seen.nginxExit ?? 'none'}, recorded ${recorded.nginx_exit ?? 'none'}`);
  if (!sameExits(seen.exits, recorded.exit ?? {}))
    found.push(`exits ${JSON.stringify(seen.exits)}, recorded ${JSON.stringify(recorded.exit ?? {})}`);
  for (const [i, limits] of (recorded.elapsed ?? []).entries()) {
    const elapsed = results[i]?.elapsed ?? 0;
    if (limits && (elapsed < limits[0] || elapsed > limits[1]))
      found.push(`request ${i} took ${elapsed} s, recorded ${limits[0]} to ${limits[1]} s`);
  }
  for (const [i, pattern] of (recorded.body ?? []).entries())
    if (pattern !== null && !new RegExp(pattern, 's').test(results[i]?.body ?? ''))
      found.push(`body of request ${i} does not match /${pattern}/: ${JSON.stringify(results[i]?.body.slice(0, 200))}`);
  for (const [i, patterns] of (recorded.headers ?? []).entries())
    for (const [name, pattern] of Object.entries(patterns ?? {}))
      if (!new RegExp(pattern).test(results[i]?.headers[name.toLowerCase()] ?? ''))
        found.push(`header ${name} of request ${i} does not match /${pattern}/`);
  for (const [i, truncated] of (recorded.truncated ?? []).entries())
    if ((results[i]?.truncated ?? false) !== (truncated ?? false))
      found.push(`request ${i} truncated: ${results[i]?.truncated ?? false}`);
  found.push(...inLog('nginx_error', recorded.nginx_error, recorded.no_nginx_error, seen.nginxLog));
  found.push(...inLog('app_log', recorded.app_log, recorded.no_app_log, seen.appLog));
  return found;
}

function sameStatuses(seen: readonly Status[], recorded: Recorded['statuses']): boolean {
  return seen.length === recorded.length && recorded.every((want, i) => [want].flat().includes(seen[i] ?? ''));
}

function sameExits(seen: Readonly<Record<string, number>>, recorded: Readonly<Record<string, number>>): boolean {
  const names = new Set([...Object.keys(seen), ...Object.keys(recorded)]);
  return [...names].every(name => seen[name] === recorded[name]);
}

function inLog(
  name: string,
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
  log: readonly string[],
): readonly string[] {
  const has = (text: string) => log.some(line => line.includes(text));
  const tail = () => log.slice(-5).join(' | ') || 'nothing';
  return [
    ...(wanted ?? []).filter(text => !has(text)).map(text => `${name} lacks: ${text} (ends with: ${tail()})`),
    ...(unwanted ?? []).filter(has).map(text => `${name} has: ${text}`),
  ];
}

/** `broken` shows a fault; `fixed` and `clean` answer everything, run to the end and leave no error in nginx's log. */
function againstPromise(
  scenario: Scenario,
  variant: Variant,
  recorded: Recorded,
  seen: Observation,
): readonly string[] {
  const bad = seen.results.filter(result => !result.side && !isGood(result.status));
  const exited = seen.nginxExit !== undefined && seen.nginxExit !== 0;
  const ended = Object.keys(seen.exits).length > 0;
  if (variant === 'broken') {
    const truncated = seen.results.some(result => result.truncated);
    return bad.length > 0 || exited || ended || truncated || showsItself(scenario, recorded) ? [] : ['shows no fault'];
  }
  const worst = seen.nginxLog.find(line => /^\[(?:error|crit|alert|emerg)\]/.test(line));
  return [
    ...(bad.length > 0
      ? [`is not answered with 2xx throughout: ${seen.results.map(result => result.status).join(' ')}`]
      : []),
    ...(exited || (ended && !scenario.exits_ok) ? ['a server ended'] : []),
    ...(worst !== undefined && !scenario.fixed_errors_ok ? [`nginx logged ${worst}`] : []),
  ];
}

/** A fault that is no bad status: its mark has been compared with the record already, so that it stands in the record is enough. */
function showsItself({ fault }: Scenario, recorded: Recorded): boolean {
  if (fault === undefined) return false;
  const mark = fault === 'log' ? recorded.app_log : recorded[fault];
  return Boolean(mark || recorded.nginx_error || recorded.no_app_log);
}

function isGood(status: Status): boolean {
  return typeof status === 'number' && ((status >= 200 && status < 300) || status === 101);
}
