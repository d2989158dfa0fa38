import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `broken` and `fixed` come as a pair; `clean` stands alone: a stack that looks suspicious and works. */
export type Variant = 'broken' | 'fixed' | 'clean';

/** A line that a good linter points at. `text` is a piece of that line, so that a shifted line number is noticed. */
export interface Blame {
  readonly file: string;
  readonly line: number;
  readonly text?: string;
}

/** One server of the stack: what starts it and how long it takes. */
export interface RunEntry {
  readonly name?: string;
  readonly argv?: readonly string[];
  readonly sh?: string;
  readonly bash?: string;
  readonly args?: readonly string[];
  readonly systemd?: string;
  readonly socket?: string;
  readonly procfile?: string;
  readonly proc?: string;
  readonly supervisor?: string;
  readonly program?: string;
  readonly dockerfile?: string;
  readonly compose?: string;
  readonly service?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly pidns?: boolean;
  readonly hosts?: boolean;
  readonly user?: string;
  readonly group?: string;
  readonly tmpfs?: readonly string[];
  readonly stop?: string;
  readonly ready?: string | Partial<Record<Variant, string>>;
  readonly ready_limit?: number;
  readonly settle?: number;
}

/** A request, or something that happens between requests (`sleep`, `signal`, `exec`). Times are seconds. */
export interface Step {
  readonly path?: string;
  readonly path_pad?: number;
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | number | null>>;
  readonly body?: string;
  readonly body_bytes?: number;
  readonly body_gap?: number;
  readonly slow_body?: readonly [pieces: number, gap: number];
  readonly raw?: string;
  readonly raw_then?: readonly [after: number, text: string];
  readonly ws?: boolean;
  readonly tls?: boolean;
  readonly tls_port?: number;
  readonly follow?: number;
  readonly connect?: string;
  readonly port?: number;
  readonly timeout?: number;
  readonly count?: number;
  readonly gap?: number;
  readonly parallel?: number;
  readonly bg?: boolean;
  readonly delay?: number;
  readonly only?: Variant;
  readonly until?: string;
  readonly side?: boolean;
  readonly sleep?: number;
  readonly signal?: string;
  readonly to?: string;
  readonly exec?: readonly string[];
}

/** An HTTP status, `200+502` for several requests that differ, or how the connection ended without one. */
export type Status = number | string;

/** What was seen once and has to be seen again. */
export interface Recorded {
  readonly statuses: readonly (Status | readonly Status[])[];
  readonly nginx_exit?: number | null;
  readonly exit?: Readonly<Record<string, number>>;
  readonly nginx_error?: readonly string[];
  readonly app_log?: readonly string[];
  readonly no_nginx_error?: readonly string[];
  readonly no_app_log?: readonly string[];
  readonly elapsed?: readonly (readonly [least: number, most: number] | null)[];
  readonly body?: readonly (string | null)[];
  readonly headers?: readonly (Readonly<Record<string, string>> | null)[];
  readonly truncated?: readonly (boolean | null)[];
}

export interface NginxChoice {
  readonly conf?: string;
  readonly sites?: readonly string[];
  readonly none?: boolean;
  readonly log_level?: string;
}

/** A `scenario.json`; fixtures/stacks/README.md says what each key means. */
export interface Scenario {
  /** Name of its folder. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly title: string;
  readonly why: string;
  readonly cause?: string;
  readonly rule?: string;
  readonly also?: readonly string[];
  readonly layer: string;
  readonly clean?: boolean;
  readonly slow?: boolean;
  readonly blame?: readonly Blame[];
  readonly alternatives?: readonly Blame[];
  readonly detectable?: 'certain' | 'heuristic' | 'runtime';
  readonly port: number;
  readonly run: readonly RunEntry[] | Partial<Record<Variant, readonly RunEntry[]>>;
  readonly requests: readonly Step[];
  readonly nginx?: NginxChoice;
  readonly map?: Readonly<Record<string, string>>;
  readonly mkdir?: readonly string[];
  readonly perm?: Readonly<Record<string, string>>;
  readonly hosts?: readonly string[] | Partial<Record<Variant, readonly string[]>>;
  readonly containers?: Readonly<Record<string, string>>;
  readonly pre?: readonly (readonly string[])[];
  readonly settle?: number;
  readonly linger?: number;
  readonly logs?: readonly string[];
  readonly needs?: readonly string[];
  readonly fault?: 'elapsed' | 'body' | 'headers' | 'log';
  readonly fixed_errors_ok?: boolean;
  readonly exits_ok?: boolean;
  readonly observed: Partial<Record<Variant, Recorded>>;
}

export function variantsOf(scenario: Scenario): readonly Variant[] {
  return scenario.clean ? ['clean'] : ['broken', 'fixed'];
}

export function runsOf(scenario: Scenario, variant: Variant): readonly RunEntry[] {
  const { run } = scenario;
  return isList(run) ? run : (run[variant] ?? []);
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

/** All scenarios below a folder, sorted by name. Throws on a `scenario.json` that is not JSON: that is a mistake in the repository. */
export function readScenarios(stacks: string): readonly Scenario[] {
  return readdirSync(stacks)
    .sort()
    .filter(name => existsSync(join(stacks, name, 'scenario.json')))
    .map(name => readScenario(join(stacks, name), name));
}

export function readScenario(folder: string, name: string): Scenario {
  const text = readFileSync(join(folder, 'scenario.json'), 'utf8');
  return { ...(JSON.parse(text) as Omit<Scenario, 'name' | 'folder'>), name, folder };
}

const MOST_REQUESTS = 200;

/** What is wrong with the scenario itself, before any server is asked; empty when it is sound. */
export function mistakesIn(scenario: Scenario): readonly string[] {
  const mistakes: string[] = [];
  for (const key of ['title', 'why', 'layer', 'port', 'run', 'requests', 'observed'] as const)
    if (scenario[key] === undefined) mistakes.push(`no "${key}"`);
  for (const variant of variantsOf(scenario)) {
    const folder = join(scenario.folder, variant);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) mistakes.push(`no folder ${variant}/`);
    if (!scenario.observed?.[variant]) mistakes.push(`nothing recorded for ${variant}`);
  }
  for (const step of scenario.requests ?? [])
    if ((step.count ?? 1) * (step.parallel ?? 1) > MOST_REQUESTS)
      mistakes.push(`more than ${MOST_REQUESTS} requests in one step`);
  if (scenario.clean && (scenario.blame || scenario.rule)) mistakes.push('nothing is to blame in a clean stack');
  if (!scenario.clean && !scenario.blame?.length) mistakes.push('no "blame"');
  for (const blame of [...(scenario.blame ?? []), ...(scenario.alternatives ?? [])]) {
    const mistake = mistakeInBlame(scenario, blame);
    if (mistake) mistakes.push(mistake);
  }
  return mistakes;
}

function mistakeInBlame(scenario: Scenario, blame: Blame): string | undefined {
  const path = join(scenario.folder, 'broken', blame.file);
  if (!existsSync(path)) return `blame: broken/${blame.file} is not there`;
  const line = readFileSync(path, 'utf8').split('\n')[blame.line - 1];
  if (line === undefined || line.trim() === '') return `blame: ${blame.file}:${blame.line} is not a line`;
  if (blame.text !== undefined && !line.includes(blame.text))
    return `blame: ${blame.file}:${blame.line} is ${JSON.stringify(line.trim())}, without ${JSON.stringify(blame.text)}`;
  return undefined;
}
