import type { ShellNode, ShellWord, SimpleCommand } from '../../syntax/shell/tree.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { envFile } from './envfile.js';
import { expandWord } from './expand.js';
import { type Machine, type State, type Value, valueOfSetting } from './state.js';

/** Files that the substitutions in a command read: `export $(grep -v '^#' .env | xargs)`. */
export function filesRead(machine: Machine, state: State, node: SimpleCommand): readonly string[] {
  const found: string[] = [];
  for (const word of node.words)
    for (const part of word.parts)
      if (part.kind === 'substitution') for (const inner of part.body) collect(machine, state, inner, found);
  return found;
}

function collect(machine: Machine, state: State, node: ShellNode, found: string[]): void {
  const stages = node.kind === 'pipeline' ? node.stages : [node];
  for (const stage of stages) {
    if (stage.kind !== 'simple') continue;
    for (const redirect of stage.redirects) if (redirect.operator === '<') add(machine, state, redirect.target, found);
    const name = stage.words[0] ? (expandWord(machine, state, stage.words[0])[0]?.text ?? '') : '';
    const operands = stage.words.slice(1).filter(word => !state.file.text.startsWith('-', word.start));
    if (name === 'cat') for (const word of operands) add(machine, state, word, found);
    else if (/^(?:[ef]?grep|sed|awk|cut)$/.test(name)) {
      const last = operands[operands.length - 1];
      if (last && operands.length > (name === 'cut' ? 0 : 1)) add(machine, state, last, found);
    }
  }
}

function add(machine: Machine, state: State, word: ShellWord, found: string[]): void {
  const [path] = expandWord(machine, state, word);
  if (path?.known && path.text !== '' && found.length < 20) found.push(path.text);
}

export function environmentFromText(reader: Reader, file: SourceFile): readonly (readonly [string, Value])[] {
  return [...envFile(reader, file, 'compose')].map(([name, setting]) => [name, valueOfSetting(setting)]);
}
