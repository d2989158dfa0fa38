import type { NginxDirective, NginxScope } from '../../model/gateway.js';
import type { Word } from '../../model/word.js';
import type { NginxNode, NginxWord } from '../../syntax/nginx/tree.js';
import type { SourceFile, Span, Step } from '../../text/source.js';
import { contextInside, nginxContext } from './context.js';
import { directiveInFile } from './directive.js';
import type { Inclusion } from './include.js';
import type { Loaded, LoadedFile } from './load.js';
import { readWord, type WordReading } from './words.js';

export interface NginxRoot {
  readonly file: SourceFile;
  /** As in the directive tables: `main` for a whole configuration, `http`, `server`, `location` ... for a fragment. */
  readonly context: string;
  /** Its path inside the place, where that is known. */
  readonly inside?: string;
  /** Of a fragment of a server: it stands in the same server block as the other fragments of which this is said. */
  readonly sharesServer?: boolean;
  /** envsubst fills it in before nginx reads it. */
  readonly rendered?: boolean;
}

/** A scope while it is being filled. */
export interface GrowingScope extends NginxScope {
  readonly directives: NginxDirective[];
  open: boolean;
}

export interface Expanded {
  readonly root: NginxScope;
  /** Every scope, outer ones before those in them. */
  readonly scopes: readonly NginxScope[];
  /** What each `include` brings. */
  readonly inclusions: ReadonlyMap<NginxDirective, Inclusion>;
  /** Directives that end with no `;` and hold no directives in braces: their terminator is missing, or Lua follows. */
  readonly unended: ReadonlySet<NginxDirective>;
  readonly unresolved: readonly Step[];
  /** Scopes of which a part could not be read: an include, or a template that puts directives there. */
  readonly unread: ReadonlySet<NginxScope>;
}

/** Levels of blocks that are read; deeper ones are left out (nginx's own locations rarely go beyond three). */
const deepest = 100;
/** Directives that a configuration may grow by when its files are included more than once. */
const mostRepeated = 400_000;
const deepestInclude = 30;
/** Files that its includes may bring, each counted as often as it is included. */
const mostInclusions = 20_000;

interface Frame {
  readonly nodes: readonly NginxNode[];
  at: number;
  readonly scope: GrowingScope;
  readonly reading: WordReading;
  /** Branches or loops of a template add and drop directives. */
  readonly controlled: boolean;
  readonly insertions: LoadedFile['insertions'];
  readonly inclusions: LoadedFile['inclusions'];
  readonly via: readonly Step[];
  readonly files: readonly SourceFile[];
  readonly depth: number;
}

interface Growth {
  readonly loaded: Loaded;
  readonly literals: WordReading['literals'];
  readonly stack: Frame[];
  readonly scopes: GrowingScope[];
  readonly inclusions: Map<NginxDirective, Inclusion>;
  readonly unended: Set<NginxDirective>;
  readonly unresolved: Step[];
  /** Includes already spoken about: one that is reached many times is one note. */
  readonly noted: Set<string>;
  readonly unread: Set<NginxScope>;
  count: number;
  /** It grew too large, and its rest was left out. */
  cut: boolean;
  /** How many files were included so far. */
  included: number;
}

/**
 * The configuration as nginx sees it: the files of all roots with their includes expanded in place, as one tree of scopes below
 * `main`. Levels above a fragment are made up; they are open, since nobody knows what else stands in them, unless
 * `outerKnown` says that the main file is the stock one.
 */
export function expand(roots: readonly NginxRoot[], loaded: Loaded, outerKnown: boolean): Expanded {
  const growth: Growth = {
    loaded,
    literals: new Map(),
    stack: [],
    scopes: [],
    inclusions: new Map(),
    unended: new Set(),
    unresolved: [],
    noted: new Set(),
    unread: new Set(),
    count: 0,
    cut: false,
    included: 0,
  };
  const main = newScope(growth, 'main', undefined, undefined);
  const whole = roots.some(root => root.context === 'main');
  main.open = !whole && !outerKnown;
  for (const root of roots) {
    if (root.context !== 'main') continue;
    pushFile(growth, root.file, main, fromRoot);
    run(growth);
  }
  for (const root of roots) {
    if (root.context === 'main') continue;
    pushFile(growth, root.file, scopeForFragment(growth, main, root, outerKnown), fromRoot);
    run(growth);
  }
  return {
    root: main,
    scopes: growth.scopes,
    inclusions: growth.inclusions,
    unended: growth.unended,
    unresolved: growth.unresolved,
    unread: growth.unread,
  };
}

