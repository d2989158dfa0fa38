import { type YamlNode, yamlGet } from '../../../syntax/yaml/tree.js';

/** What an expression of a chart gives by the defaults of its values; undefined where that cannot be told. */
export type HelmValue =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
  | { readonly kind: 'node'; readonly node: YamlNode }
  | undefined;

export const nothing: HelmValue = { kind: 'scalar', value: null };

export function scalar(value: string | number | boolean | null): HelmValue {
  return { kind: 'scalar', value };
}

/** A node as a value: scalars lose their place, maps and lists keep it. */
export function fromNode(node: YamlNode | undefined): HelmValue {
  if (!node) return nothing;
  return node.kind === 'scalar' ? scalar(node.value) : { kind: 'node', node };
}

/** Text as a template prints it; undefined for a map or list. */
export function printed(value: HelmValue): string | undefined {
  if (value?.kind !== 'scalar') return undefined;
  return value.value === null ? '' : String(value.value);
}

/** What Go's templates take for true: not false, zero, empty or absent. */
export function truth(value: HelmValue): boolean | undefined {
  if (!value) return undefined;
  if (value.kind === 'scalar')
    return value.value !== null && value.value !== false && value.value !== 0 && value.value !== '';
  if (value.node.kind === 'map') return value.node.entries.length > 0;
  return value.node.kind === 'list' && value.node.items.length > 0;
}

/** `.a.b` below a value. */
export function field(value: HelmValue, path: readonly string[]): HelmValue {
  if (path.length === 0) return value;
  if (!value) return undefined;
  if (value.kind === 'scalar') return value.value === null ? nothing : undefined;
  return fromNode(yamlGet(value.node, ...path));
}
