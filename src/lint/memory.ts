import type { Deployment, Stack } from '../model/deployment.js';
import type { Diagnostic, Rule } from './rule.js';

/** What rules said in the last run, and what of the deployment they had looked at for it. */
export interface RuleMemory {
  readonly said: Map<Rule, Said>;
}

interface Said {
  readonly options: string;
  readonly seen: Seen;
  readonly diagnostics: readonly Diagnostic[];
}

/** Fields of the deployment (-1) and of its stacks, by their place, that a rule read. */
type Seen = Map<number, Map<string, unknown>>;

export function newRuleMemory(): RuleMemory {
  return { said: new Map() };
}

/**
 * What a rule says about a deployment. Where everything that it looked at in the last run holds the same objects (only the servers of all
 * stacks, for instance), it would say the same again and is not asked.
 */
export function askedAgain(
  rule: Rule,
  deployment: Deployment,
  options: unknown,
  memory: RuleMemory,
  ask: (watched: Deployment) => readonly Diagnostic[],
): readonly Diagnostic[] {
  const given = JSON.stringify(options);
  const before = memory.said.get(rule);
  if (before?.options === given && looksTheSame(deployment, before.seen)) return before.diagnostics;
  const seen: Seen = new Map();
  const diagnostics = ask(watched(deployment, seen));
  memory.said.set(rule, { options: given, seen, diagnostics });
  return diagnostics;
}

/** The deployment, with each field that is read noted. What lies deeper belongs to what was read. */
function watched(deployment: Deployment, seen: Seen): Deployment {
  let stacks: readonly Stack[] | undefined;
  return note(deployment, -1, seen, (name, value) => {
    if (name !== 'stacks') return value;
    stacks ??= deployment.stacks.map((stack, i) => note(stack, i, seen, (_, one) => one));
    return stacks;
  });
}

function note<T extends object>(target: T, at: number, seen: Seen, show: (name: string, value: unknown) => unknown): T {
  const fields = new Map<string, unknown>();
  seen.set(at, fields);
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name !== 'string') return value;
      fields.set(name, value);
      return show(name, value);
    },
    has(_, name) {
      fields.set(String(name), Reflect.get(target, name));
      return Reflect.has(target, name);
    },
    ownKeys() {
      for (const [name, value] of Object.entries(target)) fields.set(name, value);
      return Reflect.ownKeys(target);
    },
  });
}

function looksTheSame(deployment: Deployment, seen: Seen): boolean {
  for (const [at, fields] of seen) {
    const target: object | undefined = at < 0 ? deployment : deployment.stacks[at];
    if (!target) return false;
    for (const [name, value] of fields) {
      const now: unknown = Reflect.get(target, name);
      const same = at < 0 && name === 'stacks' ? sameLength(now, value) : sameThings(now, value);
      if (!same) return false;
    }
  }
  return true;
}

/** What stands in the stacks was noted for each of them. */
function sameLength(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length;
}

/** Lists are made anew in each run; what stands in them is not where nothing changed. */
function sameThings(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]);
}
