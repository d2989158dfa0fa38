import type { Problem, Span } from '../../text/source.js';

/** One argument of an instruction: text after Docker's own quoting; `$VAR` is left as it is. */
export interface DockerWord {
  readonly text: string;
  /** As it stands in the file, quotes and escapes included, continued lines joined: what Docker expands variables in. */
  readonly raw: string;
  readonly span: Span;
  /** In single quotes, so that Docker expands no variables in it. */
  readonly literal: boolean;
}

export interface DockerInstruction {
  /** Upper case: FROM, COPY, CMD ... */
  readonly name: string;
  readonly nameSpan: Span;
  /** From the keyword to the end of the last line. */
  readonly span: Span;
  /** `--from=x`, `--chown=y`: name without dashes. */
  readonly flags: ReadonlyMap<string, DockerWord>;
  /** Everything behind keyword and flags as it stands, continuation lines included. */
  readonly rest: Span;
  /** The same line by line, without continuation characters and the comment lines between. */
  readonly pieces: readonly Span[];
  /** Words of the arguments; for the JSON form its elements; for a shell form the whole command as one word. */
  readonly words: readonly DockerWord[];
  /** The JSON ("exec") form of CMD, ENTRYPOINT, SHELL, COPY, VOLUME. */
  readonly json: boolean;
  /** ENV, ARG, LABEL: name and value (value undefined: `ARG NAME`). */
  readonly assignments: readonly { readonly name: string; readonly value?: DockerWord; readonly span: Span }[];
  /** Bodies of here-documents, in order, with the file name they create (COPY <<EOF /path) where there is one. */
  readonly heredocs: readonly DockerHeredoc[];
}

export interface DockerHeredoc {
  /** The delimiter, without quotes; for COPY and ADD also the name of the file. */
  readonly name: string;
  /** The delimiter is quoted, so that nothing in the body is expanded. */
  readonly literal: boolean;
  /** `<<-`: leading tabs are taken away. */
  readonly stripped: boolean;
  readonly body: Span;
}

export interface DockerStage {
  readonly base: DockerWord;
  readonly alias?: string;
  readonly from: DockerInstruction;
  readonly instructions: readonly DockerInstruction[];
}

export interface DockerfileTree {
  /** The character that continues lines and escapes: a backslash unless `# escape=` says otherwise. */
  readonly escape: string;
  /** ARG before the first FROM. */
  readonly globals: readonly DockerInstruction[];
  readonly stages: readonly DockerStage[];
  readonly problems: readonly Problem[];
}
