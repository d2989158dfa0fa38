import { SaxesParser } from 'saxes';
import type { Problem, SourceFile, Span } from '../../text/source.js';
import { span } from '../../text/source.js';
import type { XmlElement, XmlTree } from './tree.js';

/** Elements nested deeper are left out: no configuration has them, and readers of the tree may recurse. */
const maximumDepth = 100;
const maximumProblems = 20;

interface OpenElement {
  readonly name: string;
  readonly start: number;
  readonly nameEnd: number;
  readonly attributes: Map<string, { readonly value: string; readonly span: Span }>;
  readonly children: XmlElement[];
  text: string;
  /** Behind the `>` of the opening tag. */
  contentStart: number;
  firstChild: number | undefined;
}

/**
 * Reads XML. Entities of a document type are not expanded. Never throws: text that is not well-formed gives problems, and the
 * elements that were closed before.
 */
export function parseXml(file: SourceFile): XmlTree {
  const problems: Problem[] = [];
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let skipped = 0;
  const parser = new SaxesParser({ xmlns: false, position: true });
  const at = (): number => Math.min(parser.position, file.text.length);

  parser.on('error', error => {
    if (problems.length >= maximumProblems) return;
    const place = Math.max(0, Math.min(at(), file.text.length) - 1);
    const message = error.message.replace(/^(?:\d+:\d+: ?)+/, '');
    problems.push({ span: span(file, place, Math.min(place + 1, file.text.length)), message });
  });
  parser.on('opentagstart', tag => {
    const nameEnd = file.text.lastIndexOf(tag.name, at()) + tag.name.length;
    const start = Math.max(0, file.text.lastIndexOf('<', nameEnd - tag.name.length));
    open.push({
      name: tag.name,
      start,
      nameEnd,
      attributes: new Map(),
      children: [],
      text: '',
      contentStart: nameEnd,
      firstChild: undefined,
    });
  });
  parser.on('attribute', attribute => {
    const element = open.at(-1);
    if (!element) return;
    const end = Math.max(0, at() - 1);
    const quote = file.text[end];
    const quoted = quote === '"' || quote === "'";
    const start = quoted ? file.text.lastIndexOf(quote, end - 1) + 1 : end;
    element.attributes.set(attribute.name, { value: attribute.value, span: span(file, Math.min(start, end), end) });
  });
  parser.on('opentag', () => {
    const element = open.at(-1);
    if (element) element.contentStart = at();
    const parent = open.at(-2);
    if (parent && element) parent.firstChild ??= element.start;
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', tag => {
    const element = open.pop();
    if (!element) return;
    if (open.length >= maximumDepth) {
      skipped++;
      return;
    }
    const closed = close(file, element, at(), tag.isSelfClosing);
    const parent = open.at(-1);
    if (parent) parent.children.push(closed);
    else root ??= closed;
  });

  try {
    parser.write(file.text).close();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.push({ span: span(file, 0, Math.min(1, file.text.length)), message });
  }
  if (skipped > 0)
    problems.push({ span: span(file, 0, 0), message: `elements nest more than ${maximumDepth} levels deep` });
  return { ...(root && { root }), problems };
}

function close(file: SourceFile, element: OpenElement, end: number, selfClosing: boolean): XmlElement {
  const closing = selfClosing ? element.contentStart : file.text.lastIndexOf('</', end);
  const contentEnd = Math.max(element.contentStart, element.firstChild ?? Math.min(closing, end));
  const inner = file.text.slice(element.contentStart, contentEnd);
  const lead = inner.length - inner.trimStart().length;
  const start = inner.trim() === '' ? element.contentStart : element.contentStart + lead;
  return {
    name: element.name,
    nameSpan: span(file, element.nameEnd - element.name.length, element.nameEnd),
    attributes: element.attributes,
    children: element.children,
    text: element.text.trim(),
    textSpan: span(file, start, start + inner.trim().length),
    span: span(file, element.start, Math.max(end, element.start)),
  };
}
