import { allowedIn } from './blocks.js';
import type { Frame } from './frame.js';
import { indentBefore, indentWidth } from './layout.js';
import { type Pass, report } from './pass.js';
import type { NginxWord } from './tree.js';

function columns(pass: Pass, offset: number): number | undefined {
  const indent = indentBefore(pass.text, offset);
  return indent === undefined ? undefined : indentWidth(indent);
}

/**
 * Called where a directive begins, in a text whose braces do not match: closes the blocks that it cannot belong to, by its name
 * or because it stands no deeper than they do, and takes back a `}` that came too early.
 */
export function settleFrame(pass: Pass, name: NginxWord): void {
  if (pass.extraLeft > 0) reopen(pass, name.value);
  if (pass.missingLeft === 0) return;
  const steps = stepsToAllowed(pass, name.value);
  for (let i = 0; i < steps; i++) closeMissing(pass);
  const indent = columns(pass, name.start);
  if (indent === undefined) return;
  for (let frame = pass.frame; pass.missingLeft > 0 && frame.parent; frame = pass.frame) {
    if (frame.indent === undefined || !frame.deeper || indent > frame.indent) return;
    closeMissing(pass);
  }
}

/** How many open blocks would have to be closed for the directive to be allowed; 0 where it is, or where that cannot be said. */
function stepsToAllowed(pass: Pass, name: string): number {
  const { names } = pass.mode;
  if (allowedIn(name, pass.frame.inside, names) !== false) return 0;
  let steps = 1;
  for (let frame = pass.frame.parent; frame && steps <= pass.missingLeft; frame = frame.parent, steps++) {
    if (allowedIn(name, frame.inside, names) === true || (!frame.parent && frame.inside === undefined)) return steps;
  }
  return 0;
}

function reopen(pass: Pass, name: string): void {
  const closed = pass.frame.closed;
  const node = closed?.frame.node;
  if (!closed || !node || pass.frame.children.at(-1) !== node) return;
  if (allowedIn(name, pass.frame.inside, pass.mode.names) !== false) return;
  if (allowedIn(name, closed.frame.inside, pass.mode.names) !== true) return;
  reportExtra(pass, node.closeAt);
  node.closeAt = -1;
  pass.extraLeft--;
  pass.frame = closed.frame;
}

/** Closes the innermost block without a brace, and reports the place where the brace belongs. */
export function closeMissing(pass: Pass): void {
  const { frame } = pass;
  if (!frame.parent) return;
  const last = frame.node?.children?.at(-1);
  const at = last ? Math.max(last.end, lastEnd(frame)) : (frame.node?.terminatorAt ?? frame.node?.start ?? 0) + 1;
  if (frame.node) {
    const name = frame.node.words[0]?.value ?? '';
    report(
      pass,
      'missing-close',
      Math.max(frame.node.start, at - 1),
      at,
      `"}" is missing here: it closes "${name}" of line ${lineOf(pass, frame.node.start)}`,
      {
        nginx: 'unexpected end of file, expecting "}"',
      },
    );
    frame.node.end = at;
  }
  pass.missingLeft--;
  pass.frame = frame.parent;
}

function lastEnd(frame: Frame): number {
  return frame.children.at(-1)?.end ?? 0;
}

/** 1-based, as editors count. */
export function lineOf(pass: Pass, offset: number): number {
  return pass.text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

/** True when a `}` at `at` is one too many by its place: the block that ends in this column was closed just before. */
export function isExtraClose(pass: Pass, at: number): boolean {
  if (pass.extraLeft === 0) return false;
  const { frame } = pass;
  const indent = columns(pass, at);
  if (!frame.parent || indent === undefined || frame.indent === undefined) return false;
  const closed = frame.closed;
  const justClosed = closed !== undefined && frame.children.at(-1) === closed.frame.node;
  return justClosed && indent > frame.indent && closed.indent === indent;
}

/** Closes inner blocks at a `}` that stands in the column of a block further out. */
export function closeInner(pass: Pass, at: number): void {
  if (pass.missingLeft === 0) return;
  const indent = columns(pass, at);
  if (indent === undefined || pass.frame.indent === undefined || indent >= pass.frame.indent) return;
  let steps = 0;
  for (
    let frame: Frame | undefined = pass.frame;
    frame?.parent && steps <= pass.missingLeft;
    frame = frame.parent, steps++
  ) {
    if (frame.indent !== indent) continue;
    for (let i = 0; i < steps; i++) closeMissing(pass);
    return;
  }
}

export function reportExtra(pass: Pass, at: number): void {
  report(pass, 'extra-close', at, at + 1, 'This "}" closes nothing: there is one more "}" than "{"', {
    nginx: 'unexpected "}"',
  });
}

export function closeIndent(pass: Pass, at: number): number | undefined {
  return columns(pass, at);
}
