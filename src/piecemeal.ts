import type { TakeStack } from './extract/parts.js';
import type { Reading } from './extract/reader.js';
import { link, linkAlone } from './link/link.js';
import type { Verdict } from './lint/run.js';
import { onlyPort, unansweredPort } from './model/by-port.js';
import type { Apart, Deployment, Stack } from './model/deployment.js';
import { StackGone } from './model/gone.js';
import { filesOf } from './model/launch.js';
import { hasServers, type Parts, type StackParts } from './model/parts.js';

/** So many containers are kept in any case: together they take less memory than the program itself. */
export const fewContainers = 40;

/** Where more than one in so many stacks shares files with others, none is judged alone any more: those are read twice. */
const tiesWorthIt = 8;

/** Judges stacks as they come, and links what is left in the end. */
export interface Pieces {
  readonly take: TakeStack;
  readonly finish: (parts: Parts) => Remainder;
}

/** The deployment without the stacks that were judged alone, and what was said about these. */
export interface Remainder {
  readonly deployment: Deployment;
  readonly verdicts: readonly Verdict[];
}

/** A stack that was judged alone. */
interface Judged {
  readonly verdict: Verdict;
  readonly httpPorts: readonly number[];
  readonly production: boolean;
  /** Reads it again, once. From then on it is one of those that are left. */
  readonly again: () => StackParts;
  readonly isBack: () => boolean;
}

/**
 * Judges stack after stack, so that of a repository with a thousand of them only what was said about them is kept. A stack is judged alone where
 * that comes to the same as with all others: none of its files is read by another, and nothing in it may be tied to another.
 */
export function createPieces(reader: Reading, judge: (part: Deployment) => Verdict, few: number): Pieces {
  const judged = new Map<StackParts, Judged>();
  /** Who reads a file: a stack that was judged alone, or one that is left. */
  const readers = new Map<string, Judged | 'left'>();
  let containers = 0;
  let taken = 0;
  let tied = 0;
  let understood = false;

  function take(parts: StackParts, read: () => StackParts): StackParts {
    const paths = pathsIn(parts);
    taken++;
    containers += parts.places.length;
    if (sharesFiles(paths)) tied++;
    else if (containers > few && tied * tiesWorthIt <= taken && mayGo(parts)) {
      const stack = linkAlone(parts, understood);
      if (stack && !stack.hops.some(hop => unansweredPort(hop) !== undefined)) return goes(stack, parts, read, paths);
    }
    stays(parts, paths);
    return parts;
  }

  /** True where another stack reads one of the files: rules may have one thing to say about both. One that is gone comes back. */
  function sharesFiles(paths: ReadonlySet<string>): boolean {
    const others = [...paths].flatMap(path => readers.get(path) ?? []);
    for (const other of others) if (other !== 'left') other.again();
    return others.length > 0;
  }

  function stays(parts: StackParts, paths: ReadonlySet<string>): void {
    understood ||= hasServers(parts);
    for (const path of paths) readers.set(path, 'left');
  }

  function goes(stack: Stack, parts: StackParts, read: () => StackParts, paths: ReadonlySet<string>): StackParts {
    let back: StackParts | undefined;
    const { servers } = stack;
    const one: Judged = {
      verdict: judge({ stacks: [stack], files: [], faults: parts.faults ?? [], unresolved: [], rewrites: new Map() }),
      // A copy: a list that was added to has room for sixteen more.
      httpPorts: [...servers.flatMap(server => onlyPort(server) ?? [])],
      production: servers.some(({ development }) => !development),
      again() {
        back ??= reader.unheard(read);
        return back;
      },
      isBack: () => back !== undefined,
    };
    const stub = new StackGone(parts, paths, one.again);
    understood ||= hasServers(parts);
    judged.set(stub, one);
    for (const path of paths) readers.set(path, one);
    reader.forget(modulesIn(parts));
    return stub;
  }

  function finish(parts: Parts): Remainder {
    // Stacks of the host, and of images alone, were not taken.
    for (const stack of parts.stacks) if (!judged.has(stack)) sharesFiles(pathsIn(stack));
    for (;;) {
      const gone = [...judged.values()].filter(one => !one.isBack());
      const stacks = parts.stacks.map(stack => {
        const one = judged.get(stack);
        return one?.isBack() ? one.again() : stack;
      });
      const deployment = link({ ...parts, stacks });
      // Who links the others may have asked for one that was gone.
      if (gone.some(one => one.isBack())) continue;
      return {
        deployment: gone.length === 0 ? deployment : { ...deployment, apart: apartOf(gone) },
        verdicts: gone.map(({ verdict }) => verdict),
      };
    }
  }

  return { take, finish };
}

/** What is said about a server that is made for development depends on the other stacks. */
function mayGo({ servers }: StackParts): boolean {
  return servers.every(({ development }) => !development);
}

/** The files that a stack consists of: what rules say about it has its place in one of them. */
function pathsIn({ members, launches, servers }: StackParts): ReadonlySet<string> {
  const paths = new Set(members.map(({ path }) => path));
  for (const launch of launches) for (const path of filesOf(launch)) paths.add(path);
  for (const { entry } of servers) for (const { file } of entry?.modules ?? []) paths.add(file.path);
  return paths;
}

/** Files of Python: of most of what a stack consists of nobody asks again when it is gone. */
function modulesIn({ servers }: StackParts): readonly string[] {
  return servers.flatMap(({ entry }) => (entry?.modules ?? []).map(({ file }) => file.path));
}

function apartOf(gone: readonly Judged[]): Apart {
  const httpPorts = new Map<number, number>();
  for (const port of gone.flatMap(one => one.httpPorts)) httpPorts.set(port, (httpPorts.get(port) ?? 0) + 1);
  return { production: gone.some(({ production }) => production), httpPorts };
}
