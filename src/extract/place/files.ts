import type { Mount, Place } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';

/** What there is at a path inside a place. */
export type Located =
  | { readonly kind: 'file'; readonly file: SourceFile; readonly mount: Mount }
  | { readonly kind: 'directory'; readonly path: string; readonly mount: Mount }
  /** A file that the image or distribution brings (`/etc/nginx/mime.types`). */
  | { readonly kind: 'image'; readonly what: string }
  /** Proved not to be there. */
  | { readonly kind: 'missing'; readonly why: string }
  /** May be there; cannot be told. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Looks up an absolute path inside a place through its mounts: the last one that covers the path wins. */
export declare function locateDeclared(reader: Reader, place: Place, inside: string): Located;
