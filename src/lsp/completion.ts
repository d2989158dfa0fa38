import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import { contextInside, isFreeContext, nginxContext } from '../extract/nginx/context.js';
import { parseConfiguration } from '../extract/nginx/load.js';
import { gunicornSettings, workerNames } from '../facts/gunicorn.js';
import { gunicornMeanings, nginxMeanings, uwsgiMeanings } from '../facts/meanings.js';
import { builtInVariables, directiveNames, directiveRow } from '../facts/nginx.js';
import { canonicalOption, uwsgiOptions } from '../facts/uwsgi.js';
import { showAddress } from '../model/endpoint.js';
import type { NginxNode } from '../syntax/nginx/tree.js';
import type { SourceFile } from '../text/source.js';
import { levelOfFile } from './directives.js';
import { serversReading } from './options.js';
import type { Judged } from './project.js';

/** What may stand at a place. */
export function completionsAt(judged: Judged, path: string, offset: number): CompletionItem[] {
  const view = judged.view(path);
  if (!view) return [];
  const { file } = view;
  const kind = judged.deployment.files.find(one => one.file.path === path)?.kind;
  if (kind === 'nginx' || (kind === undefined && /nginx|\.conf$/i.test(path))) return inNginx(judged, file, offset);
  const kinds = new Set(serversReading(judged, path).map(server => server.kind));
  if (/\.py$/i.test(path)) return kinds.has('gunicorn') || /gunicorn/i.test(path) ? inGunicorn(file, offset) : [];
  return kind === 'uwsgi' || kinds.has('uwsgi') ? inUwsgi(file, offset) : [];
}

/** Blocks around a place, outermost first. */
function blocksAround(nodes: readonly NginxNode[], offset: number): readonly NginxNode[] {
  const around: NginxNode[] = [];
  for (let level: readonly NginxNode[] | undefined = nodes; level; ) {
    const inside: NginxNode | undefined = level.find(
      ({ children, terminatorAt, closeAt, end }) =>
        children !== undefined && terminatorAt >= 0 && terminatorAt < offset && offset <= (closeAt < 0 ? end : closeAt),
    );
    if (inside) around.push(inside);
    level = inside?.children;
  }
  return around;
}

function inNginx(judged: Judged, file: SourceFile, offset: number): CompletionItem[] {
  const statement = statementBefore(file.text, offset);
  if (statement === undefined) return [];
  const words = statement.split(/\s+/).filter(Boolean);
  const tree = parseConfiguration(file);
  let context = levelOfFile(judged, file.path)?.context ?? nginxContext(tree) ?? 'main';
  for (const block of blocksAround(tree.nodes, offset)) context = contextInside(block.name, context);
  if (isFreeContext(context)) return [];
  const begun = words.length === 0 || (words.length === 1 && !/\s$/.test(statement));
  return begun ? directives(context) : values(judged, file.path, words[0] ?? '', context, statement);
}

