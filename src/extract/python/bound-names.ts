import type { PyExpression, PyStatement } from '../../syntax/python/tree.js';

/** Names that statements bind, those inside their blocks too; bodies of functions and classes have names of their own. */
export function boundNames(body: readonly PyStatement[]): ReadonlySet<string> {
  const names = new Set<string>();
  const pending = [...body];
  for (let statement = pending.pop(); statement; statement = pending.pop()) collect(statement, names, pending);
  return names;
}

function collect(statement: PyStatement, names: Set<string>, pending: PyStatement[]): void {
  switch (statement.kind) {
    case 'assign':
      for (const target of statement.targets) targetNames(target, names);
      return;
    case 'augmented':
      targetNames(statement.target, names);
      return;
    case 'function':
    case 'class':
    case 'type alias':
      names.add(statement.name);
      return;
    case 'if':
      for (const branch of statement.branches) pending.push(...branch.body);
      pending.push(...(statement.otherwise ?? []));
      return;
    case 'for':
      targetNames(statement.target, names);
      pending.push(...statement.body, ...(statement.otherwise ?? []));
      return;
    case 'while':
      pending.push(...statement.body, ...(statement.otherwise ?? []));
      return;
    case 'try':
      pending.push(...statement.body, ...(statement.otherwise ?? []), ...(statement.finally ?? []));
      for (const handler of statement.handlers) pending.push(...handler.body);
      return;
    case 'with':
      for (const { target } of statement.items) if (target) targetNames(target, names);
      pending.push(...statement.body);
      return;
    case 'match':
      for (const each of statement.cases) pending.push(...each.body);
      return;
    default:
  }
}

function targetNames(target: PyExpression, names: Set<string>): void {
  if (target.kind === 'name') names.add(target.id);
  else if (target.kind === 'starred') targetNames(target.value, names);
  else if (target.kind === 'tuple' || target.kind === 'list') for (const each of target.items) targetNames(each, names);
}
