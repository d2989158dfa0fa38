import type { Problem, SourceFile, Span } from '../../text/source.js';
import { isBlank, type LogicalLine, logicalPieces, logicalSpan, physicalLine, readLogicalLine } from './lines.js';
import type { DockerfileTree, DockerHeredoc, DockerInstruction, DockerWord } from './tree.js';
import { jsonWords, splitPlain, splitQuoted, wordOf } from './words.js';

/** Instructions of the Dockerfile reference, and how their arguments are read (BuildKit, frontend/dockerfile/parser). */
const shapes: ReadonlyMap<string, 'assignments' | 'plain' | 'list' | 'command' | 'whole' | 'health'> = new Map([
  ['ADD', 'list'],
  ['ARG', 'assignments'],
  ['CMD', 'command'],
  ['COPY', 'list'],
  ['ENTRYPOINT', 'command'],
  ['ENV', 'assignments'],
  ['EXPOSE', 'plain'],
  ['FROM', 'plain'],
  ['HEALTHCHECK', 'health'],
  ['LABEL', 'assignments'],
  ['MAINTAINER', 'whole'],
  ['ONBUILD', 'whole'],
  ['RUN', 'command'],
  ['SHELL', 'command'],
  ['STOPSIGNAL', 'whole'],
  ['USER', 'whole'],
  ['VOLUME', 'list'],
  ['WORKDIR', 'whole'],
]);

const withHeredocs = new Set(['ADD', 'COPY', 'RUN']);
const withFlags = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']);

/** Reads a Dockerfile as BuildKit does. Never throws; what Docker would refuse is a problem, and reading goes on. */
export function parseDockerfile(file: SourceFile): DockerfileTree {
  const problems: Problem[] = [];
  const start = file.text.startsWith('\uFEFF') ? 1 : 0;
  const escaping = escapeDirective(file.text, start);
  const globals: DockerInstruction[] = [];
  const stages: { base: DockerWord; alias?: string; from: DockerInstruction; instructions: DockerInstruction[] }[] = [];
  let at = start;
  while (at < file.text.length) {
    const first = physicalLine(file.text, at);
    let begin = first.start;
    while (begin < first.end && isBlank(file.text[begin])) begin++;
    if (begin === first.end || file.text[begin] === '#') {
      at = first.next;
      continue;
    }
    const read = readInstruction(file, at, escaping, problems);
    at = read.next;
    if (!read.instruction) continue;
    if (read.instruction.name === 'FROM') {
      const stage = openStage(read.instruction, problems);
      if (stage) stages.push(stage);
    } else if (stages.length > 0) stages[stages.length - 1]?.instructions.push(read.instruction);
    else {
      globals.push(read.instruction);
      if (read.instruction.name !== 'ARG') {
        problems.push({
          span: read.instruction.nameSpan,
          message: `${read.instruction.name} stands before the first FROM`,
        });
      }
    }
  }
  return { escape: escaping, globals, stages, problems: isTemplate(file.text) ? [] : problems };
}

/** Placeholders of another language stand in it: then nothing can be called wrong. */
function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('<%') || text.includes('%%');
}

/** The value of `# escape=` among the directives at the very top. */
function escapeDirective(text: string, start: number): string {
  let at = start;
  while (at < text.length) {
    const line = physicalLine(text, at);
    const found = /^#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(\S+)[ \t]*$/.exec(
      text.slice(line.start, line.end).slice(0, 300),
    );
    if (!found) return '\\';
    if (found[1]?.toLowerCase() === 'escape') return found[2] === '`' ? '`' : '\\';
    at = line.next;
  }
  return '\\';
}

function openStage(
  from: DockerInstruction,
  problems: Problem[],
): { base: DockerWord; alias?: string; from: DockerInstruction; instructions: DockerInstruction[] } | undefined {
  const [base, as, alias] = from.words;
  if (!base) {
    problems.push({ span: from.span, message: 'FROM names no image' });
    return undefined;
  }
  const named = as?.text.toLowerCase() === 'as' && alias ? { alias: alias.text.toLowerCase() } : {};
  return { base, ...named, from, instructions: [] };
}

