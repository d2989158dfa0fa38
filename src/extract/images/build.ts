import type { Span } from '../../text/source.js';

/** Stands in a name or a path for what a variable gives that is not written down. */
export const gap = '\0';

/** One place in the repository that says from which Dockerfile an image of a name is built. */
export interface NamedBuild {
  /** Repository of the image without its tag (`ghcr.io/acme/shop`), `gap` for what is not known. */
  readonly name: string;
  /** Undefined where it is not known, or none is given. */
  readonly tag: string | undefined;
  /** Path of the Dockerfile; undefined where it cannot be told or is not there. */
  readonly file: string | undefined;
  /** Folder of the repository that is the build context. */
  readonly context: string | undefined;
  readonly target?: string;
  readonly args: ReadonlyMap<string, string>;
  /** What states it. */
  readonly span: Span;
}

/** A reference as a build gives it, with gaps, in its two parts; the digest is left out. */
export function splitReference(reference: string): Pick<NamedBuild, 'name' | 'tag'> {
  const [whole = ''] = reference.trim().split('@', 1);
  const colon = whole.lastIndexOf(':');
  const [name, tag] =
    colon > whole.lastIndexOf('/') ? [whole.slice(0, colon), whole.slice(colon + 1)] : [whole, undefined];
  return { name: name.replace(/^(?:docker\.io|index\.docker\.io)\//, ''), tag: tag?.includes(gap) ? undefined : tag };
}
