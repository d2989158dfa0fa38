import { type Hover, MarkupKind } from 'vscode-languageserver';
import { gunicornSettings } from '../facts/gunicorn.js';
import { gunicornMeanings, nginxMeanings, uwsgiMeanings } from '../facts/meanings.js';
import { type DirectiveRow, directiveRow, directiveRows, thirdPartyRows } from '../facts/nginx.js';
import { canonicalOption, uwsgiOptions } from '../facts/uwsgi.js';
import { originOf, where } from '../model/describe.js';
import type { NginxDirective, NginxScope } from '../model/gateway.js';
import { effective } from '../model/inherit.js';
import type { AppServer } from '../model/server.js';
import type { Setting } from '../model/setting.js';
import { maskSecrets } from '../report/secrets.js';
import { visible } from '../report/visible.js';
import { directivesAt, type Standing } from './directives.js';
import { serversReading, settingAt } from './options.js';
import { shortPathAt } from './paths.js';
import type { Judged } from './project.js';
import { rangeOf } from './view.js';

/** What stands at a place, what holds there and why, and where requests go from it. */
export function hoverAt(judged: Judged, path: string, offset: number): Hover | undefined {
  const view = judged.view(path);
  if (!view) return undefined;
  const [first, ...more] = directivesAt(judged, path, offset);
  const parts: string[] = [];
  let range: Hover['range'];
  // Inside a block, and on none of its directives, there is nothing to tell.
  const named = first && (offset <= first.directive.nameSpan.end || !first.directive.block) ? first : undefined;
  if (named) {
    parts.push(directiveText(named, more.length));
    range = rangeOf(view, named.directive.nameSpan.start, named.directive.nameSpan.end);
  } else {
    const word = settingAt(judged, path, offset);
    if (word) {
      parts.push(...serverTexts(judged, path, word.name));
      range = rangeOf(view, word.start, word.end);
    }
  }
  const way = shortPathAt(judged, path, offset);
  if (way !== undefined) parts.push(`\`\`\`text\n${way.replaceAll('```', "'''").trimEnd()}\n\`\`\``);
  if (parts.length === 0) return undefined;
  return { contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n') }, ...(range && { range }) };
}

function directiveText({ directive, scope }: Standing, others: number): string {
  const { name } = directive;
  const row = directiveRow(name, scope.context) ?? directiveRows(name)[0];
  const third = row ? undefined : thirdPartyRows(name)[0];
  const lines = [`**${name}**${row ? `, ${row.module}` : third ? ', a directive of another module' : ''}`];
  const meaning = nginxMeanings[name];
  if (meaning) lines.push(meaning);
  if (row) lines.push(factsOf(row));
  if (!directive.block && row?.inherit !== undefined) lines.push(inEffect(name, scope, row));
  if (others > 0) lines.push(`The line stands in ${others + 1} places of the configuration; this is the first.`);
  return lines.join('\n\n');
}

/** What a directive takes and where, from the tables. */
function factsOf({ type, values, default: usual, contexts, since }: DirectiveRow): string {
  const facts = [
    values ? `one of ${values.map(value => `\`${value}\``).join(', ')}` : typeWords[type],
    usual?.value ? `default \`${usual.value}\`` : undefined,
    `in ${contexts.join(', ')}`,
    since ? `since ${since}` : undefined,
  ];
  return facts.filter(Boolean).join('; ');
}

const typeWords: Readonly<Record<string, string>> = {
  flag: '`on` or `off`',
  time_ms: 'a time (a bare number is seconds; `ms` `s` `m` `h` `d`)',
  time_s: 'a time (a bare number is seconds; `s` `m` `h` `d` `w` `M` `y`)',
  size: 'a size (a bare number is bytes; `k` `m`)',
  offset: 'a size (a bare number is bytes; `k` `m` `g`)',
  num: 'a number',
  bufs: 'a number and a size',
};

