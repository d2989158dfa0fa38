import { execFileSync } from 'node:child_process';
import { SYSTEM_PATH } from './machine.js';

/** Brings up loopback of the network namespace that this process is in; a fresh one has it down. */
export function loopbackUp(): void {
  ip('link', 'set', 'lo', 'up');
}

/** A bridge for the addresses of a /24, this process at `.1`. */
export function createBridge(address: string): void {
  ip('link', 'add', 'br0', 'type', 'bridge');
  ip('addr', 'add', `${address.replace(/\.\d+$/, '.1')}/24`, 'dev', 'br0');
  ip('link', 'set', 'br0', 'up');
}

export function removeBridge(): void {
  ip('link', 'del', 'br0');
}

/** Gives the network namespace of a process this address on the bridge. */
export function plugIn(pid: number, address: string): void {
  const number = address.slice(address.lastIndexOf('.') + 1);
  const here = `vh${number}`;
  const there = `vc${number}`;
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there);
  ip('link', 'set', here, 'master', 'br0');
  ip('link', 'set', here, 'up');
  ip('link', 'set', there, 'netns', String(pid));
  const inside = (...args: readonly string[]) => run('nsenter', '-t', String(pid), '-n', 'ip', ...args);
  inside('addr', 'add', `${address}/24`, 'dev', there);
  inside('link', 'set', there, 'up');
  inside('link', 'set', 'lo', 'up');
}

function ip(...args: readonly string[]): void {
  run('ip', ...args);
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { env: { PATH: SYSTEM_PATH }, stdio: ['ignore', 'ignore', 'pipe'] });
}
