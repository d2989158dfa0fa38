import type { NginxDirective, NginxScope } from '../../model/gateway.js';
import type { Word } from '../../model/word.js';
import type { NginxNode } from '../../syntax/nginx/tree.js';
import type { SourceFile, Span, Step } from '../../text/source.js';

/** A directive that stands in a file as it is shown. */
export function directiveInFile(
  file: SourceFile,
  { start, end }: NginxNode,
  name: Word,
  args: readonly Word[],
  via: readonly Step[] | undefined,
  block: NginxScope | undefined,
): NginxDirective {
  return new DirectiveInFile(file, start, end, name, args, via, block);
}

/** A class, since in a large configuration the places of all directives would take more memory than its text does; a copy of it is its place. */
class DirectiveInFile implements NginxDirective, Span {
  readonly #name: string;
  readonly #nameEnd: number;
  readonly #args: readonly Word[];
  readonly #via: readonly Step[] | undefined;
  readonly #block: NginxScope | undefined;

  constructor(
    readonly file: SourceFile,
    readonly start: number,
    readonly end: number,
    name: Word,
    args: readonly Word[],
    via: readonly Step[] | undefined,
    block: NginxScope | undefined,
  ) {
    this.#name = name.text;
    this.#nameEnd = name.span.end;
    this.#args = args;
    this.#via = via;
    this.#block = block;
  }

  get name(): string {
    return this.#name;
  }

  get nameSpan(): Span {
    return { file: this.file, start: this.start, end: this.#nameEnd };
  }

  get args(): readonly Word[] {
    return this.#args;
  }

  get span(): Span {
    return this;
  }

  get via(): readonly Step[] | undefined {
    return this.#via;
  }

  get block(): NginxScope | undefined {
    return this.#block;
  }
}
