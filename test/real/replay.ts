import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandOf } from './command.js';
import { type Copy, copyVariant } from './copy.js';
import { logLines } from './logs.js';
import { SYSTEM_PATH } from './machine.js';
import { createBridge, loopbackUp, removeBridge } from './network.js';
import { nginxCommand, nginxConf } from './nginx.js';
import { type Running, ready, start, stop } from './process.js';
import { type Result, request } from './requests.js';
import { type RunEntry, readScenario, runsOf, type Scenario, type Step, type Variant, variantsOf } from './scenario.js';

/** What the servers did. */
export interface Observation {
  readonly results: readonly Result[];
  readonly nginxExit?: number;
  /** Exit statuses of the servers that had ended by themselves, by name. */
  readonly exits: Readonly<Record<string, number>>;
  readonly nginxLog: readonly string[];
  readonly appLog: readonly string[];
}

export type Replay = Partial<Record<Variant, Observation | { readonly problem: string }>>;

const READY = new RegExp(
  [
    'Booting worker|Uvicorn running on|Application startup complete|spawned uWSGI|Listening on TCP|Running on http',
    'Starting development server',
  ].join('|'),
);

/** Runs every variant of a scenario in turn, below `base`. Wants namespaces of its own for network, processes and mounts. */
export async function replay(scenario: Scenario, base: string, tools: string): Promise<Replay> {
  const seen: Replay = {};
  loopbackUp();
  for (const variant of variantsOf(scenario)) {
    try {
      seen[variant] = await replayVariant(scenario, variant, join(base, variant), tools);
    } catch (error) {
      seen[variant] = { problem: error instanceof Error ? error.message : String(error) };
    }
  }
  return seen;
}

async function replayVariant(scenario: Scenario, variant: Variant, root: string, tools: string): Promise<Observation> {
  const copy = copyVariant(scenario, variant, root);
  const names = privateNames(scenario, variant, copy);
  const conf = nginxConf(scenario, copy);
  for (const [program = '', ...args] of scenario.pre ?? [])
    execFileSync(program, filled(args, root), { cwd: root, env: { PATH: SYSTEM_PATH }, stdio: 'pipe' });
  const bridge = Object.values(scenario.containers ?? {})[0];
  if (bridge) createBridge(bridge);
  const servers = new Map<string, Running>();
  try {
    await startApps(scenario, variant, copy, { names, tools, servers });
    const apps = [...servers.keys()];
    const nginx = conf ? await startNginx(scenario, copy, conf, names) : undefined;
    if (nginx) servers.set('nginx', nginx);
    const nginxExit = nginx?.exit();
    const results = nginxExit === undefined ? await steps(scenario, variant, root, servers) : [];
    await sleep((scenario.linger ?? 0.1) * 1000);
    const exits: Record<string, number> = {};
    for (const name of apps) {
      const exit = servers.get(name)?.exit();
      if (exit !== undefined) exits[name] = exit;
    }
    await stopAll(servers, runsOf(scenario, variant));
    return { results, exits, ...(nginxExit !== undefined && { nginxExit }), ...logsOf(scenario, copy, apps) };
  } finally {
    await stopAll(servers, runsOf(scenario, variant));
    if (bridge) removeBridge();
  }
}

interface Setting {
  readonly names: readonly [string, string] | undefined;
  readonly tools: string;
  readonly servers: Map<string, Running>;
}

async function startApps(scenario: Scenario, variant: Variant, copy: Copy, setting: Setting): Promise<void> {
  for (const [index, entry] of runsOf(scenario, variant).entries()) {
    const name = nameOf(entry, index);
    const server = await start(commandOf(entry, copy.root, setting.tools), {
      log: join(copy.own, `${name}.log`),
      names: entry.hosts ? setting.names : undefined,
      address: scenario.containers?.[name],
    });
    setting.servers.set(name, server);
    const pattern = typeof entry.ready === 'string' ? entry.ready : entry.ready?.[variant];
    const settle = entry.settle ?? scenario.settle ?? 0.7;
    await ready(server, pattern === undefined ? READY : new RegExp(pattern), settle, entry.ready_limit ?? 20);
  }
}

function nameOf(entry: RunEntry, index: number): string {
  return entry.name ?? (index === 0 ? 'app' : `app${index + 1}`);
}

