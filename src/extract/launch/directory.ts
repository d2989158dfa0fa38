import { joinInside } from '../../model/place.js';
import { valueOf as knownOf, type Setting } from '../../model/setting.js';
import { type Word, whyUnknown } from '../../model/word.js';
import type { Span } from '../../text/source.js';
import { lookUp, type State, settingOf } from './state.js';

/** `cd` with these arguments; where the target cannot be told, neither can the folder afterwards. */
export function changeDirectory(state: State, words: readonly Word[], span: Span): void {
  const operands = words.filter(word => word.text === '-' || !word.text.startsWith('-'));
  const target = operands[0];
  const before = state.directory;
  if (!target) {
    const home = lookUp(state, 'HOME');
    state.directory =
      home.kind === 'value' ? settingOf('cd', home.value) : unknownFolder(span, 'the home folder depends on the user');
  } else if (target.text === '-')
    state.directory = state.previous ?? unknownFolder(span, 'the folder before it is not known');
  else state.directory = folderFrom(before, target);
  state.previous = before;
}

/** An absolute path as it is, a relative one from `base`. */
export function folderFrom(base: Setting<string>, target: Word): Setting<string> {
  const facts = {
    name: 'cd',
    origin: 'command line' as const,
    span: target.span,
    ...(target.via && { via: target.via }),
  };
  if (!target.known) return { ...facts, known: false, why: whyUnknown(target) };
  if (target.text.startsWith('/')) return { ...facts, known: true, value: joinInside('/', target.text) };
  const from = knownOf(base);
  if (from !== undefined) return { ...facts, known: true, value: joinInside(from, target.text) };
  return { ...facts, known: false, why: base.known ? '' : base.why };
}

function unknownFolder(span: Span, why: string): Setting<string> {
  return { name: 'cd', origin: 'command line', span, known: false, why };
}
