import type { Command } from '../../model/launch.js';
import { joinInside } from '../../model/place.js';
import { valueOf as knownOf } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { SourceFile } from '../../text/source.js';
import { locate } from '../place/files.js';
import { folderFrom } from './directory.js';
import { runShellWord } from './shellword.js';
import { type Machine, note } from './state.js';

interface Rule {
  readonly needs: readonly string[];
  /** Ranges of its recipe's lines, continued ones as one. */
  readonly lines: { readonly start: number; readonly end: number }[];
}

interface Makefile {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first?: string;
}

/** `make target`: the recipe, line by line, after what it depends on. Always true: make is no server. */
export function runMake(machine: Machine, command: Command): boolean {
  const targets: string[] = [];
  let directory = command.workingDirectory;
  let name: Word | undefined;
  const { words } = command;
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    if (!word) break;
    if (word.text === '-C' || word.text === '--directory') {
      const folder = words[++at];
      if (folder) directory = folderFrom(directory, folder);
    } else if (word.text === '-f' || word.text === '--file') name = words[++at];
    else if (!word.text.startsWith('-') && !word.text.includes('=')) targets.push(word.text);
  }
  const base = knownOf(directory);
  const names = name?.known ? [name.text] : ['GNUmakefile', 'makefile', 'Makefile'];
  const file = base === undefined ? undefined : firstFile(machine, base, names);
  if (!file || file.text.length > 500_000) {
    note(machine, command.span, 'its Makefile is not in the repository');
    return true;
  }
  machine.steps -= 20 + (file.text.length >> 6);
  const makefile = readMakefile(file);
  const via = [...command.via, { span: command.span, message: `make follows ${file.path}` }];
  const queue = targets.length > 0 ? targets : makefile.first === undefined ? [] : [makefile.first];
  const done = new Set<string>();
  for (const target of queue)
    make(machine, { ...command, workingDirectory: directory, via }, file, makefile, target, done);
  return true;
}

function firstFile(machine: Machine, base: string, names: readonly string[]): SourceFile | undefined {
  for (const name of names) {
    const found = locate(machine.reader, machine.place, joinInside(base, name));
    if (found.kind === 'file') return found.file;
  }
  return undefined;
}

function make(
  machine: Machine,
  command: Command,
  file: SourceFile,
  makefile: Makefile,
  target: string,
  done: Set<string>,
): void {
  const rule = makefile.rules.get(target);
  if (!rule || done.has(target) || done.size > 50) return;
  done.add(target);
  for (const need of rule.needs) make(machine, command, file, makefile, need, done);
  for (const line of rule.lines) {
    let { start } = line;
    while (start < line.end && /[@+\s-]/.test(file.text[start] ?? '')) start++;
    const raw = file.text.slice(start, line.end);
    const text = expanded(raw, makefile, target);
    const span = { file, start, end: line.end };
    runShellWord(machine, command, { text, known: true, parts: [{ known: true, text }], span }, []);
  }
}

/** So many variables are put in for one line; what would need more is left as it is written. */
const mostExpansions = 1000;

function expanded(raw: string, makefile: Makefile, target: string): string {
  let left = mostExpansions;
  const value = (name: string, depth: number): string => {
    const text = makefile.variables.get(name);
    // A variable that the Makefile does not set comes from the environment, as the shell would see it.
    if (text === undefined || depth > 5 || left-- <= 0) return `\${${name}}`;
    return text.length > 2000 ? text : replace(text, depth + 1);
  };
  const replace = (text: string, depth: number): string =>
    text.replace(/\$(?:\$|@|[({]([A-Za-z_][A-Za-z0-9_]{0,80})[)}])/g, (all, name: string | undefined) =>
      all === '$$' ? '$' : all === '$@' ? target : value(name ?? '', depth),
    );
  const text = replace(raw, 0);
  return left < 0 || text.length > 20_000 ? raw : text;
}

/** Every line of every recipe as a shell gets it, with the target that it belongs to. */
export function recipeLines(
  file: SourceFile,
): readonly { readonly target: string; readonly text: string; readonly start: number; readonly end: number }[] {
  const makefile = readMakefile(file);
  return [...makefile.rules].flatMap(([target, rule]) =>
    rule.lines.map(line => {
      let { start } = line;
      while (start < line.end && /[@+\s-]/.test(file.text[start] ?? '')) start++;
      return { target, text: expanded(file.text.slice(start, line.end), makefile, target), start, end: line.end };
    }),
  );
}

function readMakefile(file: SourceFile): Makefile {
  const rules = new Map<string, Rule>();
  const variables = new Map<string, string>();
  let current: Rule | undefined;
  let first: string | undefined;
  let at = 0;
  while (at < file.text.length) {
    const start = at;
    let end = lineEnd(file.text, at);
    while (end < file.text.length && file.text[end - 1] === '\\') end = lineEnd(file.text, end + 1);
    at = end + 1;
    const line = file.text.slice(start, end);
    if (line.startsWith('\t')) {
      if (line.trim() !== '') current?.lines.push({ start: start + 1, end });
      continue;
    }
    const assignment = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{0,80})[ \t]*[:?]{0,2}=([^\n]*)$/.exec(
      line.slice(0, 4000),
    );
    if (assignment) {
      const value = (assignment[2] ?? '').replace(/\s#.*$/, '').trim();
      if (!value.includes('$(shell')) variables.set(assignment[1] ?? '', value);
      continue;
    }
    const rule = /^([A-Za-z0-9_./-][A-Za-z0-9_./ -]{0,200}):(?!=)([^=]*)$/.exec(line.slice(0, 4000));
    if (!rule) {
      if (line.trim() !== '' && !line.startsWith('#')) current = undefined;
      continue;
    }
    const needs =
      (rule[2] ?? '')
        .split('#', 1)[0]
        ?.split(/\s+/)
        .filter(word => /^[A-Za-z0-9_.-]+$/.test(word)) ?? [];
    current = { needs, lines: [] };
    for (const target of (rule[1] ?? '').trim().split(/\s+/)) {
      if (target.startsWith('.')) continue;
      first ??= target;
      rules.set(target, current);
    }
  }
  return { rules, variables, ...(first !== undefined && { first }) };
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}
