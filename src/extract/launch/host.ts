import { folderOf, joinInside, type Mount, type Place, repositoryRoot } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import { locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { isNearlyThere, isThere } from './evidence.js';
import { type HostEvidence, hostEvidence } from './hostpaths.js';

export interface HostRequest {
  readonly id: string;
  readonly title: string;
  /** Folder of the repository that the project lies in. */
  readonly folder: string;
  /** Unit files, supervisor files and scripts that name paths of the host. */
  readonly units: readonly SourceFile[];
}

/**
 * The host that these files are put on. Which of its paths is the repository is guessed from the paths that the files name: the one
 * under which the named modules, scripts and configurations are found. A guess that no file proves is marked uncertain; where two are
 * equally good, none is made.
 */
export function hostPlace(reader: Reader, request: HostRequest): Place {
  const bare = emptyHost(reader, request);
  const evidence = hostEvidence(reader, request.units, bare);
  const guessed = assumedMounts(reader, request.folder, evidence);
  const place = { ...bare, mounts: [...bare.mounts, ...guessed.filter(({ inside }) => !isTold(reader, inside))] };
  return { ...place, mounts: [...place.mounts, ...environments(reader, place, evidence)] };
}

function emptyHost(reader: Reader, request: HostRequest): Place {
  return {
    id: request.id,
    kind: 'host',
    title: request.title,
    names: [],
    networks: [],
    ports: [],
    environment: reader.assumptions.environment,
    environmentOpen: true,
    mounts: [{ kind: 'assumed', inside: repositoryRoot, repo: '' }, ...toldMounts(reader)],
    workingDirectory: {
      name: 'working directory',
      origin: 'default',
      known: false,
      why: 'it depends on what is started',
    },
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}

/** What the user says about paths of the host, outermost first. */
function toldMounts(reader: Reader): readonly Mount[] {
  return reader.assumptions.paths
    .filter(({ from }) => from.startsWith('/'))
    .map(({ from, to }): Mount => ({ kind: 'assumed', inside: from, repo: to }))
    .sort((a, b) => a.inside.length - b.inside.length);
}

/** Nothing needs to be guessed about a path that the user has told. */
function isTold(reader: Reader, inside: string): boolean {
  return toldMounts(reader).some(mount => below(mount.inside, inside) !== undefined);
}

/** The host path `inside` is the repository folder `repo`. */
interface Guess {
  readonly inside: string;
  readonly repo: string;
  /** Parts of the path that are folders of the repository, below `repo`. */
  readonly matched: number;
}

interface Judged extends Guess {
  readonly score: number;
  readonly proved: boolean;
}

/** Folders of every machine, which are nobody's project. */
const systemFolder =
  /^\/(?:$|(?:bin|boot|dev|etc|lib|proc|run|sbin|sys|tmp|usr|var)(?:\/(?:bin|sbin|lib|local|run|log|tmp|local\/bin))?$)/;

/** Files are put here one by one, among those of packages: a name that the repository has as well does not bring its folder along. */
const settingsFolder = '/etc';

function assumedMounts(reader: Reader, folder: string, evidence: HostEvidence): readonly Mount[] {
  const found: (Judged & { readonly path: string })[] = [];
  for (const path of evidence.folders) {
    if (systemFolder.test(path)) continue;
    const best = bestGuess(reader, folder, evidence, guessesFor(reader, folder, path, true));
    if (best) found.push({ ...best, path });
  }
  for (const path of evidence.files) {
    if (found.some(guess => guess.proved && below(guess.inside, path) !== undefined)) continue;
    const best = bestGuess(reader, folder, evidence, guessesFor(reader, folder, path, false));
    if (!best?.proved || systemFolder.test(best.inside)) continue;
    found.push({ ...best, path: below(settingsFolder, path) === undefined ? folderOf(path) : path });
  }
  const mounts = new Map<string, Mount>();
  for (const guess of found) addMounts(mounts, guess);
  return [...mounts.values()].sort((a, b) => a.inside.length - b.inside.length || (a.inside < b.inside ? -1 : 1));
}

/** The folder that was named is certain where files prove it; what lies beside it only follows from it. */
function addMounts(mounts: Map<string, Mount>, guess: Judged & { readonly path: string }): void {
  const rest = below(guess.inside, guess.path) ?? '';
  const add = (inside: string, repo: string, certain: boolean): void => {
    const there = mounts.get(inside);
    if (there && (!there.uncertain || !certain)) return;
    mounts.set(inside, { kind: 'assumed', inside, repo, ...(!certain && { uncertain: true }) });
  };
  if (rest !== '' && below(settingsFolder, guess.inside) === undefined) add(guess.inside, guess.repo, false);
  add(guess.path, joined(guess.repo, rest), guess.proved);
}

/**
 * Virtual environments that commands name (`/srv/shop/venv/bin/gunicorn`): nobody commits them, so nothing is known about what they
 * hold. Where the project's own folder is one, only its `bin` is meant.
 */
function environments(reader: Reader, place: Place, evidence: HostEvidence): readonly Mount[] {
  const found = new Set<string>();
  for (const path of evidence.files) {
    const folder = /^(\/.+)\/bin\/[^/]+$/.exec(path)?.[1];
    if (folder === undefined || systemFolder.test(folder) || locate(reader, place, path).kind === 'file') continue;
    const own = evidence.folders.some(named => below(folder, named) !== undefined);
    found.add(own ? `${folder}/bin` : folder);
  }
  return [...found].map(inside => ({ kind: 'run', inside, effect: 'replaces' }));
}

/** Every way to read `path` as a path in the project or in a folder above it. */
function guessesFor(reader: Reader, folder: string, path: string, isFolder: boolean): readonly Guess[] {
  const parts = path.split('/').filter(part => part !== '');
  const guesses: Guess[] = [];
  // `/srv/app` read as the folder app, and `/srv` read as the folder around it, come to the same.
  const targets = new Set<string>();
  for (let repo = folder; ; repo = folderOf(repo)) {
    for (let matched = isFolder ? 0 : 1; matched <= Math.min(parts.length, 12); matched++) {
      const rest = parts.slice(parts.length - matched).join('/');
      const inRepo = repo === '' ? rest : rest === '' ? repo : `${repo}/${rest}`;
      const kind = reader.kind(inRepo);
      if (matched > 0 && kind !== (isFolder ? 'directory' : 'file')) continue;
      const inside = `/${parts.slice(0, parts.length - matched).join('/')}`;
      if (inside === '/' || targets.has(inRepo)) continue;
      targets.add(inRepo);
      guesses.push({ inside, repo, matched });
    }
    if (repo === '') return guesses;
  }
}

function bestGuess(
  reader: Reader,
  folder: string,
  evidence: HostEvidence,
  guesses: readonly Guess[],
): Judged | undefined {
  const judged = guesses.map(guess => judge(reader, evidence, guess));
  judged.sort((a, b) => b.score - a.score || b.matched - a.matched || b.repo.length - a.repo.length);
  const [first, second] = judged;
  if (!first) return undefined;
  const rivals = first.score > 0 && second && second.score === first.score && second.matched === first.matched;
  if (rivals && folder !== '' && first.repo !== second.repo) return first.repo === folder ? first : undefined;
  const undecided =
    first.score > 0 &&
    judged.some(other => other !== first && other.score === first.score && other.inside !== first.inside);
  return undecided ? undefined : first;
}

/** What speaks for a guess: files that are named and found through it. */
function judge(reader: Reader, evidence: HostEvidence, guess: Guess): Judged {
  let score = 0;
  let proved = false;
  for (const { folder, names } of evidence.named) {
    const rest = below(guess.inside, folder);
    if (rest === undefined) continue;
    const repo = joined(guess.repo, rest);
    const there = names.filter(name => isThere(reader, repo, name)).length;
    score += there;
    // A slip in a name says which folder is meant, and proves nothing else about it.
    if (there === 0 && names.some(name => isNearlyThere(reader, repo, name))) score += 0.5;
    if (there > 0) proved = true;
    else if (names.some(name => isHere(reader, repo, name) || isElsewhere(reader, guess.repo, name))) proved = true;
  }
  for (const path of evidence.files) {
    const rest = below(guess.inside, path);
    if (rest === undefined || rest === '' || reader.kind(joined(guess.repo, rest)) !== 'file') continue;
    score++;
    proved = true;
  }
  return { ...guess, score, proved };
}

function below(folder: string, path: string): string | undefined {
  if (path === folder) return '';
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function joined(repo: string, rest: string): string {
  return joinInside('/', `${repo}/${rest}`).slice(1);
}

/** The folder of a named file is there, though the file is not. */
function isHere(reader: Reader, repo: string, name: string): boolean {
  return !name.endsWith('#module') && name.includes('/') && reader.kind(joined(repo, folderOf(name))) === 'directory';
}

/** A named module lies elsewhere in the project: then the files do belong to it, and only their folder is wrong. */
function isElsewhere(reader: Reader, repo: string, name: string): boolean {
  if (!name.endsWith('#module') || !name.includes('/')) return false;
  const path = name.slice(0, -'#module'.length);
  return reader
    .files()
    .some(
      file =>
        (repo === '' || file.startsWith(`${repo}/`)) &&
        (`/${file}`.endsWith(`/${path}.py`) || `/${file}`.endsWith(`/${path}/__init__.py`)),
    );
}
