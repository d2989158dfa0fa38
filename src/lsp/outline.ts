import { type CodeLens, type DocumentLink, type DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import { parseConfiguration } from '../extract/nginx/load.js';
import type { Stack } from '../model/deployment.js';
import type { NginxNode } from '../syntax/nginx/tree.js';
import type { Span } from '../text/source.js';
import { hopsTo, includesOf } from './ends.js';
import type { Judged } from './project.js';
import { positionOf, rangeOf, type View } from './view.js';

/** Shows the way of requests; its arguments are the address of a file and a position in it. */
export const pathCommand = 'gwlint.path';

/** Includes that lead to one file, as links. Those that lead to several are left to "go to definition". */
export function documentLinks(judged: Judged, path: string): DocumentLink[] {
  const view = judged.view(path);
  if (!view) return [];
  const links = new Map<number, DocumentLink>();
  for (const gateway of judged.deployment.stacks.flatMap(stack => stack.gateways)) {
    for (const { from, files } of includesOf(gateway)) {
      const [file, ...more] = files;
      if (from.file.path !== path || !file || more.length > 0) continue;
      const word = /^include\s+(?=\S)([^;]*)/.exec(view.file.text.slice(from.start, from.end))?.[1]?.trimEnd() ?? '';
      const start = word === '' ? from.start : view.file.text.indexOf(word, from.start + 'include'.length);
      const end = word === '' ? from.end : start + word.length;
      links.set(start, { range: rangeOf(view, start, end), target: judged.project.uriOf(file.path) });
    }
  }
  return [...links.values()];
}

/** How many routes reach each bind and each upstream group of a file. */
export function codeLenses(judged: Judged, path: string, command: string): CodeLens[] {
  const view = judged.view(path);
  if (!view) return [];
  const titles = new Map<number, string>();
  for (const stack of judged.deployment.stacks) {
    for (const { span, title } of lensesOf(stack)) if (span.file.path === path) titles.set(span.start, title);
  }
  return [...titles].map(([start, title]) => ({
    range: rangeOf(view, start, start),
    command: { title, command, arguments: [judged.project.uriOf(path), positionOf(view, start)] },
  }));
}

function lensesOf(stack: Stack): readonly { readonly span: Span; readonly title: string }[] {
  const binds = stack.servers.flatMap(server =>
    server.listens
      .filter(listener => listener.role === 'app')
      .map(listener => {
        const routes = new Set(hopsTo(stack, listener).map(hop => hop.route));
        return { span: listener.span, title: `${counted(routes.size, 'this bind')}` };
      }),
  );
  const groups = stack.gateways.flatMap(gateway =>
    gateway.groups.map(group => {
      const routes = gateway.routes.filter(route => route.pass.group === group);
      return { span: group.span, title: counted(routes.length, 'this group') };
    }),
  );
  return [...binds, ...groups];
}

function counted(count: number, what: string): string {
  return count === 0
    ? `no route is seen to reach ${what}`
    : `${count} ${count === 1 ? 'route reaches' : 'routes reach'} ${what}`;
}

/** The blocks of an nginx file, the sections and keys of an ini file, the processes of a Procfile. Others have servers of their own. */
export function documentSymbols(judged: Judged, path: string): DocumentSymbol[] {
  const view = judged.view(path);
  if (!view) return [];
  const kind = judged.deployment.files.find(one => one.file.path === path)?.kind;
  if (kind === 'nginx') return nginxSymbols(view, parseConfiguration(view.file).nodes, 0);
  if (kind === 'procfile') return lineSymbols(view, /^([\w-]+)[ \t]*:/, undefined);
  const ini = kind === 'systemd' || kind === 'supervisor' || (kind === 'uwsgi' && !/\.(?:xml|json|ya?ml)$/i.test(path));
  return ini ? lineSymbols(view, /^[ \t]*([\w.-]+)[ \t]*=/, /^[ \t]*\[([^\]]+)\]/) : [];
}

const blockKinds: Readonly<Record<string, SymbolKind>> = {
  server: SymbolKind.Class,
  location: SymbolKind.Method,
  upstream: SymbolKind.Interface,
  map: SymbolKind.Enum,
};

/** Deeper blocks are left out. */
const deepest = 30;

function nginxSymbols(view: View, nodes: readonly NginxNode[], depth: number): DocumentSymbol[] {
  if (depth > deepest) return [];
  return nodes.flatMap(node => {
    const [name, ...args] = node.words;
    if (!node.children || !name || name.value === '') return [];
    const shown = args.map(({ value }) => value).join(' ');
    return [
      {
        name: shown === '' ? serverTitle(node) : `${name.value} ${shown}`.slice(0, 100),
        kind: blockKinds[name.value] ?? SymbolKind.Namespace,
        range: rangeOf(view, node.start, node.end),
        selectionRange: rangeOf(view, name.start, name.end),
        children: nginxSymbols(view, node.children, depth + 1),
      },
    ];
  });
}

/** `server example.com`: a block without arguments goes by the names in it. */
function serverTitle({ words, children }: NginxNode): string {
  const name = words[0]?.value ?? '';
  const names = children?.find(child => child.name === 'server_name')?.words.slice(1) ?? [];
  return [name, ...names.map(({ value }) => value)].join(' ').slice(0, 100);
}

function lineSymbols(view: View, entry: RegExp, header: RegExp | undefined): DocumentSymbol[] {
  const found: DocumentSymbol[] = [];
  const { file, starts } = view;
  let section: { readonly symbol: DocumentSymbol; readonly children: DocumentSymbol[] } | undefined;
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? file.text.length;
    const line = file.text.slice(start, end).trimEnd();
    const range = rangeOf(view, start, start + line.length);
    const title = header?.exec(line)?.[1];
    const name = title ?? entry.exec(line)?.[1];
    if (name === undefined) continue;
    const children: DocumentSymbol[] = [];
    const symbol: DocumentSymbol = {
      name,
      kind: title === undefined ? SymbolKind.Property : SymbolKind.Namespace,
      range,
      selectionRange: range,
      ...(title !== undefined && { children }),
    };
    if (title !== undefined) {
      section = { symbol, children };
      found.push(symbol);
    } else if (section) {
      section.children.push(symbol);
      section.symbol.range = { start: section.symbol.range.start, end: range.end };
    } else found.push(symbol);
  }
  return found;
}