function readInstruction(
  file: SourceFile,
  start: number,
  escaping: string,
  problems: Problem[],
): { readonly instruction: DockerInstruction | undefined; readonly next: number } {
  const { line, next } = readLogicalLine(file, start, escaping);
  let at = 0;
  while (at < line.text.length && !isBlank(line.text[at])) at++;
  const name = line.text.slice(0, at).toUpperCase();
  const nameSpan = logicalSpan(line, 0, at);
  const shape = shapes.get(name);
  if (!shape) {
    problems.push({ span: nameSpan, message: `Docker has no instruction ${line.text.slice(0, Math.min(at, 40))}` });
  }
  const { flags, rest } = withFlags.has(name)
    ? readFlags(line, at, escaping)
    : { flags: noFlags, rest: skipBlanks(line.text, at) };
  const markers = withHeredocs.has(name) && line.text[rest] !== '[' ? heredocMarkers(line.text, rest) : [];
  const bodies = readBodies(file, next, markers);
  const end = logicalSpan(line, line.text.length, line.text.length).start;
  const body = readArguments(line, rest, shape, escaping);
  if (shape !== undefined && rest >= line.text.length)
    problems.push({ span: nameSpan, message: `${name} has no arguments` });
  if ((name === 'CMD' || name === 'ENTRYPOINT') && !body.json) checkJson(line, rest, problems);
  const instruction: DockerInstruction = {
    name,
    nameSpan,
    span: { file, start: nameSpan.start, end: Math.max(end, bodies.end) },
    flags,
    rest: { file, start: logicalSpan(line, rest, rest).start, end },
    pieces: logicalPieces(line, rest),
    ...body,
    heredocs: bodies.heredocs,
  };
  return { instruction, next: bodies.next };
}

const noFlags: ReadonlyMap<string, DockerWord> = new Map();

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text[at])) at++;
  return at;
}

/** `--name=value` words in front of the arguments; a lone `--` ends them. */
function readFlags(
  line: LogicalLine,
  from: number,
  escaping: string,
): { readonly flags: ReadonlyMap<string, DockerWord>; readonly rest: number } {
  const flags = new Map<string, DockerWord>();
  let at = skipBlanks(line.text, from);
  while (line.text.startsWith('--', at)) {
    const start = at;
    while (at < line.text.length && !isBlank(line.text[at])) at++;
    if (at === start + 2) return { flags, rest: skipBlanks(line.text, at) };
    const equals = line.text.slice(start, at).indexOf('=');
    const cut = equals < 0 ? at : start + equals;
    flags.set(line.text.slice(start + 2, cut).toLowerCase(), wordOf(line, Math.min(cut + 1, at), at, escaping));
    at = skipBlanks(line.text, at);
  }
  return { flags, rest: at };
}

type Arguments = Pick<DockerInstruction, 'words' | 'json' | 'assignments'>;

function readArguments(line: LogicalLine, rest: number, shape: string | undefined, escaping: string): Arguments {
  const none = { json: false, assignments: [] };
  if (rest >= line.text.length) return { ...none, words: [] };
  if (shape === 'assignments') return { ...none, words: [], assignments: readAssignments(line, rest, escaping) };
  if (shape === 'plain') return { ...none, words: splitPlain(line, rest, escaping) };
  if (shape === 'health') return readHealthcheck(line, rest, escaping);
  if (shape === 'list' || shape === 'command') {
    const json = jsonWords(line, rest);
    if (json) return { words: json, json: true, assignments: [] };
    if (shape === 'list') return { ...none, words: splitPlain(line, rest, escaping) };
  }
  const raw = line.text.slice(rest);
  const span = logicalSpan(line, rest, line.text.length);
  if (shape === 'command') return { ...none, words: [{ text: raw, raw, span, literal: false }] };
  return { ...none, words: [wordOf(line, rest, line.text.length, escaping)] };
}

