import type { SourceFile } from '../text/source.js';

/** What was made of a file, by the name of the work. */
export interface Tree {
  readonly name: string;
  readonly file: SourceFile;
}

/** What any tree takes beside its text, in characters of text. */
const bareTree = 400;

/** Trees of so many characters of text at most: the oldest are forgotten first. */
export function createShelf(most: number, forget: (tree: Tree) => void): { readonly put: (tree: Tree) => void } {
  const trees: Tree[] = [];
  let length = 0;
  return {
    put(tree) {
      trees.push(tree);
      length += lengthOf(tree);
      while (length > most && trees.length > 1) {
        const oldest = trees.shift();
        if (!oldest) break;
        length -= lengthOf(oldest);
        forget(oldest);
      }
    },
  };
}

function lengthOf({ file }: Tree): number {
  return file.text.length + bareTree;
}
