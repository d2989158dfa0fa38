/**
 * Marks for the parts of a text that are not known: one character of the private use area for each, so that texts can be cut
 * and joined as uWSGI does and still tell what is missing.
 */
export interface Blanks {
  /** A mark that stands for something unknown. */
  mark(why: string): string;
  /** Why the text is not known; undefined where it is. */
  reason(text: string): string | undefined;
  /** The text with each mark replaced, for messages. */
  shown(text: string): string;
}

const first = 0xe100;
const last = 0xf7ff;

export function createBlanks(): Blanks {
  const reasons: string[] = [];
  const known = new Map<string, number>();
  return {
    mark(why) {
      let index = known.get(why);
      if (index === undefined) {
        index = Math.min(reasons.length, last - first);
        if (index === reasons.length) reasons.push(why);
        known.set(why, index);
      }
      return String.fromCharCode(first + index);
    },
    reason(text) {
      const mark = markIn(text);
      return mark === undefined
        ? undefined
        : (reasons[mark.charCodeAt(0) - first] ?? 'it holds characters of no meaning');
    },
    shown: text => text.replace(/[\uE100-\uF7FF]/g, '...'),
  };
}

function markIn(text: string): string | undefined {
  return /[\uE100-\uF7FF]/.exec(text)?.[0];
}
