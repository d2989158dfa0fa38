import type { Blanks } from './blanks.js';

/** Longest value after substitution; more is no configuration but a loop (`%(a)` in the value of `a`). */
const longest = 20_000;

/**
 * Values of the variables `%x`. Those in upper case are the first file's, where an option of its own names that file (`--ini x`, not
 * `x` alone): `own` says that this is the one. Sources: core/uwsgi.c
 * (`config_magic_table_fill`, `uwsgi_setup`) and core/utils.c (`init_magic_table`) of 2.0.21.
 */
export type MagicTable = ReadonlyMap<string, string>;

const perFile = ['o', 'd', 's', 'p', 'c', 'e', 'n', 'x'];

export function magicTable(
  blanks: Blanks,
  file: { readonly written: string; readonly path: string | undefined; readonly section: string },
  start: string | undefined,
  outer: MagicTable | 'own' | undefined,
): MagicTable {
  const table = new Map<string, string>([
    ['%', '%'],
    ['(', '%('],
    ['[', '\u001b'],
    ['v', start ?? blanks.mark('the folder that uWSGI is started in is not known')],
    ['h', blanks.mark('it is the name of the machine')],
    ['t', blanks.mark('it is the time of the start')],
    ['T', blanks.mark('it is the time of the start')],
    ['V', blanks.mark('it is the version of uWSGI')],
    ['k', blanks.mark('it is the number of processor cores')],
    ['u', blanks.mark('it is the user that starts uWSGI')],
    ['U', blanks.mark('it is the user that starts uWSGI')],
    ['g', blanks.mark('it is the group that starts uWSGI')],
    ['G', blanks.mark('it is the group that starts uWSGI')],
    ['b', blanks.mark('it is the path of the uWSGI program')],
    ['i', blanks.mark('it is a number of the file system')],
    ['j', blanks.mark('it is a hash of the path')],
  ]);
  const path = file.path ?? blanks.mark('the path of the file is not known');
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, slash + 1);
  const name = path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  const parts = folder.split('/').filter(part => part !== '');
  table.set('o', file.written).set('p', path).set('d', folder).set('s', name);
  table.set('c', parts.at(-1) ?? '').set('x', file.section);
  table.set('e', dot < 0 ? '' : name.slice(dot + 1)).set('n', dot < 0 ? name : name.slice(0, dot));
  for (const [index, part] of parts.slice(0, 10).entries()) table.set(String(index), part);
  for (const key of perFile) {
    const upper = key.toUpperCase();
    table.set(upper, (outer === 'own' ? table.get(key) : outer?.get(upper)) ?? '');
  }
  return table;
}

/** Replaces `%x` as uWSGI does over the whole file: a letter that stands for nothing goes away with its percent sign. */
export function applyMagic(text: string, table: MagicTable): string {
  let out = '';
  let at = 0;
  for (let percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
    out += text.slice(at, percent);
    const next = text[percent + 1];
    if (next === undefined) return `${out}%`;
    out += table.get(next) ?? '';
    at = percent + 2;
    if (out.length > longest) return out;
  }
  return out + text.slice(at);
}

/**
 * One pass over a value for `$(NAME)`, `@(file)` or `%(option)`: core/utils.c (`uwsgi_apply_config_pass`) of 2.0.21. What `lookup`
 * does not know stays as it is. Like there, the scan begins anew behind the first character after each replacement.
 */
export function applyPass(text: string, symbol: '$' | '@' | '%', lookup: (key: string) => string | undefined): string {
  let value = text;
  let from = 0;
  for (let turns = 0; turns < 200; turns++) {
    const found = findKey(value, symbol, from);
    if (!found) return value;
    const replaced = lookup(found.key);
    if (replaced === undefined) {
      from = found.end;
      continue;
    }
    value = value.slice(0, found.start) + replaced + value.slice(found.end);
    from = 1;
    if (value.length > longest) return value;
  }
  return value;
}

interface FoundKey {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

function findKey(value: string, symbol: string, from: number): FoundKey | undefined {
  for (let at = value.indexOf(`${symbol}(`, from); at >= 0; at = value.indexOf(`${symbol}(`, at + 2)) {
    let depth = 0;
    for (let end = at + 2; end < value.length; end++) {
      if (value[end] === '(') depth++;
      else if (value[end] === ')') {
        if (depth === 0) {
          if (end === at + 2) break;
          return { key: value.slice(at + 2, end), start: at, end: end + 1 };
        }
        depth--;
      }
      if (end - at > 2000) break;
    }
  }
  return undefined;
}

/**
 * `%(name)` or an expression of names, numbers and `+ - * / ++ --` between blanks, worked off from the left: core/config.c
 * (`uwsgi_manage_placeholder`) of 2.0.21. Undefined for a name that no option has.
 */
export function placeholderValue(
  key: string,
  blanks: Blanks,
  option: (name: string) => string | undefined,
): string | undefined {
  if (!key.includes(' ')) return option(key);
  let current = '';
  let operator = '';
  for (const token of key.split(' ').filter(part => part !== '')) {
    if (['+', '-', '*', '/'].includes(token)) {
      operator = token;
      continue;
    }
    if (token === '++' || token === '--') {
      current = compute(current, token === '++' ? '+' : '-', '1', blanks);
      operator = '';
      continue;
    }
    const given = /^\d+$/.test(token) || blanks.reason(token) !== undefined;
    const value = given ? token : (option(token) ?? '');
    current = operator === '' ? current + value : compute(current, operator, value, blanks);
    operator = '';
  }
  return current;
}

function compute(left: string, operator: string, right: string, blanks: Blanks): string {
  const why = blanks.reason(left) ?? blanks.reason(right);
  if (why !== undefined) return blanks.mark(why);
  const [a, b] = [leadingInteger(left), leadingInteger(right)];
  if (operator === '+') return String(a + b);
  if (operator === '-') return String(a - b);
  if (operator === '*') return String(a * b);
  return b === 0 ? '0' : String(Math.trunc(a / b));
}

/** C's atoi: blanks, a sign, digits; 0 where there are none. */
export function leadingInteger(text: string): number {
  const match = /^\s*([+-]?\d{1,15})/.exec(text);
  return match ? Number(match[1]) : 0;
}
