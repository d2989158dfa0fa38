import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from '../syntax/yaml/tree.js';
import { nearest } from '../text/near.js';
import type { Problem, Span } from '../text/source.js';
import type { Given } from './config.js';

/** Collects what is wrong while a configuration is read. */
export interface Problems {
  add(span: Span, message: string): void;
}

export function collector(): Problems & { readonly found: Problem[] } {
  const found: Problem[] = [];
  return { found, add: (span, message) => void found.push({ span, message }) };
}

/** The entries of a map; anything else is a problem, save nothing at all. */
export function entriesOf(node: YamlNode, what: string, problems: Problems): readonly YamlEntry[] {
  if (isEmpty(node)) return [];
  if (node.kind === 'map') return node.entries;
  problems.add(node.span, `${what} has to be a mapping of names to values, not ${kindOf(node)}`);
  return [];
}

/** A list of texts; one text stands for a list of one. */
export function textsOf(node: YamlNode, what: string, problems: Problems): readonly Given<string>[] {
  if (isEmpty(node)) return [];
  if (node.kind === 'map') {
    problems.add(node.span, `${what} has to be a list, not ${kindOf(node)}`);
    return [];
  }
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap(item => {
    const text = textOf(item, `an item of ${what}`, problems);
    return text ? [text] : [];
  });
}

/** A text that is not empty; numbers and the like as they are written. */
export function textOf(node: YamlNode, what: string, problems: Problems): Given<string> | undefined {
  if (node.kind === 'scalar' && node.value !== null && node.text !== '') return { value: node.text, span: node.span };
  problems.add(spanOf(node), `${what} has to be a text, not ${kindOf(node)}`);
  return undefined;
}

/** One of some words; with a slip of the finger, the one that may be meant is named. */
export function wordOf<T extends string>(
  node: YamlNode,
  what: string,
  words: readonly T[],
  problems: Problems,
): T | undefined {
  const text = node.kind === 'scalar' ? node.text : undefined;
  const found = words.find(word => word === text);
  if (found !== undefined) return found;
  const near = text === undefined ? undefined : nearest(text, words);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  problems.add(spanOf(node), `${what} takes ${listed(words)}, not ${shown(node)}${hint}`);
  return undefined;
}

/** Tells that a name means nothing here. */
export function unknownName(entry: YamlEntry, what: string, names: readonly string[], problems: Problems): void {
  const near = nearest(entry.key, names);
  const hint = near === undefined ? `; there are ${listed(names)}` : `; did you mean ${near}?`;
  problems.add(entry.keySpan, `there is no ${what} ${quoted(entry.key)}${hint}`);
}

export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

export function isEmpty(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** Something to point at also where nothing is written. */
function spanOf(node: YamlNode): Span {
  const { file, start, end } = node.span;
  return end > start ? node.span : { file, start, end: Math.min(start + 1, file.text.length) };
}

export function shown(node: YamlNode): string {
  return node.kind === 'scalar' && node.value !== null ? quoted(node.text) : kindOf(node);
}

const longestShown = 60;

function quoted(text: string): string {
  return `"${text.length > longestShown ? `${text.slice(0, longestShown)}...` : text}"`;
}

function kindOf(node: YamlMap | YamlScalar | YamlNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  return node.value === null || node.text === '' ? 'nothing' : quoted(node.text);
}
