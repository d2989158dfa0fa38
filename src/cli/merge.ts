import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printableJson } from '../report/visible.js';
import type { Options } from './args.js';
import { cannotRun, type Io } from './output.js';

type Json = Readonly<Record<string, unknown>>;

/** Joins the reports of shards, all of `--format json` or all of `--format sarif`, into the report of the whole. Returns the exit code. */
export function mergeCommand({ paths, failOn }: Options, io: Io): number {
  if (paths.length === 0) return cannotRun('merge needs reports: gwlint merge shard-1.json shard-2.json', io);
  const reports: Json[] = [];
  for (const path of paths) {
    const report = readReport(resolve(io.cwd, path));
    if (typeof report === 'string') return cannotRun(`${path}: ${report}`, io);
    reports.push(report);
  }
  const isSarif = reports.map(report => Array.isArray(report['runs']));
  if (isSarif.some(one => one !== isSarif[0])) return cannotRun('reports in JSON and in SARIF cannot be joined', io);
  const merged = isSarif[0] ? mergeSarif(reports) : mergeJson(reports);
  if (typeof merged === 'string') return cannotRun(merged, io);
  io.stdout(printableJson(merged.report));
  const grave = failOn === 'never' ? [] : failOn === 'error' ? ['error'] : ['error', 'warning'];
  return merged.severities.some(one => grave.includes(String(one))) ? 1 : 0;
}

interface Merged {
  readonly report: Json;
  readonly severities: readonly unknown[];
}

function readReport(path: string): Json | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 'cannot be read';
  }
  try {
    const report: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    const isOurs = isObject(report) && (Array.isArray(report['diagnostics']) || Array.isArray(report['runs']));
    return isOurs ? report : 'no report of gwlint in JSON or SARIF';
  } catch {
    return 'no JSON';
  }
}

function mergeJson(reports: readonly Json[]): Merged | string {
  const [first = {}] = reports;
  const other = reports.find(one => one['version'] !== first['version'] || !same(one['tool'], first['tool']));
  if (other) return 'the reports are of different versions of gwlint';
  const diagnostics = distinct(reports.flatMap(report => list(report, 'diagnostics'))).sort(byPlace(placeInJson));
  const severities = diagnostics.map(one => at(one, 'severity'));
  const count = (severity: string) => severities.filter(one => one === severity).length;
  const files = reports.map(report => Number(at(report, 'summary', 'files')) || 0);
  const summary = {
    files: files.reduce((sum, one) => sum + one, 0),
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
    fixable: reports.reduce((sum, report) => sum + (Number(at(report, 'summary', 'fixable')) || 0), 0),
  };
  const unresolved = reports.flatMap(report => list(report, 'unresolved'));
  return { report: { ...first, diagnostics, unresolved, summary }, severities };
}

const severityOf: Readonly<Record<string, string>> = { error: 'error', warning: 'warning', note: 'info' };

function mergeSarif(reports: readonly Json[]): Merged | string {
  const runs = reports.flatMap(report => list(report, 'runs'));
  const [first] = runs;
  if (!first) return 'the reports hold no run';
  const name = (run: unknown) => [at(run, 'tool', 'driver', 'name'), at(run, 'tool', 'driver', 'semanticVersion')];
  if (runs.some(run => !same(name(run), name(first)))) return 'the reports are of different tools or versions';
  const rules = distinct(runs.flatMap(run => list(at(run, 'tool', 'driver'), 'rules'))).sort((a, b) =>
    compare(String(at(a, 'id')), String(at(b, 'id'))),
  );
  const index = new Map(rules.map((rule, i) => [at(rule, 'id'), i]));
  const results = distinct(
    runs.flatMap(run => list(run, 'results')).map(one => ({ ...one, ruleIndex: index.get(one['ruleId']) ?? -1 })),
  ).sort(byPlace(placeInSarif));
  const notes = runs.flatMap(run => list(list(run, 'invocations')[0], 'toolExecutionNotifications'));
  const driver = { ...(at(first, 'tool', 'driver') as Json), rules };
  const invocation = { ...list(first, 'invocations')[0], toolExecutionNotifications: notes };
  const run = { ...first, tool: { ...(at(first, 'tool') as Json), driver }, invocations: [invocation], results };
  return {
    report: { ...reports[0], runs: [run] },
    severities: results.map(one => severityOf[String(at(one, 'level'))]),
  };
}

/** File, start, rule, end and message, which is how a report is sorted. */
type Place = readonly [file: string, start: number, rule: string, end: number, message: string];

function placeInJson(one: Json): Place {
  return [
    String(one['file']),
    Number(at(one, 'range', 'start', 'offset')),
    String(one['rule']),
    Number(at(one, 'range', 'end', 'offset')),
    String(one['message']),
  ];
}

function placeInSarif(one: Json): Place {
  const location = at(list(one, 'locations')[0], 'physicalLocation');
  const start = Number(at(location, 'region', 'charOffset'));
  return [
    decoded(String(at(location, 'artifactLocation', 'uri'))),
    start,
    String(one['ruleId']),
    start + Number(at(location, 'region', 'charLength')),
    String(at(one, 'message', 'text')),
  ];
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function byPlace(place: (one: Json) => Place): (a: Json, b: Json) => number {
  return (a, b) => {
    const [one, other] = [place(a), place(b)];
    for (const [i, value] of one.entries()) {
      const found = compare(value, other[i] ?? '');
      if (found !== 0) return found;
    }
    return 0;
  };
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What two shards say alike is said once. */
function distinct(all: readonly Json[]): Json[] {
  return [...new Map(all.map(one => [JSON.stringify(one), one])).values()];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

function list(value: unknown, name: string): readonly Json[] {
  const found = at(value, name);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