/** The text between the end of the statement before and the place; undefined inside a comment. */
function statementBefore(text: string, offset: number): string | undefined {
  let start = offset;
  while (start > 0 && !/[;{}]/.test(text[start - 1] ?? '') && offset - start < 2000) start--;
  const statement = text.slice(start, offset);
  const line = statement.slice(Math.max(statement.lastIndexOf('\n'), statement.lastIndexOf('\r')) + 1);
  if (/(?:^|\s)#/.test(line)) return undefined;
  return statement.replace(/(?:^|\s)#[^\r\n]*/g, ' ');
}

function directives(context: string): CompletionItem[] {
  return directiveNames().flatMap(name => {
    const row = directiveRow(name, context);
    if (!row || row.obsolete) return [];
    const usual = row.default?.value;
    return [
      {
        label: name,
        kind: row.block ? CompletionItemKind.Module : CompletionItemKind.Property,
        detail: [row.module, usual ? `default ${usual}` : undefined].filter(Boolean).join(', '),
        ...(nginxMeanings[name] && { documentation: nginxMeanings[name] }),
        insertText: row.block ? `${name} $0` : row.args.max === 0 && !row.flag ? `${name};` : `${name} $0;`,
        insertTextFormat: InsertTextFormat.Snippet,
        // What the path of a request depends on comes first.
        sortText: `${nginxMeanings[name] ? 0 : 1}${name}`,
      },
    ];
  });
}

function values(judged: Judged, path: string, name: string, context: string, statement: string): CompletionItem[] {
  if (/\$\w*$/.test(statement)) return builtInVariables().map(one => valueItem(`$${one}`, 'variable of nginx'));
  const row = directiveRow(name, context);
  const fixed = row?.flag ? ['on', 'off'] : (row?.values ?? []);
  const found = fixed.map(value => valueItem(value, row?.default?.value === value ? 'the default' : ''));
  return /^(?:proxy|uwsgi|grpc|fastcgi|scgi)_pass$|^server$/.test(name)
    ? [...found, ...targets(judged, path, name)]
    : found;
}

/** Where requests may go: the groups of the configuration and the addresses at which servers of its stack listen. */
function targets({ deployment }: Judged, path: string, name: string): CompletionItem[] {
  const scheme = name === 'proxy_pass' ? 'http://' : name === 'grpc_pass' ? 'grpc://' : '';
  const spoken = name === 'server' ? undefined : name === 'proxy_pass' ? 'http' : name.replace('_pass', '');
  const stacks = deployment.stacks.filter(({ gateways }) =>
    gateways.some(({ files }) => files.some(file => file.path === path)),
  );
  const found = new Map<string, string>();
  for (const group of name === 'server' ? [] : stacks.flatMap(({ gateways }) => gateways.flatMap(one => one.groups)))
    found.set(scheme + group.name, 'upstream group');
  for (const server of stacks.flatMap(stack => stack.servers)) {
    for (const { address, role, protocol } of server.listens) {
      if (role !== 'app' || !address.known || (spoken !== undefined && protocol !== spoken)) continue;
      const socket = address.value.kind === 'unix';
      const shown = scheme + showAddress(address.value);
      found.set(socket && scheme !== '' ? `${shown}:` : shown, `${server.kind} listens there`);
    }
  }
  return [...found].map(([label, detail]) => valueItem(label, detail));
}

function valueItem(label: string, detail: string): CompletionItem {
  return { label, kind: CompletionItemKind.Value, ...(detail && { detail }) };
}

function inGunicorn(file: SourceFile, offset: number): CompletionItem[] {
  const line = lineBefore(file.text, offset);
  if (/^\w*$/.test(line)) {
    const taken = new Set([...file.text.matchAll(/^(\w+)\s*=/gm)].map(match => match[1]));
    return [...gunicornSettings.values()].flatMap(({ name, hook, default: usual }) =>
      taken.has(name) && name !== line
        ? []
        : [
            {
              label: name,
              kind: hook ? CompletionItemKind.Function : CompletionItemKind.Property,
              detail: usual === null || usual === undefined ? 'Gunicorn' : `Gunicorn, default ${String(usual)}`,
              ...(gunicornMeanings[name] && { documentation: gunicornMeanings[name] }),
              insertText: hook ? name : `${name} = `,
            },
          ],
    );
  }
  const name = /^(\w+)\s*=\s*["']?[\w.]*$/.exec(line)?.[1];
  if (name === 'worker_class') return workerNames().map(one => valueItem(one, 'worker class'));
  if (name === 'loglevel') return ['debug', 'info', 'warning', 'error', 'critical'].map(one => valueItem(one, ''));
  const validator = name === undefined ? undefined : gunicornSettings.get(name)?.validator;
  return validator === 'bool' ? ['True', 'False'].map(one => valueItem(one, '')) : [];
}

function inUwsgi(file: SourceFile, offset: number): CompletionItem[] {
  const line = lineBefore(file.text, offset);
  if (!/^\s*[\w-]*$/.test(line)) {
    const name = /^\s*([\w-]+)\s*=\s*\w*$/.exec(line)?.[1];
    return name !== undefined && uwsgiOptions.get(name)?.type === 'bool'
      ? ['true', 'false'].map(one => valueItem(one, ''))
      : [];
  }
  return [...uwsgiOptions.values()]
    .filter(({ unreleased }) => !unreleased)
    .map(({ name, plugins, type }) => {
      const canonical = canonicalOption(name);
      const meaning = uwsgiMeanings[name] ?? uwsgiMeanings[canonical];
      return {
        label: name,
        kind: CompletionItemKind.Property,
        detail: `uWSGI ${plugins.join(', ')}, ${type}${canonical === name ? '' : `, the same as ${canonical}`}`,
        ...(meaning && { documentation: meaning }),
        insertText: `${name} = `,
        sortText: `${meaning ? 0 : 1}${name}`,
      };
    });
}

function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 2000), offset);
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
}
