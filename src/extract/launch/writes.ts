import { baseName, joinInside } from '../../model/place.js';
import { valueOf as knownOf, type Setting } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { ShellRedirect } from '../../syntax/shell/tree.js';
import { maskOutside } from '../../text/mask.js';
import type { Span } from '../../text/source.js';
import { expandValue } from './expand.js';
import type { GeneratedFile } from './outcome.js';
import { type Machine, type State, spanOf, valueText } from './state.js';

const mostNoted = 200;

/** Notes the files that a command writes or takes away, by its redirections and by what it is (cp, ln, sed -i, tee, envsubst, rm). */
export function noteWrites(
  machine: Machine,
  state: State,
  redirects: readonly ShellRedirect[],
  words: readonly Word[],
): void {
  const name = words[0]?.known ? baseName(words[0].text) : '';
  let source: string | undefined;
  for (const redirect of redirects) {
    if (redirect.operator === '<')
      source = pathOf(state.directory, valueText(expandValue(machine, state, redirect.target)));
  }
  for (const redirect of redirects) {
    if (!/^(?:&?>>?|>\|)$/.test(redirect.operator) || redirect.descriptor === '2') continue;
    const path = pathOf(state.directory, valueText(expandValue(machine, state, redirect.target)));
    if (path === undefined || path.startsWith('/dev/') || path.startsWith('/proc/')) continue;
    const content = name === 'cat' && !redirect.operator.includes('>>') ? contentOf(state, redirects) : undefined;
    const how = content ? 'content' : name === 'envsubst' && source !== undefined ? 'envsubst' : 'changed';
    push(machine, state, {
      path,
      how,
      ...(content && { content }),
      ...(how === 'envsubst' && source !== undefined && { source }),
      span: spanOf(state, redirect),
    });
  }
  noteCommand(machine, state, name, words);
}

function push(machine: Machine, state: State, file: Omit<GeneratedFile, 'certain'>): void {
  if (machine.generated.length < mostNoted)
    machine.generated.push({ ...file, certain: state.certain && state.alive === 'yes' });
}

function contentOf(state: State, redirects: readonly ShellRedirect[]) {
  const body = redirects.find(redirect => redirect.body)?.body;
  if (!body || state.place) return undefined;
  const text = state.file.text.slice(body.start, body.end);
  return body.literal || !/[$`\\]/.test(text) ? maskOutside(state.file, [body]) : undefined;
}

function pathOf(directory: Setting<string>, text: string | undefined): string | undefined {
  const base = knownOf(directory);
  if (text === undefined || text === '' || text.length > 1000) return undefined;
  if (text.startsWith('/')) return joinInside('/', text);
  return base === undefined ? undefined : joinInside(base, text);
}

/** `rm conf.d/*.conf`: which files of the folder are left is not known. */
function folderOfPattern(directory: Setting<string>, { parts }: Word): string | undefined {
  const unknown = parts.findIndex(part => !part.known);
  const before = parts
    .slice(0, Math.max(unknown, 0))
    .map(part => part.text)
    .join('');
  const folder = before.slice(0, Math.max(before.lastIndexOf('/'), 0));
  return pathOf(directory, folder);
}

function noteCommand(machine: Machine, state: State, name: string, words: readonly Word[]): void {
  if (!['cp', 'mv', 'ln', 'install', 'sed', 'tee', 'rm'].includes(name)) return;
  const operands = words.slice(1).filter(word => !word.text.startsWith('-'));
  const spanned = (word: Word): Span => word.span;
  const path = (word: Word | undefined): string | undefined =>
    word?.known ? pathOf(state.directory, word.text) : undefined;
  if (name === 'sed') {
    if (!words.some(word => /^-[a-zA-Z]*i|^--in-place/.test(word.text))) return;
    for (const word of operands.slice(1)) {
      const changed = path(word);
      if (changed !== undefined) push(machine, state, { path: changed, how: 'changed', span: spanned(word) });
    }
    return;
  }
  if (name === 'rm') {
    for (const word of operands) {
      const removed = path(word) ?? folderOfPattern(state.directory, word);
      if (removed !== undefined) push(machine, state, { path: removed, how: 'changed', span: spanned(word) });
    }
    return;
  }
  if (name === 'tee') {
    for (const word of operands) {
      const written = path(word);
      if (written !== undefined) push(machine, state, { path: written, how: 'changed', span: spanned(word) });
    }
    return;
  }
  const target = operands[operands.length - 1];
  const source = path(operands[0]);
  const written = path(target);
  if (!target || written === undefined || operands.length < 2) return;
  const into = target.text.endsWith('/') && operands[0] ? joinInside(written, baseName(operands[0].text)) : written;
  const how =
    operands.length === 2 && source !== undefined && operands[0]?.known ? (name === 'ln' ? 'link' : 'copy') : 'changed';
  push(machine, state, {
    path: into,
    how,
    ...(how !== 'changed' && source !== undefined && { source }),
    span: spanned(target),
  });
}