/** The level that a fragment stands in: http of the main file where there is one, otherwise made up. */
function scopeForFragment(
  growth: Growth,
  main: GrowingScope,
  { context, sharesServer }: NginxRoot,
  outerKnown: boolean,
): GrowingScope {
  let at = main;
  for (const level of levelsAbove[context] ?? [context]) {
    const shared = level === 'http' || level === 'stream' || level === 'mail' || level === 'events';
    const above = at;
    const same = (scope: NginxScope) => scope.context === level && scope.parent === above && !scope.opener;
    const found = shared
      ? growth.scopes.find(scope => scope.context === level && scope.parent === main)
      : level === 'server' && sharesServer
        ? growth.scopes.find(same)
        : undefined;
    at = found ?? newScope(growth, level, at, undefined);
    if (!found) at.open = level !== context || !outerKnown;
    if (!found && level === 'http' && outerKnown) at.open = false;
  }
  return at;
}

const levelsAbove: Readonly<Record<string, readonly string[]>> = {
  server: ['http', 'server'],
  location: ['http', 'server', 'location'],
  'if in server': ['http', 'server', 'if in server'],
  'if in location': ['http', 'server', 'location', 'if in location'],
  limit_except: ['http', 'server', 'location', 'limit_except'],
  upstream: ['http', 'upstream'],
  'stream/server': ['stream', 'stream/server'],
  'stream/upstream': ['stream', 'stream/upstream'],
  'mail/server': ['mail', 'mail/server'],
};

function newScope(
  growth: Growth,
  context: string,
  parent: GrowingScope | undefined,
  opener: NginxScope['opener'] | undefined,
): GrowingScope {
  const scope: GrowingScope = {
    context,
    directives: [],
    open: false,
    ...(parent && { parent }),
    ...(opener && { opener }),
  };
  growth.scopes.push(scope);
  return scope;
}

interface Arrival {
  readonly via: readonly Step[];
  readonly files: readonly SourceFile[];
  readonly depth: number;
}

const fromRoot: Arrival = { via: [], files: [], depth: 0 };

function pushFile(growth: Growth, file: SourceFile, scope: GrowingScope, { via, files, depth }: Arrival): void {
  const info = growth.loaded.files.get(file);
  if (!info) {
    leaveOpen(growth, scope);
    return;
  }
  if (info.insertions.has(undefined)) leaveOpen(growth, scope);
  growth.stack.push({
    nodes: info.tree.nodes,
    at: 0,
    scope,
    reading: {
      file,
      fill: info.fill,
      literals: growth.literals,
      solid: new Set(),
      isPlaceholder: name => growth.loaded.isPlaceholder(name, info),
      shownAt: info.stock ? via.at(-1)?.span : undefined,
    },
    controlled: info.controlled,
    insertions: info.insertions,
    inclusions: info.inclusions,
    via,
    files: [...files, file],
    depth,
  });
}

function run(growth: Growth): void {
  for (let frame = growth.stack.at(-1); frame; frame = growth.stack.at(-1)) {
    const node = frame.nodes[frame.at++];
    if (!node) growth.stack.pop();
    else if (growth.count++ < growth.loaded.directives + mostRepeated) step(growth, frame, node);
    else {
      tooMany(growth, frame, node);
      leaveOpen(growth, frame.scope);
      growth.stack.pop();
    }
  }
}

/** Says, the first time, that the rest is left out, at the outermost include that leads here. */
function tooMany(growth: Growth, frame: Frame, node: NginxNode): void {
  if (growth.cut) return;
  growth.cut = true;
  const at = frame.via[0]?.span ?? { file: frame.reading.file, start: node.start, end: node.end };
  unresolved(growth, at, 'includes bring the same files so often that the configuration grows too large to be read');
}

