import type { Span } from '../text/source.js';
import type { AppServer } from './server.js';

/** Pairs of programs of one supervisor file, and of servers that one script starts one beside the other: all of them run. */
export function* startedTogether(servers: readonly AppServer[]): Iterable<readonly [AppServer, AppServer]> {
  const seen = new Map<string, AppServer[]>();
  for (const server of servers) {
    const { launch, command } = server;
    if (launch.kind !== 'supervisor' && launch.kind !== 'script') continue;
    if (launch.kind === 'script' && mayStopOne(launch.span.file.text)) continue;
    const others = (seen.get(launch.span.file.path) ?? []).filter(other => other.launch.kind === launch.kind);
    for (const other of others)
      if (launch.kind === 'script' ? !isSame(other.command.span, command.span) : other.launch.name !== launch.name)
        yield [other, server];
    seen.set(launch.span.file.path, [...others, server]);
  }
}

/** A script that ends programs may have ended the first before it starts the second. */
function mayStopOne(text: string): boolean {
  return /\b(?:kill|pkill|killall|stop|restart|exit-on-reload)\b/.test(text);
}

/** A function that is called again starts the same command again, when what it started before may have ended. */
function isSame(a: Span, b: Span): boolean {
  return a.file.path === b.file.path && a.start === b.start;
}
