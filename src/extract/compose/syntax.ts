import type { Fault } from '../../model/fault.js';
import { baseName } from '../../model/place.js';
import type { YamlTree } from '../../syntax/yaml/tree.js';
import type { Problem, SourceFile } from '../../text/source.js';

/** Mistakes that every reader of YAML refuses, by how the parser tells them: what is said of them, and what Compose prints (Go's yaml package). */
const refused: readonly { readonly told: string; readonly message: string; readonly log: string }[] = [
  {
    told: 'Tabs are not allowed as indentation',
    message: 'this line begins with a tab, and only blanks may indent',
    log: 'found character that cannot start any token',
  },
  {
    told: 'All mapping items must start at the same column',
    message: 'this line is indented neither as the lines of its level nor as those below them',
    log: 'did not find expected key',
  },
  {
    told: 'Nested mappings are not allowed in compact mappings',
    message: 'a colon and a blank within a value that stands in no quotes make a second key of it',
    log: 'mapping values are not allowed in this context',
  },
];

/** The first mistake for which Compose refuses a file of this name; undefined for one that a template makes, or that others may read. */
export function composeSyntaxFault({ path }: SourceFile, { problems, templated }: YamlTree): Fault | undefined {
  if (templated || !/^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i.test(baseName(path)) || /[{}]/.test(path))
    return undefined;
  const first = problems.find(({ message }) => !message.startsWith('the key '));
  const known = first && refused.find(({ told }) => first.message.startsWith(told));
  if (!known || standsInNothing(first)) return undefined;
  return {
    kind: 'process/cannot-start',
    span: first.span,
    message: `${baseName(path)} is no YAML: ${known.message}`,
    consequence: 'docker compose refuses the whole file and starts nothing.',
    log: known.log,
  };
}

/** A tab on a line that is blank or a comment. */
function standsInNothing({ span: { file, start } }: Problem): boolean {
  return /^[ \t]*(?:#|\r?\n|$)/.test(file.text.slice(start, start + 300));
}
