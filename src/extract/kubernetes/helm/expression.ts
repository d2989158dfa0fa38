import { field, type HelmValue, nothing, printed, scalar, truth } from './value.js';

/** Where an expression stands. */
export interface Scope {
  readonly dot: HelmValue;
  readonly variables: ReadonlyMap<string, HelmValue>;
  /** `.Values`, `.Chart` and what else is at the top; undefined for what only an installation knows. */
  readonly root: (path: readonly string[]) => HelmValue;
  /** The dot is the top itself. */
  readonly atRoot: boolean;
}

const mostTokens = 200;
const deepest = 30;

/** The value of a pipeline: `.Values.port | default 8000 | quote`. */
export function evaluate(text: string, scope: Scope): HelmValue {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  return pipeline({ tokens, at: 0, scope, depth: 0 });
}

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
  readonly scope: Scope;
  depth: number;
}

function tokensOf(text: string): readonly string[] | undefined {
  const found: string[] = [];
  const pattern = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|[|()]|[^\s|()"`]+)/y;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found.push(match[1] ?? '');
    if (found.length > mostTokens) return undefined;
    if (pattern.lastIndex >= text.length) break;
  }
  return found;
}

function pipeline(cursor: Cursor): HelmValue {
  if (++cursor.depth > deepest) return undefined;
  let value = command(cursor, undefined);
  while (cursor.tokens[cursor.at] === '|') {
    cursor.at++;
    value = command(cursor, { value });
  }
  cursor.depth--;
  return value;
}

/** One command of a pipeline with its arguments; what the one before gave comes last. */
function command(cursor: Cursor, piped: { readonly value: HelmValue } | undefined): HelmValue {
  const first = cursor.tokens[cursor.at];
  if (first === undefined) return undefined;
  if (!/^[A-Za-z]\w*$/.test(first) || first === 'true' || first === 'false' || first === 'nil') {
    const value = operand(cursor);
    return cursor.tokens[cursor.at] === undefined || /^[|)]$/.test(cursor.tokens[cursor.at] ?? '') ? value : undefined;
  }
  cursor.at++;
  const values: HelmValue[] = [];
  while (cursor.at < cursor.tokens.length && !/^[|)]$/.test(cursor.tokens[cursor.at] ?? ''))
    values.push(operand(cursor));
  if (piped) values.push(piped.value);
  return call(first, values, cursor.tokens);
}

function operand(cursor: Cursor): HelmValue {
  const token = cursor.tokens[cursor.at++] ?? '';
  if (token === '(') {
    const value = pipeline(cursor);
    cursor.at++;
    return value;
  }
  if (token.startsWith('"'))
    return scalar(token.slice(1, -1).replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)));
  if (token.startsWith('`')) return scalar(token.slice(1, -1));
  if (/^-?\d+(?:\.\d+)?$/.test(token)) return scalar(Number(token));
  if (token === 'true' || token === 'false') return scalar(token === 'true');
  if (token === 'nil') return nothing;
  return reference(token, cursor.scope);
}

/** `.`, `.field`, `$`, `$.Values.x`, `$name.field`. */
function reference(token: string, scope: Scope): HelmValue {
  const path = (text: string) => text.split('.').filter(part => part !== '');
  if (token === '$' || (token === '.' && scope.atRoot)) return undefined;
  if (token.startsWith('$.')) return scope.root(path(token.slice(1)));
  if (token.startsWith('$')) {
    const [name = '', ...rest] = token.slice(1).split('.');
    return field(scope.variables.get(name), rest);
  }
  if (!token.startsWith('.')) return undefined;
  return scope.atRoot ? scope.root(path(token)) : field(scope.dot, path(token));
}

function call(name: string, values: readonly HelmValue[], tokens: readonly string[]): HelmValue {
  const [first, second] = values;
  const last = values.at(-1);
  const texts = values.map(printed);
  switch (name) {
    case 'default':
      return truth(last) === undefined ? undefined : truth(last) ? last : first;
    case 'coalesce': {
      for (const value of values) {
        const holds = truth(value);
        if (holds === undefined) return undefined;
        if (holds) return value;
      }
      return nothing;
    }
    case 'required':
    case 'toYaml':
    case 'indent':
    case 'nindent':
    case 'toString':
    case 'quote':
    case 'squote':
    case 'tpl':
      return name === 'tpl' ? (texts[0]?.includes('{{') ? undefined : first) : last;
    case 'int':
    case 'int64':
    case 'float64':
      return printed(last) !== undefined && /^-?\d+(?:\.\d+)?$/.test(printed(last) ?? '')
        ? scalar(Number(printed(last)))
        : undefined;
    case 'not':
      return inverse(truth(first));
    case 'empty':
      return inverse(truth(last));
    case 'and':
    case 'or':
      return either(name, values);
    case 'eq':
    case 'ne': {
      if (texts[0] === undefined || texts.slice(1).some(text => text === undefined)) return undefined;
      const same = texts.slice(1).includes(texts[0]);
      return scalar(name === 'eq' ? same : !same);
    }
    case 'ternary':
      return truth(last) === undefined ? undefined : truth(last) ? first : second;
    case 'trim':
    case 'lower':
    case 'upper':
      return mapped(last, text =>
        name === 'trim' ? text.trim() : name === 'lower' ? text.toLowerCase() : text.toUpperCase(),
      );
    case 'trunc':
      return mapped(last, text => text.slice(0, Math.max(0, Number(texts[0]) || 0)));
    case 'trimSuffix':
      return mapped(last, text => (texts[0] && text.endsWith(texts[0]) ? text.slice(0, -texts[0].length) : text));
    case 'printf':
      return format(texts);
    case 'semverCompare':
      // Clusters of today are newer than any version that charts still ask for.
      return tokens.some(token => token.includes('KubeVersion'))
        ? scalar(!/^[<]/.test((texts[0] ?? '').trim()))
        : undefined;
    default:
      return undefined;
  }
}

function inverse(value: boolean | undefined): HelmValue {
  return value === undefined ? undefined : scalar(!value);
}

function either(name: 'and' | 'or', values: readonly HelmValue[]): HelmValue {
  for (const value of values) {
    const holds = truth(value);
    if (holds === undefined) return undefined;
    if (holds === (name === 'or')) return value;
  }
  return values.at(-1);
}

function mapped(value: HelmValue, change: (text: string) => string): HelmValue {
  const text = printed(value);
  return text === undefined ? undefined : scalar(change(text));
}

function format(texts: readonly (string | undefined)[]): HelmValue {
  const [pattern, ...values] = texts;
  if (pattern === undefined || values.some(text => text === undefined)) return undefined;
  let at = 0;
  const text = pattern.replace(/%(?:[sdvq]|\.0f)|%%/g, one => (one === '%%' ? '%' : (values[at++] ?? '')));
  return /%[^%]/.test(text) || at !== values.length ? undefined : scalar(text);
}
