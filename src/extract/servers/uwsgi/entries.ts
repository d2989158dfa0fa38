import type { IniTree } from '../../../syntax/ini/tree.js';
import type { XmlElement, XmlTree } from '../../../syntax/xml/tree.js';
import { type YamlNode, type YamlTree, yamlGet } from '../../../syntax/yaml/tree.js';
import type { Span } from '../../../text/source.js';

/** One option as a configuration file has it, before any substitution. */
export interface RawEntry {
  readonly key: string;
  readonly value: string;
  readonly keySpan: Span;
  readonly valueSpan: Span;
  /** The whole line. */
  readonly span: Span;
  /** A key that stands alone in an ini file: its value is the empty text. */
  readonly bare: boolean;
  /** Why it may not count. */
  readonly doubt?: string;
}

export interface RawSection {
  readonly entries: readonly RawEntry[];
  /** The section, object or element that was asked for is there. */
  readonly found: boolean;
}

/** Sections of the asked name, in order: core/ini.c (`uwsgi_ini_config`) of 2.0.21. */
export function iniEntries(tree: IniTree, section: string): RawSection {
  const entries: RawEntry[] = [];
  for (const part of tree.sections) {
    if ((part.name ?? '') !== section) continue;
    for (const { key, value, keySpan, valueSpan, span, separator } of part.entries) {
      entries.push({ key, value, keySpan, valueSpan, span, bare: !separator });
    }
  }
  return { entries, found: entries.length > 0 };
}

/** The mapping under the asked key; lists repeat the key. Source: core/yaml.c with libyaml, 2.0.21. */
export function yamlEntries(tree: YamlTree, section: string): RawSection {
  return mappedEntries(tree, section, true);
}

/** As YAML, but true, false and null are 1, 0 and 0: core/json.c of 2.0.21. */
export function jsonEntries(tree: YamlTree, section: string): RawSection {
  return mappedEntries(tree, section, false);
}

function mappedEntries(tree: YamlTree, section: string, verbatim: boolean): RawSection {
  const found = yamlGet(tree.documents[0], section);
  if (found?.kind !== 'map') return { entries: [], found: false };
  const entries: RawEntry[] = [];
  for (const { key, keySpan, value } of found.entries) {
    for (const item of value.kind === 'list' ? value.items : [value]) {
      const scalar = scalarOf(item, verbatim);
      if (scalar === undefined) continue;
      entries.push({
        key,
        value: scalar,
        keySpan,
        valueSpan: contentOf(item),
        span: joined(keySpan, item.span),
        bare: false,
      });
    }
  }
  return { entries, found: true };
}

function scalarOf(node: YamlNode, verbatim: boolean): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  // A key without a value gives no option; the word null does.
  if (verbatim) return node.value === null && node.text === '' && node.style === 'plain' ? undefined : node.text;
  if (node.value === true) return '1';
  return node.value === false || node.value === null ? '0' : node.text;
}

function contentOf(node: YamlNode): Span {
  if (node.kind !== 'scalar' || node.contentStart === undefined) return node.span;
  return { ...node.span, start: node.contentStart, end: node.contentStart + node.text.length };
}

function joined(key: Span, value: Span): Span {
  return value.end >= key.start ? { ...key, end: Math.max(key.end, value.end) } : key;
}

/** Children of `<uwsgi>`; `id` picks one. Source: core/xmlconf.c with libxml2, 2.0.21. */
export function xmlEntries(tree: XmlTree, id: string | undefined): RawSection {
  const root = tree.root;
  const element =
    root?.name === 'uwsgi' ? root : root?.children.find(child => child.name === 'uwsgi' && fits(child, id));
  if (!element) return { entries: [], found: false };
  const entries: RawEntry[] = [];
  for (const child of element.children) {
    if (!fits(child, id)) continue;
    // core/xmlconf.c: with `--mode` on the command line only the elements of that mode count.
    const mode = child.attributes.get('mode')?.value;
    const entry = {
      ...{ keySpan: child.nameSpan, valueSpan: child.textSpan, span: child.span, bare: false },
      ...(mode !== undefined && { doubt: `it counts in mode ${mode}` }),
    };
    if (child.name !== 'app') {
      entries.push({
        ...entry,
        key: child.name,
        value: child.children.length === 0 && child.text === '' ? '1' : child.text,
      });
      continue;
    }
    const inner = child.children[0];
    const target = inner && inner.text !== '' ? inner : child;
    const mountpoint = child.attributes.get('mountpoint')?.value;
    if (target.text === '') continue;
    const value = mountpoint === undefined ? target.text : `${mountpoint}=${target.text}`;
    entries.push({ ...entry, valueSpan: target.textSpan, key: 'mount', value });
  }
  return { entries, found: true };
}

function fits(element: XmlElement, id: string | undefined): boolean {
  const own = element.attributes.get('id')?.value;
  return id === undefined || own === undefined || own === id;
}