function readHealthcheck(line: LogicalLine, rest: number, escaping: string): Arguments {
  let at = rest;
  while (at < line.text.length && !isBlank(line.text[at])) at++;
  const kind = wordOf(line, rest, at, escaping);
  const command = skipBlanks(line.text, at);
  const inner = readArguments(line, command, 'command', escaping);
  return { words: [kind, ...inner.words], json: inner.json, assignments: [] };
}

/** `A=b C=d`, or the old form `A the rest of the line`; ARG also takes a bare name. */
function readAssignments(line: LogicalLine, rest: number, escaping: string): DockerInstruction['assignments'] {
  const words = splitQuoted(line, rest, escaping);
  const first = words[0];
  if (!first) return [];
  const equals = (start: number, end: number) => {
    const at = line.text.slice(start, end).indexOf('=');
    return at < 0 ? -1 : start + at;
  };
  if (words.length > 1 && equals(...first) < 0 && !line.text.slice(0, 3).toUpperCase().startsWith('ARG')) {
    const value = skipBlanks(line.text, first[1]);
    const name = wordOf(line, ...first, escaping).text;
    return [
      {
        name,
        value: wordOf(line, value, line.text.length, escaping),
        span: logicalSpan(line, first[0], line.text.length),
      },
    ];
  }
  return words.map(([start, end]) => {
    const at = equals(start, end);
    const span = logicalSpan(line, start, end);
    if (at < 0) return { name: wordOf(line, start, end, escaping).text, span };
    return { name: wordOf(line, start, at, escaping).text, value: wordOf(line, at + 1, end, escaping), span };
  });
}

interface Marker {
  readonly name: string;
  readonly literal: boolean;
  readonly stripped: boolean;
}

/** `<<EOF`, `<<-EOF`, `<<"EOF"`, `3<<EOF` as words of their own, outside quotes. */
function heredocMarkers(text: string, from: number): readonly Marker[] {
  const markers: Marker[] = [];
  let quote: string | undefined;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === '\\' && quote === '"') at++;
      else if (character === quote) quote = undefined;
    } else if (character === '\\') at++;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '<' && text[at + 1] === '<') {
      const found =
        text[at - 1] === '<' || text[at + 2] === '<'
          ? null
          : /^<<(-?)(?:"([^"\s<]+)"|'([^'\s<]+)'|([^\s"'<>;|&()]+))/.exec(text.slice(at, at + 200));
      if (found) {
        const name = found[2] ?? found[3] ?? found[4] ?? '';
        markers.push({ name, literal: found[4] === undefined, stripped: found[1] === '-' });
        at += found[0].length - 1;
      } else while (text[at + 1] === '<') at++;
    }
  }
  return markers;
}

function readBodies(
  file: SourceFile,
  from: number,
  markers: readonly Marker[],
): { readonly heredocs: readonly DockerHeredoc[]; readonly end: number; readonly next: number } {
  const heredocs: DockerHeredoc[] = [];
  let next = from;
  let end = 0;
  for (const marker of markers) {
    const start = next;
    let bodyEnd = file.text.length;
    while (next < file.text.length) {
      const line = physicalLine(file.text, next);
      next = line.next;
      let begin = line.start;
      while (marker.stripped && file.text[begin] === '\t') begin++;
      if (line.end - begin === marker.name.length && file.text.startsWith(marker.name, begin)) {
        bodyEnd = line.start;
        end = line.end;
        break;
      }
    }
    if (bodyEnd === file.text.length) end = bodyEnd;
    heredocs.push({ ...marker, body: { file, start, end: Math.max(start, bodyEnd) } });
  }
  return { heredocs, end, next };
}

/** `CMD ['a', 'b']` and arrays with a comma too many are no JSON: Docker hands them to a shell, letter by letter. */
function checkJson(line: LogicalLine, rest: number, problems: Problem[]): void {
  const body = line.text.slice(rest);
  if (!/^\[\s*["'\u201c\u2018]/.test(body) || !body.trimEnd().endsWith(']')) return;
  const span: Span = logicalSpan(line, rest, line.text.length);
  problems.push({
    span,
    message: 'this is not a JSON array of texts, so Docker runs it as a shell command, brackets and all',
  });
}
