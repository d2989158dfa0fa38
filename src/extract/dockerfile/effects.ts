import { baseName, folderOf, joinInside, type Mount } from '../../model/place.js';
import type { Span } from '../../text/source.js';
import { type ExpansionStyle, expandVariables, type VariableLookup } from '../place/expand.js';
import { type RawWord, type Statement, shellStatements } from './statements.js';

export interface EffectScene {
  /** Where the commands start; absolute. Undefined: not known. */
  readonly workingDirectory: string | undefined;
  readonly lookup: VariableLookup;
  /** Whether a path is a folder by now; undefined where it cannot be told. */
  readonly isFolder: (inside: string) => boolean | undefined;
  /** The line that runs the commands. */
  readonly span: Span;
  /**
   * Commands that are not known may write what they like into the working directory: true for the steps of a build. A start
   * script is judged by what it writes in so many words.
   */
  readonly unknownWrites: boolean;
}

export interface Effects {
  readonly mounts: readonly Mount[];
  readonly folders: readonly string[];
  /** Packages of the distribution, where they matter here. `apk`: they are Alpine's; `other sources`: of no release. */
  readonly packages: readonly string[];
}

/** Programs that write nothing of interest into a project's or a server's own folders. */
const harmless = new Set(
  `addgroup adduser alias apk apt apt-get aptitude apt-key bash-completion break cat chgrp chmod chown continue date deluser dnf
  dos2unix dpkg dpkg-reconfigure echo env eval exec exit export false find gcc getent gosu groupadd grep gunicorn head hash id
  install-php kill ldconfig less let local locale-gen ls microdnf nginx node passwd pdm pip pip2 pip3 pipenv poetry printf ps pwd
  pyenv read readonly return rpm service set setcap shift sh-completion sleep source sync tail test tr trap true tzdata ulimit umask uname
  unset update-alternatives update-ca-certificates update-locale update-rc.d useradd usermod uv uvicorn uwsgi virtualenv wait
  wait-for-it which whoami xargs yum [ [[ :`.split(/\s+/),
);

/** Programs behind which the real command stands. */
const wrappers = new Set(['sudo', 'exec', 'nice', 'time', 'command', 'then', 'do']);

const shellStyle: ExpansionStyle = { escape: '\\', unset: name => `${name} is not known here` };

interface Context {
  readonly scene: EffectScene;
  readonly mounts: Mount[];
  readonly folders: string[];
  readonly packages: Set<string>;
  cwd: string | undefined;
}

/** What the commands of a shell text do to the files of a place, as mounts in the order in which they run. */
export function shellEffects(text: string, scene: EffectScene): Effects {
  const context: Context = { scene, mounts: [], folders: [], packages: new Set(), cwd: scene.workingDirectory };
  const outer: (string | undefined)[] = [];
  if (/sources\.list|add-apt-repository|nginx\.org\/packages|apk\/repositories|yum\.repos\.d/.test(text))
    addSources(context);
  for (const statement of shellStatements(text)) {
    while (outer.length < statement.depth) outer.push(context.cwd);
    while (outer.length > statement.depth) context.cwd = outer.pop();
    applyStatement(context, statement);
  }
  return { mounts: context.mounts, folders: context.folders, packages: [...context.packages] };
}

