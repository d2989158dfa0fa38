import type { Repair } from '../../../model/fault.js';
import { quoteForNginx } from '../../../text/quote.js';
import type { Edit, Span } from '../../../text/source.js';

/** `span` covers one or more words, in whose place `value` will stand as one word. */
export function replaceWord(span: Span, value: string): Edit {
  return { span, text: quoteForNginx(value) };
}

/** The repair "Write VALUE". */
export function writeInstead(span: Span, value: string, safety: Repair['safety'] = 'safe'): Repair {
  return { title: `Write ${value}`, safety, edits: [replaceWord(span, value)] };
}
