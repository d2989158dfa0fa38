import type { Word } from '../model/word.js';
import { quoteForNginx } from '../text/quote.js';
import type { Edit, Span } from '../text/source.js';

export { insertBefore, insertBehind, removeStatement as removeDirective } from '../text/statement.js';

/** `span` covers a value; it is replaced by `value`, quoted where nginx would split or misread it. */
export function setDirectiveValue(span: Span, value: string): Edit {
  return { span, text: quoteForNginx(value) };
}

/** Replaces all arguments of a directive; undefined where it has none. */
export function setArguments(args: readonly Word[], values: readonly string[]): Edit | undefined {
  const first = args[0];
  const last = args.at(-1);
  if (!first || !last || first.span.file !== last.span.file) return undefined;
  return { span: { ...first.span, end: last.span.end }, text: values.map(quoteForNginx).join(' ') };
}

/** `nameSpan` covers the directive's name. */
export function renameDirective(nameSpan: Span, name: string): Edit {
  return { span: nameSpan, text: name };
}