function step(growth: Growth, frame: Frame, node: NginxNode): void {
  const { words } = node;
  const [first] = words;
  if (!first) return;
  const name = readWord(first, frame.reading);
  if (frame.controlled) leaveOpen(growth, frame.scope);
  if (!name.known) {
    // A template puts directives here.
    leaveOpen(growth, frame.scope);
    return;
  }
  const args = argumentsOf(words, frame.reading);
  const directive = makeDirective(growth, frame, node, name, args);
  frame.scope.directives.push(directive);
  if (node.terminator === undefined || node.terminator === 'lua') growth.unended.add(directive);
  if (name.text === 'include' && !node.children) include(growth, frame, node, directive);
}

/** An array that is filled word by word keeps room to grow, which in a large file is more than the words take. */
function argumentsOf(words: readonly NginxWord[], reading: WordReading): readonly Word[] {
  return words.length === 1 ? none : words.slice(1).map(word => readWord(word, reading));
}

const none: readonly Word[] = [];

function leaveOpen(growth: Growth, scope: GrowingScope): void {
  scope.open = true;
  growth.unread.add(scope);
}

function makeDirective(
  growth: Growth,
  frame: Frame,
  node: NginxNode,
  name: Word,
  args: readonly Word[],
): NginxDirective {
  const span: Span = frame.reading.shownAt ?? { file: frame.reading.file, start: node.start, end: node.end };
  const { children } = node;
  const block = children && openBlock(growth, frame, node, children, name, args, span);
  const { via } = frame;
  if (frame.reading.shownAt)
    return { name: name.text, nameSpan: name.span, args, span, via, stock: true, ...(block && { block }) };
  return directiveInFile(frame.reading.file, node, name, args, via.length > 0 ? via : undefined, block);
}

function openBlock(
  growth: Growth,
  frame: Frame,
  node: NginxNode,
  children: readonly NginxNode[],
  name: Word,
  args: readonly Word[],
  span: Span,
): NginxScope {
  const block = newScope(growth, contextInside(name.text, frame.scope.context), frame.scope, {
    name: name.text,
    nameSpan: name.span,
    args,
    span,
  });
  if (frame.depth + 1 >= deepest) leaveOpen(growth, block);
  else growth.stack.push({ ...frame, nodes: children, at: 0, scope: block, depth: frame.depth + 1 });
  if (frame.insertions.has(node.start)) leaveOpen(growth, block);
  return block;
}

function include(growth: Growth, frame: Frame, node: NginxNode, directive: NginxDirective): void {
  const inclusion = frame.inclusions.get(node.start);
  if (!inclusion) return;
  growth.inclusions.set(directive, inclusion);
  const open = inclusion.open ?? inclusion.missing;
  if (open !== undefined) {
    leaveOpen(growth, frame.scope);
    if (inclusion.open !== undefined) unresolved(growth, directive.span, inclusion.open);
  }
  const step: Step = { span: directive.span, message: `included here` };
  // Pushed in reverse, since the last frame is worked off first.
  for (const included of [...inclusion.files].reverse()) {
    const refused =
      whyNotFollowed(growth, frame, included.file) ??
      (inclusion.guessed ? whyAnother(growth, frame.scope, included.file) : undefined);
    if (refused !== undefined) {
      leaveOpen(growth, frame.scope);
      unresolved(growth, directive.span, refused);
      continue;
    }
    growth.included++;
    pushFile(growth, included.file, frame.scope, { via: [...frame.via, step], files: frame.files, depth: frame.depth });
  }
}

function whyNotFollowed(growth: Growth, frame: Frame, file: SourceFile): string | undefined {
  if (frame.files.includes(file)) return `${file.path} includes itself`;
  if (frame.files.length > deepestInclude) return `includes lie more than ${deepestInclude} levels deep`;
  return growth.included >= mostInclusions ? `more than ${mostInclusions} includes lead here` : undefined;
}

/** A file of that name with server blocks or more, for a place within one, is another file than the one that is meant. */
function whyAnother({ loaded }: Growth, { context }: NginxScope, file: SourceFile): string | undefined {
  const tree = loaded.files.get(file)?.tree;
  const level = tree && nginxContext(tree);
  const another = level === 'main' ? context !== 'main' : level === 'http' && context !== 'main' && context !== 'http';
  return another ? `${file.path} holds what may not stand here: another file must be meant` : undefined;
}

function unresolved(growth: Growth, span: Span, why: string): void {
  const place = `${span.file.path}:${span.start}`;
  if (growth.noted.has(place)) return;
  growth.noted.add(place);
  growth.unresolved.push({ span, message: why });
}
