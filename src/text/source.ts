/** A file as the host gave it. `path` is relative to the root that is linted, with forward slashes; never starts with `./`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Half-open range of UTF-16 offsets in one file. Lines and columns exist only in reports and in the editor. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Replace `span` by `text`. An empty span inserts; an empty text deletes. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Something wrong with the text of one file, found while reading it: where, and in plain words what. */
export interface Problem {
  readonly span: Span;
  readonly message: string;
}

/** One sentence about one place: a link in the chain of why a value is what it is, or the other end of a finding. */
export interface Step {
  readonly span: Span;
  readonly message: string;
}

export function span(file: SourceFile, start: number, end: number): Span {
  return { file, start, end };
}

export function spanText(of: Span): string {
  return of.file.text.slice(of.start, of.end);
}
