import type { ReadFile, Stack } from '../model/deployment.js';
import type { Setting } from '../model/setting.js';
import type { Diagnostic } from './rule.js';

/** Shorter values stand in too many other words to be told from them. */
const shortest = 6;

const secretName = /(?:_|^)KEY(?:_?ID)?$|SECRET|PASSWORD|PASSWD|TOKEN/i;

/** Where a secret lies is none, and neither is what is only a reference or a switch. */
const noSecret = /^(?:\/|\.{0,2}\/|\$|\{\{|<|\d+$|true$|false$)/i;

/** Replaces by asterisks, in a sentence, what must not be printed. */
export type Conceal = (text: string) => string;

/** What stacks say that decides what is secret. */
export interface Words {
  /**
   * What everybody who sees the repository reads: the names of places, of upstream groups and of users and databases, paths. A password that is
   * one of these (`hello` of the project `hello`) is no secret, and to blank it would blank the name everywhere.
   */
  readonly ordinary: readonly string[];
  /** Values of variables whose name says that they are secret. */
  readonly secret: readonly string[];
}

/** `*_KEY`, `*SECRET*`, `*PASSWORD*`, `*TOKEN*`, wherever an environment was read, and the names beside. */
export function wordsOf(stacks: readonly Stack[]): Words {
  const ordinary = new Set<string>();
  const secret = new Set<string>();
  const collect = (environment: ReadonlyMap<string, Setting<string>>): void => {
    for (const [name, setting] of environment) {
      if (!setting.known || setting.value.length < shortest) continue;
      if (secretName.test(name) && !noSecret.test(setting.value)) secret.add(setting.value);
    }
  };
  for (const { places, launches, gateways, servers, members } of stacks) {
    for (const { path } of members) ordinary.add(path);
    for (const server of servers) if (server.app?.known) ordinary.add(server.app.value.text);
    for (const { groups } of gateways) for (const group of groups) ordinary.add(group.name);
    for (const place of places) {
      collect(place.environment);
      for (const { name } of place.names) ordinary.add(name);
      for (const [name, setting] of place.environment)
        if (setting.known && /(?:^|_)(?:USER|USERNAME|DB|DATABASE|NAME|HOST)$/i.test(name)) ordinary.add(setting.value);
    }
    for (const { commands } of launches) for (const command of commands) collect(command.environment);
  }
  return { ordinary: [...ordinary], secret: [...secret] };
}

/** Blanks the secrets of a deployment. A sentence that quotes a command line may hold one although no name stands beside it. */
export function concealer(files: readonly ReadFile[], words: readonly Words[]): Conceal {
  const secrets = new Set(words.flatMap(({ secret }) => secret));
  if (secrets.size === 0) return text => text;
  const names = [...files.map(({ file }) => file.path), ...words.flatMap(({ ordinary }) => ordinary)].join('\n');
  const byStart = new Map<string, Set<string>>();
  for (const value of secrets) {
    if (names.includes(value)) continue;
    const start = value.slice(0, shortest);
    const same = byStart.get(start);
    if (same) same.add(value);
    else byStart.set(start, new Set([value]));
  }
  return byStart.size === 0 ? text => text : text => hide(text, byStart);
}

function hide(text: string, byStart: ReadonlyMap<string, ReadonlySet<string>>): string {
  let shown = '';
  let done = 0;
  for (let at = 0; at + shortest <= text.length; ) {
    const found = [...(byStart.get(text.slice(at, at + shortest)) ?? [])].filter(one => text.startsWith(one, at));
    const length = Math.max(0, ...found.map(one => one.length));
    if (length > 0) {
      shown += text.slice(done, at) + '*'.repeat(length);
      done = at + length;
    }
    at += Math.max(1, length);
  }
  return shown + text.slice(done);
}

/** The findings with secrets taken out of their sentences. The texts of edits stay: they are written into the files. */
export function concealed(diagnostics: readonly Diagnostic[], conceal: Conceal): readonly Diagnostic[] {
  return diagnostics.map(one => ({
    ...one,
    message: conceal(one.message),
    ...(one.log !== undefined && { log: conceal(one.log) }),
    related: one.related.map(step => ({ ...step, message: conceal(step.message) })),
    fixes: one.fixes.map(fix => ({ ...fix, title: conceal(fix.title) })),
  }));
}
