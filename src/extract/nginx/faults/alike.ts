import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import type { Expanded } from '../scopes.js';

export interface Line {
  readonly directive: NginxDirective;
  readonly scope: NginxScope;
}

/**
 * The directives of a configuration, those together that stand letter by letter the same in one file and in blocks of one kind: in a long file
 * few lines stand there once. What nginx says about such a line by itself, it says about all of them.
 */
export function alikeLines({ scopes, unended }: Pick<Expanded, 'scopes' | 'unended'>): readonly (readonly Line[])[] {
  const groups: Line[][] = [];
  const known = new Map<string, Map<string, Line[]>>();
  for (const scope of scopes) {
    let path: string | undefined;
    let here: Map<string, Line[]> | undefined;
    for (const directive of scope.directives) {
      const { file } = directive.nameSpan;
      const line = { directive, scope };
      // Without its end, or shown where an include stands, the text is not all of it.
      if (directive.stock || unended.has(directive)) {
        groups.push([line]);
        continue;
      }
      if (!here || path !== file.path) {
        path = file.path;
        const key = `${scope.context}\n${path}`;
        here = known.get(key) ?? new Map();
        known.set(key, here);
      }
      const text = file.text.slice(directive.span.start, endOfHead(directive));
      const group = here.get(text);
      if (group) group.push(line);
      else {
        const first = [line];
        here.set(text, first);
        groups.push(first);
      }
    }
  }
  return groups;
}

/** Behind the `;`, or before the `{`: the one cannot be taken for the other. */
function endOfHead({ block, args, nameSpan, span }: NginxDirective): number {
  return block ? (args.at(-1)?.span ?? nameSpan).end : span.end;
}

/**
 * Judges lines each of which decides by itself what is wrong with it. Of those that are alike the first is judged for all, unless something is
 * wrong with it. `judge` returns false for a line that it could not judge where it stands.
 */
export function judgeLines<Said>(
  groups: readonly (readonly Line[])[],
  report: (said: Said) => void,
  judge: (line: Line, report: (said: Said) => void) => boolean,
): void {
  let found = 0;
  const counted = (said: Said): void => {
    found++;
    report(said);
  };
  for (const group of groups) {
    for (const line of group) {
      const before = found;
      if (judge(line, counted) && found === before) break;
    }
  }
}
