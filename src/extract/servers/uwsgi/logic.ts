import { type Located, locate } from '../../place/files.js';
import { namedVariable, resolveIn, startFolder } from '../context.js';
import type { Loading } from './load.js';
import { leadingInteger } from './substitute.js';

/** Lines between an `if-...` or `for` and its end. */
export interface LogicBlock {
  /** What `%(_)` is in each round; none: the lines are left out. Undefined: it is left as it is. */
  readonly rounds: readonly (string | undefined)[];
  /** Why it cannot be told whether the lines count. */
  readonly doubt?: string;
}

const maximumRounds = 256;

const conditions =
  /^(?:if-(?:not-)?(?:env|opt|exists|file|dir|directory|plugin|hostname|hostname-match|reload)|ifenv|ifexists|ifdir|ifplugin|for|for-glob|for-times|for-readline)$/;

export function isLogic(key: string): boolean {
  return conditions.test(key);
}

/** Decides a condition or lists the rounds of a loop: core/config.c (`uwsgi_logic_opt_*`) of 2.0.21, where `else` is not known. */
export function beginLogic(on: Loading, key: string, argument: string): LogicBlock {
  const unknown = on.blanks.reason(argument);
  if (unknown !== undefined) return { rounds: [argument], doubt: unknown };
  if (key === 'for')
    return {
      rounds: argument
        .split(' ')
        .filter(part => part !== '')
        .slice(0, maximumRounds),
    };
  if (key === 'for-times') return { rounds: countTo(leadingInteger(argument)) };
  if (key === 'for-glob' && !/[*?[]/.test(argument)) return { rounds: [argument] };
  if (key.startsWith('for')) {
    const why = `${key} depends on the files of the machine`;
    return { rounds: [on.blanks.mark(why)], doubt: why };
  }
  const negated = key.startsWith('if-not-');
  const kind = key.replace(/^if-(?:not-)?|^if/, '');
  const decided = decide(on, kind, argument);
  if (typeof decided === 'string') return { rounds: [itemInDoubt(on, kind, argument, decided)], doubt: decided };
  return { rounds: decided.holds !== negated ? [negated ? undefined : (decided.item ?? argument)] : [] };
}

/** What `%(_)` would be if the condition held: of a variable or an option its value, of a path the path. */
function itemInDoubt(on: Loading, kind: string, argument: string, why: string): string {
  if (kind !== 'env' && kind !== 'opt') return argument;
  const equals = argument.indexOf('=');
  return equals < 0 ? on.blanks.mark(why) : argument.slice(equals + 1);
}

function countTo(limit: number): readonly string[] {
  return Array.from({ length: Math.max(0, Math.min(limit, maximumRounds)) }, (_, index) => String(index + 1));
}

interface Decision {
  readonly holds: boolean;
  /** What `%(_)` stands for. */
  readonly item?: string;
}

/** The outcome, or why there is none. */
function decide(on: Loading, kind: string, argument: string): Decision | string {
  const equals = argument.indexOf('=');
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const wanted = equals < 0 ? undefined : argument.slice(equals + 1);
  switch (kind) {
    case 'env': {
      const variable = namedVariable(on.context, name);
      if (variable.state === 'absent') return { holds: false };
      if (variable.state === 'unknown') return variable.why;
      const { setting } = variable;
      if (!setting.known)
        return wanted === undefined ? { holds: true, item: on.blanks.mark(setting.why) } : setting.why;
      return { holds: wanted === undefined || setting.value === wanted, item: setting.value };
    }
    case 'opt': {
      const index = on.firsts.get(name);
      const value = index === undefined ? undefined : on.entries[index]?.value;
      if (index === undefined) return { holds: false };
      if (wanted !== undefined && value !== undefined && on.blanks.reason(value) !== undefined)
        return on.blanks.reason(value) ?? '';
      return { holds: wanted === undefined || value === wanted, ...(value !== undefined && { item: value }) };
    }
    case 'reload':
      return { holds: false };
    case 'exists':
    case 'file':
    case 'dir':
    case 'directory':
      return decideFile(on, kind, argument);
    default:
      return `it depends on the ${kind === 'plugin' ? 'plugins of the build' : 'name of the machine'}`;
  }
}

function decideFile(on: Loading, kind: string, path: string): Decision | string {
  const resolved = resolveIn(startFolder(on.context), path);
  const found: Located =
    'path' in resolved
      ? locate(on.context.reader, on.context.place, resolved.path)
      : { kind: 'unknown', why: resolved.why };
  if (found.kind === 'unknown' || found.kind === 'image') return `it depends on whether ${path} is there`;
  if (found.kind === 'missing') return { holds: false };
  const folder = found.kind === 'directory';
  return { holds: kind === 'exists' || (kind === 'file' ? !folder : folder) };
}

/** The values that a line of a block becomes: one for each round. */
export function logicValues(
  on: Loading,
  block: LogicBlock,
  value: string | undefined,
): readonly (string | undefined)[] {
  return block.rounds.map(item => {
    if (value === undefined || item === undefined) return value;
    on.budget -= value.length;
    return on.budget < 0 ? value : value.split('%(_)').join(item);
  });
}
