import { evaluate, type Scope } from './expression.js';
import { fromNode, type HelmValue, nothing, printed, truth } from './value.js';

/** A template with what its values decide taken in: the same length and lines as the file, so that every offset holds. */
export interface Rendered {
  readonly text: string;
  /** Values of the expressions that are left in the text, by where they begin. */
  readonly values: ReadonlyMap<number, HelmValue>;
  /** Blocks that stand on lines of their own: the text has a key in their place. */
  readonly blocks: ReadonlyMap<string, { readonly value: HelmValue; readonly text: string }>;
  /** Places at which something is left out that cannot be told. */
  readonly open: readonly number[];
}

/** Begins the keys that stand for blocks; never part of a real file (private use area). */
export const blockMark = '\uE0F6';

interface Action {
  readonly start: number;
  readonly end: number;
  /** Without braces and dashes. */
  readonly text: string;
}

interface Frame {
  readonly kind: 'if' | 'with' | 'range' | 'define';
  readonly outer: boolean;
  /** What is between is kept. */
  active: boolean;
  /** A branch was taken, or it cannot be told which is. */
  decided: boolean;
  readonly scope: Scope;
}

const mostActions = 20_000;

/** Renders what can be rendered with these values. `root`: `.Values` and the like, as a scope's. */
export function render(text: string, root: Scope['root']): Rendered {
  const actions = actionsOf(text);
  const values = new Map<number, HelmValue>();
  const blocks = new Map<string, { readonly value: HelmValue; readonly text: string }>();
  const open: number[] = [];
  const variables = new Map<string, HelmValue>();
  const frames: Frame[] = [];
  let scope: Scope = { dot: undefined, variables, root, atRoot: true };
  const out = createOutput();
  let at = 0;
  const active = () => frames.at(-1)?.active ?? true;
  const scalars = blockScalars(text);
  for (const action of actions) {
    const before = text.slice(at, action.start);
    out.add(active() ? before : blank(before));
    at = action.end;
    const raw = text.slice(action.start, action.end);
    const keyword = /^(?:else if|else with|if|with|range|define|block|end|else)\b/.exec(action.text)?.[0];
    if (keyword !== undefined) {
      out.add(blank(raw));
      const rest = action.text.slice(keyword.length).trim();
      scope = control(keyword, rest, { frames, scope, variables, open, at: action.start, active: active() });
      continue;
    }
    const assigned = /^\$(\w+)\s*:?=/.exec(action.text);
    if (assigned) {
      if (active()) variables.set(assigned[1] ?? '', evaluate(action.text.slice(assigned[0].length), scope));
      out.add(blank(raw));
    } else if (!active() || action.text.startsWith('/*')) out.add(blank(raw));
    else if (!standsAlone(text, action)) {
      values.set(action.start, evaluate(action.text, scope));
      out.add(raw);
    } else {
      const value = evaluate(action.text, scope);
      const inText = scalars(action.start);
      const listed = value?.kind === 'node' ? value.node.kind === 'list' : isItem(text, action.end);
      const key = inText ? undefined : keyFor(raw, out, action.text, blocks.size, listed);
      if (key) {
        blocks.set(key.name, { value, text: action.text });
        out.replaceLine(key.line);
      } else {
        // A file of the chart as all of a value is looked up by itself.
        if (!inText || !/^\(?\.Files\.Get\s/.test(action.text)) open.push(action.start);
        out.add(blank(raw));
      }
    }
  }
  const last = text.slice(at);
  out.add(active() ? last : blank(last));
  return { text: out.text(), values, blocks, open };
}

/** A text that grows; its last line can be replaced, and the lines above it looked at. */
interface Output {
  readonly add: (text: string) => void;
  readonly line: () => string;
  readonly replaceLine: (text: string) => void;
  /** The nearest lines above the last, at least a few. */
  readonly above: () => readonly string[];
  readonly text: () => string;
}

function createOutput(): Output {
  const pieces: string[] = [];
  let line = '';
  return {
    add(text) {
      const feed = text.lastIndexOf('\n') + 1;
      if (feed > 0) {
        pieces.push(line + text.slice(0, feed));
        line = text.slice(feed);
      } else line += text;
    },
    line: () => line,
    replaceLine(text) {
      line = text;
    },
    above: () => pieces.slice(-8).join('').slice(-2000).split('\n').slice(0, -1),
    text: () => pieces.join('') + line,
  };
}

function actionsOf(text: string): readonly Action[] {
  const found: Action[] = [];
  for (let start = text.indexOf('{{'); start >= 0 && found.length < mostActions; ) {
    const close = text.startsWith('{{/*', start) || text.startsWith('{{- /*', start) ? '*/' : '';
    const from = close === '' ? start : text.indexOf(close, start);
    const end = from < 0 ? -1 : text.indexOf('}}', from);
    if (end < 0) break;
    const inner = text
      .slice(start + 2, end)
      .replace(/^-\s/, '')
      .replace(/\s-$/, '')
      .trim();
    found.push({ start, end: end + 2, text: inner });
    start = text.indexOf('{{', end + 2);
  }
  return found;
}

interface Situation {
  readonly frames: Frame[];
  readonly scope: Scope;
  readonly variables: Map<string, HelmValue>;
  readonly open: number[];
  readonly at: number;
  readonly active: boolean;
}

/** Takes a control action in; returns the scope behind it. */
function control(keyword: string, rest: string, now: Situation): Scope {
  const { frames, scope, open, at } = now;
  if (keyword === 'end') return frames.pop()?.scope ?? scope;
  if (keyword.startsWith('else')) {
    const frame = frames.at(-1);
    if (!frame) return scope;
    const holds = keyword === 'else' ? true : truth(evaluate(rest, frame.scope));
    frame.active = frame.outer && !frame.decided && holds === true;
    if (holds === undefined && frame.outer && !frame.decided) open.push(at);
    frame.decided ||= holds !== false;
    return frame.scope;
  }
  const outer = now.active;
  if (keyword === 'define' || keyword === 'block') {
    frames.push({ kind: 'define', outer, active: false, decided: true, scope });
    return scope;
  }
  const { value, inner } = keyword === 'range' ? ranged(rest, now) : tested(keyword, rest, scope);
  const holds = outer ? truth(value) : false;
  if (outer && holds === undefined) open.push(at);
  const kind = keyword === 'if' ? 'if' : keyword === 'with' ? 'with' : 'range';
  frames.push({ kind, outer, active: outer && holds === true, decided: holds !== false, scope });
  return inner;
}

function tested(keyword: string, rest: string, scope: Scope): { readonly value: HelmValue; readonly inner: Scope } {
  const assigned = /^\$\w+\s*:=/.exec(rest)?.[0] ?? '';
  const value = evaluate(rest.slice(assigned.length), scope);
  return { value, inner: keyword === 'with' ? { ...scope, dot: value, atRoot: false } : scope };
}

/** A loop is read for its first item only; where there are more, something is left out. */
function ranged(rest: string, now: Situation): { readonly value: HelmValue; readonly inner: Scope } {
  const { scope, variables, open, at } = now;
  const assigned = /^\$(\w+)\s*(?:,\s*\$(\w+)\s*)?:=/.exec(rest);
  const value = evaluate(rest.slice(assigned?.[0].length ?? 0), scope);
  let item: HelmValue = value && value.kind === 'scalar' ? nothing : undefined;
  let key: HelmValue;
  if (value?.kind === 'node' && value.node.kind === 'list') {
    item = fromNode(value.node.items[0]);
    key = { kind: 'scalar', value: 0 };
    if (value.node.items.length > 1) open.push(at);
  } else if (value?.kind === 'node' && value.node.kind === 'map') {
    const [entry, ...more] = value.node.entries;
    item = fromNode(entry?.value);
    key = entry && { kind: 'scalar', value: entry.key };
    if (more.length > 0) open.push(at);
  }
  if (assigned?.[2]) {
    variables.set(assigned[1] ?? '', key);
    variables.set(assigned[2], item);
  } else if (assigned?.[1]) variables.set(assigned[1], item);
  return { value, inner: { ...scope, dot: item, atRoot: false } };
}

/** Nothing else is on the lines of the action. */
function standsAlone(text: string, { start, end }: Action): boolean {
  const line = text.lastIndexOf('\n', start - 1) + 1;
  const feed = text.indexOf('\n', end);
  return text.slice(line, start).trim() === '' && text.slice(end, feed < 0 ? text.length : feed).trim() === '';
}

/** The key that stands for a block, at the column that the block is indented to, as long as the action. */
function keyFor(
  raw: string,
  out: Output,
  inner: string,
  index: number,
  listed: boolean,
): { readonly name: string; readonly line: string } | undefined {
  if (raw.includes('\n') || !/^(?:include|template|toYaml|tpl|\(|\.|\$)/.test(inner)) return undefined;
  const before = out.line().length;
  const size = before + raw.length;
  const wanted = /\bn?indent\s+(\d{1,3})\s*$/.exec(inner)?.[1];
  const column = wanted === undefined ? before : Number(wanted);
  const name = `${blockMark}${index}`;
  const dash = listed || dashAt(out, column) ? '- ' : '';
  const made = `${' '.repeat(column)}${dash}${name}: ~`;
  if (made.length > size) return undefined;
  return { name, line: made.padEnd(size) };
}

/** True where the next line with something on it is an item of a list. */
function isItem(text: string, from: number): boolean {
  return /^[ \t]*\r?\n(?:[ \t]*\r?\n)?[ \t]*- /.test(text.slice(from, from + 200));
}

/** True where the lines above at this column are items of a list. */
function dashAt(out: Output, column: number): boolean {
  const lines = out.above();
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? '';
    const content = line.trimStart();
    if (content === '' || content.startsWith('#')) continue;
    const indent = line.length - content.length;
    if (indent === column) return content.startsWith('- ');
    if (indent < column) return false;
  }
  return false;
}

/** Tells whether an offset lies in a block scalar (`key: |`), whose lines are text. */
function blockScalars(text: string): (offset: number) => boolean {
  const ranges: { readonly start: number; readonly end: number }[] = [];
  let head: { readonly indent: number; readonly start: number } | undefined;
  let at = 0;
  for (const line of text.split('\n')) {
    const content = line.trimStart();
    const indent = line.length - content.length;
    if (head && content.trim() !== '' && indent <= head.indent && !content.startsWith('{{')) {
      ranges.push({ start: head.start, end: at });
      head = undefined;
    }
    if (!head && /(?::|^-)\s+[|>][+-]?\d?[+-]?\s*$/.test(content)) head = { indent, start: at + line.length };
    at += line.length + 1;
  }
  if (head) ranges.push({ start: head.start, end: text.length });
  let next = 0;
  // Offsets are asked for in order.
  return offset => {
    while ((ranges[next]?.end ?? Number.POSITIVE_INFINITY) <= offset) next++;
    return (ranges[next]?.start ?? Number.POSITIVE_INFINITY) <= offset;
  };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

/** The text of a scalar with the expressions in it filled in; those that are not known stay, spelled in one way. */
export function filled(text: string, start: number, end: number, { values }: Rendered, source: string): string {
  let at = start;
  return text.replace(/\{\{[^{}]{0,500}\}\}/g, raw => {
    const found = source.indexOf(raw, at);
    if (found < 0 || found >= end) return raw;
    at = found + raw.length;
    return printed(values.get(found)) ?? spelled(raw);
  });
}

/** `{{- include "x" $ -}}` and `{{ include "x" . }}` are the same. */
function spelled(raw: string): string {
  const inner = raw.slice(2, -2).replace(/^-/, '').replace(/-$/, '').trim().replace(/\s+/g, ' ');
  return `{{ ${inner.replace(/\$(?= |$|\))/g, '.').replace(/ ?\| ?(?:quote|squote|trim)\b/g, '')} }}`;
}