function applyStatement(context: Context, statement: Statement): void {
  let words = statement.words;
  while (words[0] && (wrappers.has(words[0].raw) || /^[A-Za-z_][A-Za-z0-9_]*=/.test(words[0].raw)))
    words = words.slice(1);
  const name = baseName(words[0]?.raw ?? '');
  const operands = words.slice(1).filter(word => !word.raw.startsWith('-') || word.raw === '-');
  const appendsNothing = name === 'echo' && /daemon off;?["']?$/.test(words[words.length - 1]?.raw ?? '');
  const template =
    name === 'envsubst' && statement.input && !statement.conditional ? pathOf(context, statement.input) : undefined;
  for (const { target, append } of statement.redirects) {
    const path = pathOf(context, target);
    if (path !== undefined && template !== undefined && !append) render(context, path, template);
    else if (path !== undefined && !path.startsWith('/dev/') && !(append && appendsNothing))
      add(context, path, 'replaces');
  }
  const known = handlers[name];
  if (known) known(context, words, operands, statement.conditional);
  else if (name !== '' && !harmless.has(name) && context.scene.unknownWrites) unknownCommand(context, operands);
}

type Handler = (
  context: Context,
  words: readonly RawWord[],
  operands: readonly RawWord[],
  conditional: boolean,
) => void;

const handlers: Readonly<Record<string, Handler | undefined>> = Object.assign(Object.create(null), {
  cd: (context, _words, operands) => {
    context.cwd = operands[0] ? pathOf(context, operands[0]) : undefined;
  },
  pushd: (context, _words, operands) => {
    context.cwd = operands[0] ? pathOf(context, operands[0]) : undefined;
  },
  mkdir: (context, _words, operands) => {
    for (const operand of operands) {
      const path = pathOf(context, operand);
      if (path !== undefined) context.folders.push(path);
    }
  },
  rm: removal,
  unlink: removal,
  rmdir: removal,
  cp: transfer,
  mv: transfer,
  ln: (context, words, operands, conditional) => {
    const symbolic = words.some(word => /^-[a-zA-Z]*s/.test(word.raw) || word.raw === '--symbolic');
    link(context, operands, conditional, symbolic);
  },
  install: (context, _words, operands) => writes(context, operands.slice(-1)),
  sed: (context, words, operands) => {
    if (!words.some(word => /^-[a-zA-Z]*i|^--in-place/.test(word.raw))) return;
    const script = words.findIndex(word => word.raw === '-e' || word.raw === '--expression');
    const text = (script >= 0 ? words[script + 1] : operands[0])?.raw ?? '';
    if (!/^["']?s(.)(?:\\r)?(?:\\n)?\\?r?\$?\1\1g?["']?$/.test(text))
      writes(context, script >= 0 ? operands : operands.slice(1));
  },
  touch: writes0,
  tee: writes0,
  truncate: writes0,
  curl: (context, words) => downloads(context, words, ['-o', '--output']),
  wget: (context, words) => downloads(context, words, ['-O', '--output-document']),
  openssl: (context, words) => downloads(context, words, ['-out', '-keyout']),
  git: (context, words, operands) => {
    if (words[1]?.raw !== 'clone') return;
    const into = operands.length > 2 ? operands[operands.length - 1] : undefined;
    addAt(context, into ? pathOf(context, into) : context.cwd, 'adds');
  },
  npm: nodePackages,
  yarn: nodePackages,
  pnpm: nodePackages,
  python: pythonCommand,
  python3: pythonCommand,
  python2: pythonCommand,
  'apt-get': systemPackages,
  apt: systemPackages,
  apk: (context, words) => {
    context.packages.add('apk');
    systemPackages(context, words);
  },
  dnf: systemPackages,
  yum: systemPackages,
} satisfies Record<string, Handler>);

function add(context: Context, inside: string, effect: NonNullable<Mount['effect']>, target?: string): void {
  context.mounts.push({
    kind: 'run',
    inside,
    effect,
    span: context.scene.span,
    ...(target !== undefined && { target }),
  });
}

function render(context: Context, inside: string, target: string): void {
  context.mounts.push({ kind: 'run', inside, effect: 'link', target, rendered: 'envsubst', span: context.scene.span });
}

/** As `add`; where the path is not known, anything may have been written anywhere. */
function addAt(context: Context, inside: string | undefined, effect: 'adds' | 'replaces'): void {
  add(context, inside ?? '/', inside === undefined ? 'adds' : effect);
}

/** The absolute path that a word names; undefined where it cannot be told. */
function pathOf(context: Context, word: RawWord): string | undefined {
  if (word.opaque) return undefined;
  const { parts } = expandVariables(word.raw, shellStyle, context.scene.lookup);
  if (!parts.every(part => part.known)) return undefined;
  const text = parts.map(part => part.text).join('');
  if (text === '' || text.startsWith('~')) return undefined;
  if (!text.startsWith('/') && context.cwd === undefined) return undefined;
  return joinInside(context.cwd ?? '/', text);
}

function removal(
  context: Context,
  _words: readonly RawWord[],
  operands: readonly RawWord[],
  conditional: boolean,
): void {
  for (const operand of operands) {
    const path = pathOf(context, operand);
    if (path === undefined || /^\/(?:tmp|root|var\/(?:cache|lib\/apt|log|tmp))(?:\/|$)/.test(path)) continue;
    const name = baseName(path);
    if (name === '*' && !/[*?[]/.test(folderOf(path)))
      add(context, folderOf(path) || '/', conditional ? 'replaces' : 'empties');
    else if (/[*?[]/.test(path)) {
      const folder = path.slice(0, path.search(/[*?[]/)).replace(/\/[^/]*$/, '');
      if (folder !== '' && !folder.startsWith('/var/')) add(context, folder, 'replaces');
    } else add(context, path, conditional ? 'replaces' : 'removes');
  }
}

/** `cp`, `mv`: where the one source is known, the destination is what the source was. */
function transfer(
  context: Context,
  words: readonly RawWord[],
  operands: readonly RawWord[],
  conditional: boolean,
): void {
  const moves = baseName(words[0]?.raw ?? '') === 'mv';
  const before = context.mounts.length;
  link(context, operands, conditional, false);
  if (!moves || context.mounts.length === before) return;
  for (const source of operands.slice(0, -1)) {
    const path = pathOf(context, source);
    if (path !== undefined && !/[*?[]/.test(path)) add(context, path, conditional ? 'replaces' : 'removes');
  }
}

function link(context: Context, operands: readonly RawWord[], conditional: boolean, symbolic: boolean): void {
  const last = operands[operands.length - 1];
  const sources = operands.length === 1 && symbolic ? operands : operands.slice(0, -1);
  if (!last || sources.length === 0) return;
  const destination = operands.length === 1 ? context.cwd : pathOf(context, last);
  if (destination === undefined) return void (symbolic ? undefined : addAt(context, undefined, 'adds'));
  const slash = /\/["']?$/.test(last.raw) || last.raw === '.' || operands.length === 1;
  const folder =
    slash || sources.length > 1 || context.scene.isFolder(destination) || context.folders.includes(destination);
  for (const source of sources) {
    const path = linkTarget(context, source, destination, symbolic, folder === true);
    const name = baseName(path ?? '');
    if (path === undefined || /[*?[]/.test(path)) add(context, destination, folder ? 'adds' : 'replaces');
    else if (conditional)
      add(context, folder ? joinInside(destination, name) : destination, folder ? 'adds' : 'replaces');
    else add(context, folder ? joinInside(destination, name) : destination, 'link', path);
  }
}

/** A relative symbolic link is read from the folder that it lies in. */
function linkTarget(
  context: Context,
  source: RawWord,
  destination: string,
  symbolic: boolean,
  folder: boolean,
): string | undefined {
  if (!symbolic) return pathOf(context, source);
  const from = folder ? destination : folderOf(destination) || '/';
  return pathOf({ ...context, cwd: from }, source);
}

function writes(context: Context, operands: readonly RawWord[]): void {
  for (const operand of operands) {
    const path = pathOf(context, operand);
    if (path === undefined || path.startsWith('/dev/')) continue;
    const glob = path.search(/[*?[]/);
    add(context, glob < 0 ? path : path.slice(0, glob).replace(/\/[^/]*$/, '') || '/', 'replaces');
  }
}

function writes0(context: Context, _words: readonly RawWord[], operands: readonly RawWord[]): void {
  writes(context, operands);
}

function downloads(context: Context, words: readonly RawWord[], flags: readonly string[]): void {
  let named = false;
  words.forEach((word, index) => {
    const next = words[index + 1];
    if (!flags.includes(word.raw) || !next) return;
    named = true;
    writes(context, [next]);
  });
  if (!named && context.scene.unknownWrites) addAt(context, context.cwd, 'adds');
}

function nodePackages(context: Context, words: readonly RawWord[]): void {
  const verb = words[1]?.raw;
  const installs = verb === undefined || ['install', 'ci', 'i', 'add', 'config', 'cache', 'global'].includes(verb);
  if (context.scene.unknownWrites)
    addAt(context, context.cwd && (installs ? joinInside(context.cwd, 'node_modules') : context.cwd), 'adds');
}

/** Folders that `collectstatic` usually fills; it writes no module and no configuration. */
const collected = [
  'static',
  'staticfiles',
  'assets',
  'public',
  'static_root',
  'staticroot',
  'static-files',
  'collected_static',
  'collectstatic',
  'media',
];
const writesNoFile = new Set([
  'migrate',
  'check',
  'makemigrations',
  'createcachetable',
  'compilemessages',
  'compress',
  'test',
  'createsuperuser',
]);

function pythonCommand(context: Context, words: readonly RawWord[], operands: readonly RawWord[]): void {
  if (words[1]?.raw === '-m' && ['pip', 'venv', 'virtualenv', 'compileall', 'ensurepip'].includes(words[2]?.raw ?? ''))
    return;
  const script = baseName(operands[0]?.raw ?? '');
  const verb = operands[1]?.raw ?? '';
  if (script === 'setup.py' || (script === 'manage.py' && writesNoFile.has(verb))) return;
  if (script === 'manage.py' && verb === 'collectstatic') {
    if (context.cwd !== undefined) for (const name of collected) add(context, joinInside(context.cwd, name), 'adds');
  } else if (context.scene.unknownWrites) unknownCommand(context, operands);
}

function systemPackages(context: Context, words: readonly RawWord[]): void {
  if (words.some(word => /^nginx(?:$|[-=~])/.test(word.raw))) context.packages.add('nginx');
  if (words.some(word => /^(?:-t|--target-release|-X|--repository)\b|^nginx[=~]/.test(word.raw))) addSources(context);
}

/** The packages come from elsewhere than the release of the distribution alone, so that its versions do not count. */
function addSources({ packages }: Context): void {
  packages.add('other sources');
}

/** A program that is not known: it may write into the folder it runs in, and to the paths it is given. */
function unknownCommand(context: Context, operands: readonly RawWord[]): void {
  addAt(context, context.cwd, 'adds');
  for (const operand of operands) {
    if (!operand.raw.includes('/') || operand.raw.includes('://')) continue;
    const path = pathOf(context, operand);
    if (path !== undefined && path !== '/') add(context, path, 'adds');
  }
}
