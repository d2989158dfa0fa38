import { baseName, folderOf } from '../model/place.js';
import type { SourceFile } from '../text/source.js';
import { looksLikeApache } from './apache/recognise.js';
import { looksLikeCompose } from './compose/recognise.js';
import { composeSyntaxFault } from './compose/syntax.js';
import { looksLikeHaproxy } from './haproxy/recognise.js';
import { looksLikeKubernetes } from './kubernetes/recognise.js';
import { looksLikeProcfile, looksLikeShell, looksLikeSupervisor, looksLikeSystemd } from './launch/recognise.js';
import { looksLikeNginx } from './nginx/recognise.js';
import { isOther } from './other.js';
import type { Reader } from './reader.js';
import { looksLikeUwsgi } from './servers/recognise.js';

/** The files that matter, by what they are. Each list is in the host's order. */
export interface Discovered {
  readonly nginx: readonly SourceFile[];
  readonly haproxy: readonly SourceFile[];
  readonly apache: readonly SourceFile[];
  readonly compose: readonly SourceFile[];
  readonly dockerfiles: readonly SourceFile[];
  readonly kubernetes: readonly SourceFile[];
  readonly systemd: readonly SourceFile[];
  readonly supervisor: readonly SourceFile[];
  readonly procfiles: readonly SourceFile[];
  readonly scripts: readonly SourceFile[];
  readonly uwsgi: readonly SourceFile[];
}

/** Text that is larger is data, not a configuration somebody wrote for one of the programs we know. */
const largestLooked = 2_000_000;

/** Finds the files that matter by content, confirmed by name (names alone mislead: many files called nginx.conf are fragments). */
export function discover(reader: Reader): Discovered {
  const found: { [K in keyof Discovered]: SourceFile[] } = {
    nginx: [],
    haproxy: [],
    apache: [],
    compose: [],
    dockerfiles: [],
    kubernetes: [],
    systemd: [],
    supervisor: [],
    procfiles: [],
    scripts: [],
    uwsgi: [],
  };
  for (const path of reader.files()) {
    if (isOther(path)) continue;
    const kind = reader.kept(`kind of ${path}`, [], () => classify(reader, path));
    if (!kind) continue;
    const file = reader.file(path);
    if (file) found[kind].push(file);
  }
  return found;
}

function classify(reader: Reader, path: string): keyof Discovered | undefined {
  const name = baseName(path);
  if (isDockerfileName(name)) return 'dockerfiles';
  const file = reader.file(path);
  if (!file || file.text.includes('\0')) return undefined;
  if (/\.ya?ml(?:\.(?:j2|jinja2?|tpl|tmpl|template|example|dist|sample))?$/i.test(name)) return yamlKind(reader, file);
  if (looksLikeProcfile(file)) return 'procfiles';
  if (looksLikeSystemd(file)) return 'systemd';
  if (looksLikeSupervisor(file)) return 'supervisor';
  if (looksLikeUwsgi(file)) return 'uwsgi';
  if (looksLikeApache(file)) return 'apache';
  if (looksLikeShell(file)) return 'scripts';
  if (looksLikeHaproxy(file)) return 'haproxy';
  if (file.text.length <= largestLooked || /nginx/i.test(path)) {
    if (looksLikeNginx(file)) return 'nginx';
  }
  return undefined;
}

function yamlKind(reader: Reader, file: SourceFile): keyof Discovered | undefined {
  if (/^services\s*:|^"services"\s*:/m.test(file.text)) {
    if (/(?:^|\/)\.github\/workflows\/|(?:^|\/)\.gitlab-ci[^/]*$/.test(file.path)) return undefined;
    const tree = reader.yaml(file);
    if (tree && (looksLikeCompose(tree) || composeSyntaxFault(file, tree))) return 'compose';
  }
  if (/^kind\s*:/m.test(file.text) && /^apiVersion\s*:/m.test(file.text)) {
    const tree = reader.yaml(file);
    if (tree && looksLikeKubernetes(tree)) return 'kubernetes';
  }
  if (/^uwsgi\s*:/m.test(file.text) && looksLikeUwsgi(file)) return 'uwsgi';
  return undefined;
}

/** `Dockerfile`, `Dockerfile.x`, `x.Dockerfile`, `Dockerfile_x`, `dockerfile`, `Containerfile`. */
export function isDockerfileName(name: string): boolean {
  if (/\.(?:dockerignore|md|txt)$/i.test(name)) return false;
  return /^(?:dockerfile|containerfile)(?:[._-].*)?$/i.test(name) || /\.(?:dockerfile|containerfile)$/i.test(name);
}

/** Folders that hold a copy of a deployment for another purpose: their stacks are never joined with others. */
export function isAside(path: string): boolean {
  const folder = folderOf(path);
  return folder !== '' && asideFolder.test(folder);
}

const asideFolder =
  /(?:^|\/)(?:docs?|examples?|samples?|demos?|tests?|testing|fixtures?|contrib|templates?|cookiecutter[^/]*|\{\{[^/]*)(?:\/|$)/i;
