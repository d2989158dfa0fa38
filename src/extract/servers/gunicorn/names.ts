import { gunicornSettings } from '../../../facts/gunicorn.js';
import { once } from '../../../facts/once.js';
import type { PyValue } from '../../../model/entry.js';
import type { Fault } from '../../../model/fault.js';
import type { Setting } from '../../../model/setting.js';
import type { PyExpression, PyModule, PyName, PyStatement } from '../../../syntax/python/tree.js';
import { editDistance } from '../../../text/near.js';
import { span } from '../../../text/source.js';
import { fault, replacement } from '../context.js';

/** Names of options whose setting is called otherwise: `access_logfile` (--access-logfile) is `accesslog`. */
const byFlag = once(
  (): ReadonlyMap<string, string> =>
    new Map(
      [...gunicornSettings.values()].flatMap(setting =>
        setting.flags
          .filter(flag => flag.startsWith('--'))
          .map((flag): [string, string] => [flag.slice(2).replaceAll('-', '_'), setting.name])
          // `no_sendfile` says the opposite of its setting, so a rename would not mean the same.
          .filter(([name]) => !gunicornSettings.has(name) && !name.startsWith('no_')),
      ),
    ),
);

/** Names that are used for a setting by mistake and stand for one setting only. */
const mistaken = once(
  (): ReadonlyMap<string, string> => new Map([...byFlag(), ['logfile', 'errorlog'], ['log_file', 'errorlog']]),
);

/** Common words that are one slip away from a setting and mean something of their own. */
const ownWords = new Set([
  'worker',
  'thread',
  'port',
  'host',
  'path',
  'app',
  'log',
  'cores',
  'core',
  'names',
  'time',
  'bin',
  'find',
  'mind',
  'blind',
  'binds',
]);

/**
 * Assignments at the top of a configuration file that Gunicorn ignores without a word. A name that the file uses itself is a
 * helper; functions, classes, imports and private names are no settings.
 */
export function unknownNames(module: PyModule, values: ReadonlyMap<string, Setting<PyValue>>): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, targets] of assignedNames(module.body)) {
    if (gunicornSettings.has(name) || name.startsWith('_') || name.length < 3 || name.length > 60) continue;
    const value = values.get(name);
    if (!value || (value.known && value.value.kind === 'object')) continue;
    if (occurrences(module.file.text, name) !== targets.length) continue;
    const first = targets[0];
    if (first) faults.push(...nameFault(module, name, first, targets, values));
  }
  return faults;
}

function nameFault(
  module: PyModule,
  name: string,
  first: PyName,
  targets: readonly PyName[],
  values: ReadonlyMap<string, Setting<PyValue>>,
): readonly Fault[] {
  const at = span(module.file, first.start, first.end);
  const meant = meantSetting(name);
  if (meant === undefined) {
    const message = `Gunicorn has no setting ${name}; it ignores the line without a word`;
    return [fault('gunicorn/unknown-setting', at, message, { severity: 'warning' })];
  }
  const taken = values.has(meant);
  const repairs =
    taken || targets.length > 1
      ? []
      : [replacement(`Rename it to ${meant}`, at, meant, mistaken().has(name) ? 'unsafe' : 'safe')];
  const message = `Gunicorn has no setting ${name} and ignores the line without a word; did you mean ${meant}?`;
  return [
    fault('gunicorn/unknown-setting', at, message, {
      repairs,
      ...((taken || mistaken().has(name)) && { severity: 'warning' as const }),
    }),
  ];
}

function meantSetting(name: string): string | undefined {
  const known = mistaken().get(name);
  if (known !== undefined) return known;
  if (ownWords.has(name)) return undefined;
  const plain = normal(name);
  let best: string | undefined;
  let least = 3;
  for (const { name: candidate } of gunicornSettings.values()) {
    // `config` has no effect in the file itself.
    if (candidate === 'config' || Math.abs(candidate.length - name.length) > 2) continue;
    const limit = candidate.length <= 5 ? 1 : 2;
    const distance = normal(candidate) === plain ? 0 : editDistance(plain, normal(candidate), limit);
    if (distance > limit || distance > least) continue;
    if (distance === least) best = undefined;
    else {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** How often the name stands in the text as a word of its own. */
function occurrences(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) count++;
  }
  return count;
}

/** Plain names that statements at the top, or in its `if`, `try` and `with` blocks, assign to. */
function assignedNames(body: readonly PyStatement[]): ReadonlyMap<string, readonly PyName[]> {
  const found = new Map<string, PyName[]>();
  const waiting: PyStatement[] = [...body].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.kind === 'assign' && next.value) for (const target of next.targets) noteTarget(found, target);
    waiting.push(...[...innerStatements(next)].reverse());
  }
  return found;
}

function innerStatements(statement: PyStatement): readonly PyStatement[] {
  if (statement.kind === 'if')
    return [...statement.branches.flatMap(branch => branch.body), ...(statement.otherwise ?? [])];
  if (statement.kind === 'try') {
    return [
      ...statement.body,
      ...statement.handlers.flatMap(handler => handler.body),
      ...(statement.otherwise ?? []),
      ...(statement.finally ?? []),
    ];
  }
  return statement.kind === 'with' ? statement.body : [];
}

function noteTarget(found: Map<string, PyName[]>, target: PyExpression): void {
  if (target.kind === 'name') found.set(target.id, [...(found.get(target.id) ?? []), target]);
}
