import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './command.js';
import { SYSTEM_PATH } from './machine.js';
import { plugIn } from './network.js';

/** A server that was started, with all it writes in one log. */
export interface Running {
  readonly child: ChildProcess;
  readonly log: string;
  /** Exit status; minus the signal's number where one ended it, as in Python's subprocess. Undefined while it runs. */
  readonly exit: () => number | undefined;
}

export interface StartOptions {
  readonly log: string;
  /** A hosts file and a resolv.conf that only this server sees. */
  readonly names?: readonly [hosts: string, resolv: string] | undefined;
  /** Address in a network namespace of its own. */
  readonly address?: string | undefined;
}

const BIND_NAMES = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"';
const WAIT_FOR_CABLE = 'while ! [ -e "$0" ]; do sleep 0.05; done; exec "$@"';

export async function start(command: Command, options: StartOptions): Promise<Running> {
  const gate = `${options.log}.go`;
  let argv = command.argv;
  if (options.address) argv = ['unshare', '-n', '/bin/sh', '-c', WAIT_FOR_CABLE, gate, ...argv];
  if (options.names)
    argv = ['unshare', '-m', '--propagation', 'private', '/bin/sh', '-c', BIND_NAMES, 'sh', ...options.names, ...argv];
  const log = openSync(options.log, 'a');
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd: command.cwd,
    env: {
      PATH: SYSTEM_PATH,
      HOME: dirname(options.log),
      LANG: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      ...command.env,
    },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', error => reject(new Error(`cannot start ${program}: ${error.message}`)));
  });
  await started;
  if (options.address && child.pid !== undefined) {
    await sleep(300);
    plugIn(child.pid, options.address);
    writeFileSync(gate, '');
  }
  return { child, log: options.log, exit: () => exitOf(child) };
}

function exitOf(child: ChildProcess): number | undefined {
  if (child.exitCode !== null) return child.exitCode;
  return child.signalCode === null ? undefined : -constants.signals[child.signalCode];
}

/** Waits until the log has the text of a server that is ready, and a while longer; returns early when the server ends. Seconds. */
export async function ready(server: Running, pattern: RegExp, settle: number, limit: number): Promise<void> {
  const begun = Date.now();
  let seen: number | undefined;
  while (Date.now() - begun < limit * 1000 && server.exit() === undefined) {
    if (seen === undefined && existsSync(server.log) && pattern.test(readFileSync(server.log, 'utf8')))
      seen = Date.now();
    if (seen !== undefined && Date.now() - seen >= settle * 1000) return;
    await sleep(50);
  }
}

/** Ends a server as its supervisor would, then what is left of its process group. */
export async function stop(server: Running, signal?: NodeJS.Signals): Promise<void> {
  const { pid } = server.child;
  if (pid === undefined) return;
  if (server.exit() === undefined) {
    server.child.kill(signal ?? stopSignal(pid));
    await ended(server, 3000);
  }
  for (const last of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, last);
    } catch {
      break;
    }
    await sleep(100);
  }
  await ended(server, 3000);
}

/** uWSGI reloads on TERM. */
function stopSignal(pid: number): NodeJS.Signals {
  try {
    const program = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
    return program.includes('uwsgi') ? 'SIGINT' : 'SIGTERM';
  } catch {
    return 'SIGTERM';
  }
}

async function ended(server: Running, limit: number): Promise<void> {
  for (let waited = 0; waited < limit && server.exit() === undefined; waited += 20) await sleep(20);
}
