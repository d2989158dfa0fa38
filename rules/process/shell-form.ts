import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import { lineAt } from '../../src/text/lines.js';
import type { Span } from '../../src/text/source.js';

/**
 * Process 1 of a container gets no signal that it has no handler for, and a shell that waits for a command hands none on: a stop ends the server
 * with SIGKILL. Seen with dash of Debian 12, which keeps a process of its own for `sh -c` and for the last line of a script.
 */
export const rule: Rule = {
  id: 'process/shell-form',
  summary: 'A shell as the first process of a container keeps the signal to stop from the server',
  severity: 'info',
  symptom: 'downtime',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { launch, development } = server;
        if (development || !/^(?:dockerfile|compose|kubernetes)$/.test(launch.kind) || hasInit(server)) continue;
        const finding = behindScript(server) ?? behindShellForm(server);
        if (finding) report(finding);
      }
    }
  },
};

/** An init that forwards signals, or something else that deals with them. */
function hasInit({ launch, command }: AppServer): boolean {
  const texts = [launch.span.file.text, command.span.file.text];
  return texts.some(text => /\b(?:tini|dumb-init|s6-|supervisord|trap)\b|^[ \t]*init:[ \t]*true/m.test(text));
}

function told({ kind, launch }: AppServer, span: Span, what: string, fixes: readonly Fix[]): Finding {
  const wait = launch.stopTimeout;
  const after = wait?.known && Number.isFinite(wait.value) ? `after ${seconds(wait.value)}` : 'in the end';
  return {
    span,
    message:
      `${what} starts ${kind} and stays in front of it as the first process of the container. A stop sends SIGTERM to that shell, which does not hand it on: ` +
      `${kind} goes on, and ${after} everything is killed with the requests that it is working on. With exec ${kind} takes the place of the shell.`,
    fixes,
  };
}

/** The last line of the one script that the container runs. */
function behindScript(server: AppServer): Finding | undefined {
  const { command, launch } = server;
  const { file, start, end } = command.span;
  const [step, ...more] = command.via;
  if (!step || more.length > 0 || !command.certain || file.path === launch.span.file.path) return undefined;
  if (step.span.file.path === file.path || !/^#!.*\b(?:ba|da|a)?sh\b/.test(file.text)) return undefined;
  const line = lineAt(file.text, start);
  const before = file.text.slice(line.start, start);
  const after = file.text.slice(end).replace(/\d?>&\d/g, '');
  // Only the last command of all, alone on its line.
  if (!/^[ \t]*$/.test(before) || !onlyCommentsFollow(after.slice(0, 2000)) || after.length > 2000) return undefined;
  const edits = [{ span: { file, start, end: start }, text: 'exec ' }];
  return told(server, command.span, `The shell of ${file.path}`, [
    { title: `Write exec before ${firstWord(command.span)}`, safety: 'safe', edits },
  ]);
}

function firstWord(span: Span): string {
  return /^[\w./-]{1,60}/.exec(span.file.text.slice(span.start, span.end))?.[0] ?? 'it';
}

/** `CMD gunicorn ...` without brackets in an image of Debian or Ubuntu. */
function behindShellForm(server: AppServer): Finding | undefined {
  const { command, launch, place } = server;
  // The command was read from a copy in which everything else is blank.
  const { file } = launch.span;
  const { start, end } = command.span;
  const [step, ...more] = command.via;
  const image = place.image?.known ? place.image.value : '';
  if (launch.kind !== 'dockerfile' || more.length > 0 || step?.message !== 'a shell runs it: /bin/sh -c')
    return undefined;
  if (file.path !== command.span.file.path) return undefined;
  if (!/^(?:python|debian|ubuntu)(?::|$)/.test(image) || /alpine/.test(image) || !command.certain) return undefined;
  const line = lineAt(file.text, start);
  const before = file.text.slice(line.start, start);
  if (!/^\s*(?:CMD|ENTRYPOINT)\s+$/i.test(before) || !/^[ \t]*$/.test(file.text.slice(end, line.end))) return undefined;
  const edits = [{ span: { file, start, end: start }, text: 'exec ' }];
  const span = { file, start, end };
  return told(server, span, 'Without brackets a shell', [
    { title: `Write exec before ${firstWord(span)}`, safety: 'safe', edits },
  ]);
}

/** The rest of the command's line holds no second command, and below it stand only blank lines and comments. */
function onlyCommentsFollow(text: string): boolean {
  const [line = '', ...rest] = text.split(/\r\n|\n|\r/);
  return /^[^&|;#]*(?:#.*)?$/.test(line) && rest.every(each => /^\s*(?:#.*)?$/.test(each));
}
