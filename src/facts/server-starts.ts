import { once } from './once.js';
import table from './python-web-entry.json' with { type: 'json' };

export interface ServerStart {
  /** `development`: not meant to serve a site. `loop`: an event loop that may or may not serve. `socket`: binds only. */
  readonly kind: 'development' | 'server' | 'framework' | 'library' | 'socket' | 'loop' | 'debugger' | 'worker';
  /** Address without arguments; null where it must be given. */
  readonly defaultBind: string | null;
  /** Does not return while it serves. */
  readonly blocks: boolean;
  readonly awaited?: boolean;
  /** Names of the parameters. */
  readonly host?: string;
  readonly port?: string;
  readonly uds?: string;
  readonly listen?: string;
}

const starts = once(() => table.serverStarts as unknown as Readonly<Record<string, ServerStart>>);

/** Loops that run a coroutine to its end; whether it serves cannot be told from the call. */
const endingLoops = new Set(['asyncio.run', 'asyncio.loop.run_until_complete']);

/** What is known of a call that starts a server or binds a port, by qualified name. */
export function serverStart(name: string): ServerStart | undefined {
  return Object.hasOwn(starts(), name) ? starts()[name] : undefined;
}

/** The call does not return while it serves: whoever imports the module waits for ever. */
export function servesForEver(name: string): boolean {
  const start = serverStart(name);
  if (!start?.blocks || endingLoops.has(name) || start.awaited === true) return false;
  if (name.startsWith('django.core.management.')) return false;
  return start.kind !== 'worker' && start.kind !== 'debugger' && start.kind !== 'socket';
}

/** The call takes a port and returns. */
export function bindsPort(name: string): boolean {
  const start = serverStart(name);
  return start !== undefined && !start.blocks && !start.awaited && start.kind !== 'loop' && start.kind !== 'debugger';
}
