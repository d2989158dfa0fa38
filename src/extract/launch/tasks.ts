import { baseName, folderOf, type Place } from '../../model/place.js';
import type { Task } from '../../model/task.js';
import { literalWord } from '../../model/word.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Span } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { hostPlace } from './host.js';
import { recipeLines } from './makefile.js';
import { insideRepository } from './procfile.js';
import { servesByHand } from './scripts.js';
import { followCommand } from './shell.js';

/** A line that a task runner gives to a shell. */
interface Line {
  readonly name: string;
  readonly text: string;
  readonly span: Span;
}

const mostTasks = 200;
const largest = 500_000;

/**
 * Commands in Makefiles, justfiles, package.json and pyproject.toml (poe, taskipy, PDM, Hatch, Rye, Pixi) that start a server. They are for information: who runs
 * them, and whether it is in front of a gateway, is written nowhere.
 */
export function startingTasks(reader: Reader): readonly Task[] {
  const place = hostPlace(reader, { id: 'tasks', title: 'the host', folder: '', units: [] });
  const found: Task[] = [];
  for (const path of reader.files()) {
    const linesOf = readerFor(baseName(path));
    const file = linesOf && reader.file(path);
    if (!file || file.text.length > largest) continue;
    for (const line of linesOf(reader, file)) {
      const command = serverIn(reader, place, file, line);
      if (command !== undefined) found.push({ name: line.name, command, span: line.span });
      if (found.length >= mostTasks) return found;
    }
  }
  return found;
}

function readerFor(name: string): ((reader: Reader, file: SourceFile) => readonly Line[]) | undefined {
  if (/^(?:GNU)?[Mm]akefile$|\.mk$/.test(name)) return (_, file) => makeLines(file);
  if (/^\.?[Jj]ustfile$|\.just$/.test(name)) return (_, file) => justLines(file);
  if (name === 'package.json') return packageLines;
  return name === 'pyproject.toml' ? pyprojectLines : undefined;
}

/** What the line starts in the end, where that is a server. */
function serverIn(reader: Reader, place: Place, file: SourceFile, { text, span }: Line): string | undefined {
  const words = ['/bin/sh', '-c', text].map(word => literalWord(word, span));
  const { commands } = followCommand(
    reader,
    {
      words,
      environment: place.environment,
      environmentOpen: true,
      workingDirectory: {
        name: 'folder of the file',
        origin: 'default',
        known: true,
        value: insideRepository(folderOf(file.path)),
      },
      span,
      via: [],
      certain: true,
    },
    place,
  );
  const server = commands.find(command => servesByHand(reader, place, command));
  return server?.words.map(word => word.text).join(' ');
}

function makeLines(file: SourceFile): readonly Line[] {
  return recipeLines(file).map(({ target, text, start, end }) => ({
    name: `make ${target}`,
    text,
    span: { file, start, end },
  }));
}

/** A recipe is a name with a colon at the start of a line, and the lines that are set in below it; `{{x}}` is filled in when it runs. */
function justLines(file: SourceFile): readonly Line[] {
  const found: Line[] = [];
  let recipe: string | undefined;
  for (let start = 0; start < file.text.length; ) {
    const feed = file.text.indexOf('\n', start);
    const end = feed < 0 ? file.text.length : feed;
    const line = file.text.slice(start, end);
    const head = /^@?([A-Za-z_][\w-]{0,80})[^:\n]{0,200}:(?!=)/.exec(line);
    if (head) recipe = head[1];
    else if (/^[^\s#]/.test(line)) recipe = undefined;
    else if (recipe !== undefined && /^\s+[^\s#]/.test(line)) {
      const text = line.trim().replace(/^[@-]+/, '');
      const at = end - line.trimStart().length;
      found.push({ name: `just ${recipe}`, text, span: { file, start: at, end: at + line.trim().length } });
    }
    start = end + 1;
  }
  return found;
}

function packageLines(reader: Reader, file: SourceFile): readonly Line[] {
  return scalarsIn(yamlGet(reader.yaml(file)?.documents[0], 'scripts'), 'npm run');
}

/** Tables of the task runners that pyproject.toml is used for, and how one calls a task of theirs. */
const tables: readonly (readonly [string, ...string[]])[] = [
  ['poe', 'tool', 'poe', 'tasks'],
  ['task', 'tool', 'taskipy', 'tasks'],
  ['pdm run', 'tool', 'pdm', 'scripts'],
  ['rye run', 'tool', 'rye', 'scripts'],
  ['pixi run', 'tool', 'pixi', 'tasks'],
];

function pyprojectLines(reader: Reader, file: SourceFile): readonly Line[] {
  if (!/^[ \t]*\[tool\./m.test(file.text)) return [];
  const root = reader.toml(file)?.documents[0];
  const found = tables.flatMap(([runner, ...path]) => scalarsIn(yamlGet(root, ...path), runner));
  const environments = yamlGet(root, 'tool', 'hatch', 'envs');
  for (const { key, value } of environments?.kind === 'map' ? environments.entries : [])
    found.push(...scalarsIn(yamlGet(value, 'scripts'), key === 'default' ? 'hatch run' : `hatch run ${key}:`));
  return found;
}

/** A text, a list of texts or words, or a table that has the text under `cmd`, `shell` and the like. */
function scalarsIn(node: YamlNode | undefined, runner: string): readonly Line[] {
  if (node?.kind !== 'map') return [];
  return node.entries.flatMap(({ key, value }) => {
    const name = runner.endsWith(':') ? `${runner}${key}` : `${runner} ${key}`;
    return textsOf(value).map(({ text, span }) => ({ name, text, span }));
  });
}

function textsOf(node: YamlNode): readonly { readonly text: string; readonly span: Span }[] {
  if (node.kind === 'scalar') return [{ text: node.text, span: node.span }];
  if (node.kind === 'map') {
    const inner = ['cmd', 'shell', 'command', 'chain', 'sequence'].flatMap(key => yamlGet(node, key) ?? []);
    return inner.flatMap(textsOf);
  }
  const items = node.items.flatMap(textsOf);
  // A list of single words is one command; of lines, several.
  const words = items.length > 1 && items.every(({ text }) => !/\s/.test(text));
  return words ? [{ text: items.map(({ text }) => text).join(' '), span: node.span }] : items;
}
