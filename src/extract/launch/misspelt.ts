import type { Word } from '../../model/word.js';
import type { Machine } from './state.js';

/** What a shell does itself, and no program of that name in other letters exists. */
const own = /^(?:source|export|exec|cd|unset|umask|ulimit|eval|alias)$/;

/** `Source venv/bin/activate`: names of a shell are case-sensitive, so it looks for a program, finds none and goes on. */
export function noteMisspelt(machine: Machine, first: Word): void {
  const lower = first.text.toLowerCase();
  if (!first.known || first.text === lower || !own.test(lower) || machine.faults.length > 20) return;
  const { span } = first;
  if (span.file.text.slice(span.start, span.end) !== first.text) return;
  const ends =
    lower === 'exec' ? 'what it is to start is not started' : `the script goes on as if the line were not there`;
  machine.faults.push({
    kind: 'process/cannot-start',
    span,
    severity: lower === 'exec' ? 'error' : 'warning',
    message: `"${first.text}" is no command: names of a shell are case-sensitive, and ${lower} is meant`,
    consequence: `The shell finds no such program: ${ends}.`,
    repairs: [{ title: `Write ${lower}`, safety: 'unsafe', edits: [{ span, text: lower }] }],
    log: `${first.text}: command not found`,
  });
}