async function startNginx(scenario: Scenario, copy: Copy, conf: string, names: Setting['names']): Promise<Running> {
  const server = await start(
    { argv: nginxCommand(scenario, copy, conf), cwd: copy.root, env: {} },
    { log: join(copy.own, 'nginx.out'), names, address: scenario.containers?.['nginx'] },
  );
  const pid = join(copy.own, 'nginx.pid');
  for (let waited = 0; waited < 10_000 && server.exit() === undefined; waited += 50) {
    if (existsSync(pid) && readFileSync(pid, 'utf8').trim() !== '') {
      await sleep(150);
      break;
    }
    await sleep(50);
  }
  return server;
}

async function steps(
  scenario: Scenario,
  variant: Variant,
  root: string,
  servers: ReadonlyMap<string, Running>,
): Promise<readonly Result[]> {
  const results: (Result | undefined)[] = [];
  const beside: Promise<void>[] = [];
  const gateway = scenario.containers?.['nginx'];
  for (const [index, step] of scenario.requests.entries()) {
    if (step.only && step.only !== variant) continue;
    const done = carryOut(gateway ? { connect: gateway, ...step } : step, scenario.port, root, servers).then(result => {
      results[index] = result;
    });
    if (step.bg) beside.push(done);
    else await done;
  }
  await Promise.all(beside);
  return results.filter(result => result !== undefined);
}

async function carryOut(
  step: Step,
  port: number,
  root: string,
  servers: ReadonlyMap<string, Running>,
): Promise<Result | undefined> {
  if (step.delay) await sleep(step.delay * 1000);
  if (step.sleep !== undefined) await sleep(step.sleep * 1000);
  else if (step.signal) servers.get(step.to ?? 'app')?.child.kill(`SIG${step.signal}` as NodeJS.Signals);
  else if (step.exec) await operate(step.exec, root);
  else return request(step, port);
  return undefined;
}

/** An operator's command, such as a restart; how it ends does not matter. */
async function operate(command: readonly string[], root: string): Promise<void> {
  const [program = '', ...args] = filled(command, root);
  const options = { cwd: root, env: { PATH: SYSTEM_PATH }, timeout: 60_000 };
  await promisify(execFile)(program, args, options).catch(() => undefined);
}

async function stopAll(servers: Map<string, Running>, runs: readonly RunEntry[]): Promise<void> {
  for (const [name, server] of [...servers].reverse()) {
    const wish = runs.find((entry, index) => nameOf(entry, index) === name)?.stop;
    await stop(server, wish ? (`SIG${wish}` as NodeJS.Signals) : undefined);
    servers.delete(name);
  }
}

/** A hosts file of the scenario's own; other names are asked of a name server that is not there, so they fail at once. */
function privateNames(scenario: Scenario, variant: Variant, copy: Copy): readonly [string, string] | undefined {
  const { hosts } = scenario;
  if (hosts === undefined) return undefined;
  const lines = 'length' in hosts ? hosts : (hosts[variant] ?? []);
  const paths = [join(copy.own, 'hosts'), join(copy.own, 'resolv.conf')] as const;
  writeFileSync(paths[0], `${(lines.length > 0 ? lines : ['127.0.0.1 localhost']).join('\n')}\n`);
  writeFileSync(paths[1], 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  return paths;
}

function logsOf(scenario: Scenario, copy: Copy, apps: readonly string[]): Pick<Observation, 'nginxLog' | 'appLog'> {
  const nginxLog = ['error.log', 'nginx.out'].flatMap(name => logLines(join(copy.own, name), copy.root));
  const chatty = ['info', 'notice', 'debug'].includes(scenario.nginx?.log_level ?? '');
  return {
    nginxLog: chatty ? nginxLog : nginxLog.filter(line => !/^\[(?:notice|info|debug)\]/.test(line)),
    appLog: [
      ...apps.map(name => join(copy.own, `${name}.log`)),
      ...(scenario.logs ?? []).map(name => join(copy.root, name)),
    ].flatMap(path => logLines(path, copy.root)),
  };
}

function filled(words: readonly string[], root: string): readonly string[] {
  return words.map(word => word.replaceAll('{root}', root));
}

/** `replay.mjs SCENARIO-FOLDER NAME BASE TOOLS`: one line of JSON, a Replay. */
async function main([folder = '', name = '', base = '', tools = '']: readonly string[]): Promise<void> {
  const seen = await replay(readScenario(folder, name), base, tools);
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
}

await main(process.argv.slice(2));