function inEffect(name: string, scope: NginxScope, row: DirectiveRow): string {
  const lines = effective(scope, name);
  const last = lines.at(-1);
  const above = scope.parent ? effective(scope.parent, name) : [];
  const hidden = above[0] === lines[0] ? undefined : above.at(-1);
  const here = last
    ? `In effect here: ${lines.map(valueOf).join(', ')} (${where(last.span)})`
    : `In effect here: the default, \`${row.default?.value ?? 'none'}\``;
  return hidden ? `${here}; without it ${above.map(valueOf).join(', ')} (${where(hidden.span)})` : here;
}

function valueOf({ args }: NginxDirective): string {
  return `\`${safe(args.map(({ text }) => text).join(' '))}\``;
}

function serverTexts(judged: Judged, path: string, name: string): readonly string[] {
  const texts = new Map<string, string[]>();
  for (const server of serversReading(judged, path)) {
    const text =
      server.kind === 'uwsgi' ? uwsgiText(name) : server.kind === 'gunicorn' ? gunicornText(name) : undefined;
    if (text === undefined) continue;
    const lines = texts.get(text) ?? [];
    texts.set(text, lines);
    const line = effectiveLine(server, name);
    if (line && !lines.includes(line)) lines.push(line);
  }
  return [...texts].map(([text, lines]) => [text, ...lines].join('\n\n'));
}

function gunicornText(name: string): string | undefined {
  const row = gunicornSettings.get(name);
  if (!row) return undefined;
  const usual = row.default;
  const facts = [
    row.flags.length > 0 ? `flags ${row.flags.map(flag => `\`${flag}\``).join(', ')}` : 'configuration file only',
    usual === null || usual === undefined ? undefined : `default \`${safe(String(usual))}\``,
    row.env ? `its default comes from \`${row.env}\`` : undefined,
    row.hook ? 'a function that is called' : undefined,
  ];
  return [`**${name}**, Gunicorn`, gunicornMeanings[name], facts.filter(Boolean).join('; ')]
    .filter(Boolean)
    .join('\n\n');
}

function uwsgiText(name: string): string | undefined {
  const row = uwsgiOptions.get(name);
  if (!row) return undefined;
  const canonical = canonicalOption(name);
  const meaning = uwsgiMeanings[name] ?? uwsgiMeanings[canonical];
  const facts = [
    row.type === 'bool' ? 'a switch' : `type ${row.type}`,
    row.default === undefined ? undefined : `default \`${row.default}\``,
    row.repeats ? 'may be given several times' : undefined,
    canonical !== name ? `the same as \`${canonical}\`` : undefined,
    row.implies.length > 0 ? `switches on ${row.implies.map(one => `\`${one}\``).join(', ')}` : undefined,
    row.unreleased ? 'in no release yet' : undefined,
  ];
  return [`**${name}**, uWSGI (${row.plugins.join(', ')})`, meaning, facts.filter(Boolean).join('; ')]
    .filter(Boolean)
    .join('\n\n');
}

/** The value that the server runs with, whoever set it. */
function effectiveLine(server: AppServer, name: string): string | undefined {
  const setting =
    server.settings.get(server.kind === 'uwsgi' ? canonicalOption(name) : name) ?? server.settings.get(name);
  if (!setting) return undefined;
  const hidden = (setting.hides ?? []).map(one => `hides ${shownValue(one)} (${originOf(one)})`);
  return `In effect: ${shownValue(setting)} (${[originOf(setting), ...hidden].join('; ')})`;
}

function shownValue(setting: Setting<unknown>): string {
  if (!setting.known) return `not known: ${safe(setting.why)}`;
  const { value } = setting;
  return `\`${safe(Array.isArray(value) ? value.join(', ') : String(value))}\``;
}

/** Text of the user's files between backticks. */
function safe(text: string): string {
  return visible(maskSecrets(text)).replaceAll('`', "'").slice(0, 300);
}
