import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Span, Step } from '../../text/source.js';
import { type Located, locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import type { PyEnvironment } from './machine.js';

/** Where Python code runs. */
export interface Surroundings {
  readonly reader: Reader;
  readonly place: Place;
  readonly environment: PyEnvironment;
}

/** The same as it is seen from inside: nothing of it counts but what is asked for. */
export interface View {
  readonly environment: PyEnvironment;
  /** What there is at an absolute path. Why something is missing may be the reason of another place. */
  readonly locate: (inside: string) => Located;
  /** Why there is nothing at an absolute path. */
  readonly whyMissing: (inside: string) => string;
  /** A machine whose other files nobody knows. */
  readonly onHost: boolean;
  /** Name and tag of the image, where it is known. */
  readonly image: () => string | undefined;
}

/**
 * What `follow` gives, worked out once for all who would see the same. A dozen compose files often run one program, and what sets their
 * services apart are variables that it never asks for and volumes in which it looks for nothing. `key`: all that the work depends on beside
 * its surroundings.
 */
export function seenFrom<T>(
  { reader, place, environment }: Surroundings,
  key: readonly unknown[],
  follow: (view: View) => T,
): T {
  const { variables, open } = environment;
  const { image } = place;
  const answer = (question: string): Answer => {
    const rest = question.slice(1);
    if (question[0] === '/') return locate(reader, place, question);
    if (question[0] === '$') return variables.get(rest);
    if (question[0] === '?') return reasonAt(locate(reader, place, rest));
    return image?.known ? image.value : undefined;
  };
  const onHost = place.kind === 'host';
  return reader.shared(JSON.stringify([...key, open, onHost]), { answer, same: sameAnswer }, ask =>
    follow({
      environment: { variables: { get: name => ask(`$${name}`) as Setting<string> | undefined }, open },
      locate: inside => ask(inside) as Located,
      whyMissing: inside => ask(`?${inside}`) as string,
      onHost,
      image: () => ask('image') as string | undefined,
    }),
  );
}

/** Of `$NAME` (a variable), of a path, of `?path` (why it is missing), and of `image`. */
type Answer = Setting<string> | Located | string | undefined;

function sameAnswer(a: Answer, b: Answer): boolean {
  if (a === b || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if ('kind' in a) return 'kind' in b && sameLocated(a, b);
  return !('kind' in b) && sameSetting(a, b);
}

function reasonAt(located: Located): string {
  return located.kind === 'missing' ? located.why : '';
}

/** As far as anybody asks: not through which mount it is seen. */
function sameLocated(a: Located, b: Located): boolean {
  switch (a.kind) {
    case 'file':
      return b.kind === 'file' && a.file === b.file;
    case 'directory':
      return b.kind === 'directory' && a.path === b.path;
    case 'image':
      return b.kind === 'image' && a.what === b.what && a.folder === b.folder;
    case 'missing':
      return b.kind === 'missing';
    default:
      return b.kind === 'unknown' && a.why === b.why;
  }
}

function sameSetting(a: Setting<string>, b: Setting<string>): boolean {
  if (a.known !== b.known || (a.known ? a.value : a.why) !== (b.known ? b.value : b.why)) return false;
  return sameSpan(a.span, b.span) && sameSteps(a.via ?? [], b.via ?? []);
}

function sameSteps(a: readonly Step[], b: readonly Step[]): boolean {
  return (
    a.length === b.length && a.every(({ span, message }, i) => message === b[i]?.message && sameSpan(span, b[i]?.span))
  );
}

function sameSpan(a: Span | undefined, b: Span | undefined): boolean {
  return a?.file === b?.file && a?.start === b?.start && a?.end === b?.end;
}
