import { allowedIn } from './blocks.js';
import type { Frame } from './frame.js';
import { indentBefore, indentWidth } from './layout.js';
import { type Pass, report } from './pass.js';
import type { NginxWord } from './tree.js';

/** True while a text whose braces do not match is read once more to find out where the mistake was made. */
export function isBalancing(pass: Pass): boolean {
  return pass.mode.missing > 0 || pass.mode.extra > 0;
}

/** Columns before `offset` where it is first on its line. */
export function columns(pass: Pass, offset: number): number | undefined {
  const indent = indentBefore(pass.text, offset);
  return indent === undefined ? undefined : indentWidth(indent);
}

/** Whether to act on a sign of so many misplaced braces. One that is not acted upon is a misfit of this reading. */
function actsOn(pass: Pass, left: 'missingLeft' | 'extraLeft', count: number): boolean {
  if (pass.skipLeft === 0 && count <= pass[left]) return true;
  if (pass.skipLeft > 0 && pass[left] > 0) pass.skipLeft--;
  pass.misfits++;
  return false;
}

/**
 * Called where a directive begins: closes the blocks that it cannot belong to, by its name or because it stands no deeper than
 * they do, and takes back a `}` that came too early.
 */
export function settleFrame(pass: Pass, name: NginxWord, block: boolean): void {
  const blockInFreeForm = block && typeof pass.frame.inside === 'string';
  if (blockInFreeForm || allowedIn(name.value, pass.frame.inside, pass.mode.names) === false) {
    if (mayReopen(pass, name.value) && actsOn(pass, 'extraLeft', 1)) {
      reopen(pass);
    } else {
      const steps = stepsToAllowed(pass, name.value);
      if (steps === 0) pass.misfits++;
      else if (actsOn(pass, 'missingLeft', steps)) for (let i = 0; i < steps; i++) closeMissing(pass);
    }
  }
  const indent = columns(pass, name.start);
  if (indent === undefined) return;
  for (let frame = pass.frame; frame.parent; frame = pass.frame) {
    if (frame.indent === undefined || !frame.deeper || indent > frame.indent || !actsOn(pass, 'missingLeft', 1)) return;
    closeMissing(pass);
  }
}

/** How many open blocks would have to be closed for the directive to be allowed; 0 where that cannot be said. */
function stepsToAllowed(pass: Pass, name: string): number {
  let steps = 1;
  for (let frame = pass.frame.parent; frame && steps <= pass.mode.missing; frame = frame.parent, steps++) {
    if (allowedIn(name, frame.inside, pass.mode.names) === true || (!frame.parent && frame.inside === undefined))
      return steps;
  }
  return 0;
}

function mayReopen(pass: Pass, name: string): boolean {
  const closed = pass.frame.closed;
  const node = closed?.frame.node;
  if (!closed || !node || pass.mode.extra === 0 || pass.frame.children.at(-1) !== node) return false;
  return allowedIn(name, closed.frame.inside, pass.mode.names) === true;
}

function reopen(pass: Pass): void {
  const frame = pass.frame.closed?.frame;
  if (!frame?.node) return;
  reportExtra(pass, frame.node.closeAt);
  frame.node.closeAt = -1;
  pass.extraLeft--;
  pass.frame = frame;
}

/** Closes the innermost block without a brace, and reports the place where the brace belongs. */
function closeMissing(pass: Pass): void {
  const { frame } = pass;
  if (!frame.parent) return;
  if (frame.node) {
    const at = frame.children.at(-1)?.end ?? frame.node.end;
    const name = frame.node.name;
    const message = `"}" is missing here: it closes "${name}" of line ${lineOf(pass, frame.node.start)}`;
    report(pass, 'missing-close', at - 1, at, message, { nginx: 'unexpected end of file, expecting "}"' });
    frame.node.end = at;
  }
  pass.missingLeft--;
  pass.frame = frame.parent;
}

/** 1-based, as editors count. */
export function lineOf(pass: Pass, offset: number): number {
  return pass.text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

/**
 * Called at a `}`. True when it is one too many by its place: the block that ends in this column was closed just before. Closes
 * inner blocks where the brace stands in the column of a block further out.
 */
export function settleClose(pass: Pass, at: number): boolean {
  const { frame } = pass;
  const indent = columns(pass, at);
  if (!frame.parent || indent === undefined || frame.indent === undefined || indent === frame.indent) return false;
  if (indent > frame.indent) {
    const justClosed = frame.closed !== undefined && frame.children.at(-1) === frame.closed.frame.node;
    if (pass.mode.extra === 0 || !justClosed || frame.closed?.indent !== indent || !actsOn(pass, 'extraLeft', 1)) {
      pass.misfits++;
      return false;
    }
    reportExtra(pass, at);
    pass.extraLeft--;
    return true;
  }
  const steps = stepsOut(pass, indent);
  if (steps === 0 || !actsOn(pass, 'missingLeft', steps)) pass.misfits++;
  else for (let i = 0; i < steps; i++) closeMissing(pass);
  return false;
}

/** How many blocks lie inside the one that begins in this column; 0 where there is none. */
function stepsOut(pass: Pass, indent: number): number {
  let steps = 0;
  for (
    let frame: Frame | undefined = pass.frame;
    frame?.parent && steps <= pass.mode.missing;
    frame = frame.parent, steps++
  ) {
    if (frame.indent === indent) return steps;
  }
  return 0;
}

export function reportExtra(pass: Pass, at: number): void {
  report(pass, 'extra-close', at, at + 1, 'This "}" closes nothing: there is one more "}" than "{"', {
    nginx: 'unexpected "}"',
  });
}
