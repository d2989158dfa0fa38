import type { Gateway, NginxDirective, NginxScope } from './gateway.js';
import { scopesOf } from './inherit.js';
import { joinInside } from './place.js';

/** A location that serves files. */
export interface Served {
  readonly scope: NginxScope;
  readonly line: NginxDirective;
  /** Folder that stands for the URL. */
  readonly folder: string;
  readonly url: string;
}

/** Prefix locations, for exactly this URL where one is given, that name a folder letter by letter. */
export function servedFolders(gateway: Gateway, wanted?: string): readonly Served[] {
  const found: Served[] = [];
  for (const scope of scopesOf(gateway)) {
    const args = scope.opener?.args ?? [];
    const path = args.at(-1)?.text ?? '';
    if (scope.context !== 'location' || !/^(?:\^~)?$/.test(args.length > 1 ? (args[0]?.text ?? '') : '')) continue;
    const url = `${path.replace(/\/$/, '')}/`;
    if (
      (wanted !== undefined && url !== wanted) ||
      scope.open ||
      scope.directives.some(({ name }) => /_pass$|^(?:try_files|rewrite)$/.test(name))
    )
      continue;
    const line = scope.directives.find(({ name }) => name === 'alias' || name === 'root');
    const word = line?.args[0];
    if (!line || !word?.known || word.text.includes('$') || !word.text.startsWith('/')) continue;
    found.push({ scope, line, url, folder: joinInside('/', line.name === 'alias' ? word.text : `${word.text}${url}`) });
  }
  return found;
}
