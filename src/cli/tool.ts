import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { docsPath } from '../report/report.js';
import { upTo, withoutEnd } from '../text/ends.js';

export interface Tool {
  readonly name: string;
  readonly version: string;
}

export const tool: Tool = { name: manifest.name, version: manifest.version };

/** The folder of the installed package: the nearest one above this code that holds the rules' pages. */
export function packageRoot(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'docs', 'rules')) && existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The page about a rule, in Markdown; undefined where the package has been taken apart. */
export function pageText(rule: string): string | undefined {
  const root = packageRoot();
  if (root === undefined) return undefined;
  try {
    return readFileSync(join(root, docsPath(rule)), 'utf8');
  } catch {
    return undefined;
  }
}

/** Where the page about a rule stands in the web; undefined for a build that has no site. */
export function webPage(rule: string): string | undefined {
  const site = (manifest as { readonly homepage?: string }).homepage;
  return site?.startsWith('https://') ? `${withoutEnd(upTo(upTo(site, '#'), '?'), '/')}/rules/${rule}` : undefined;
}

/** Where the page about a rule stands, for a terminal that shows links: in the web, else on this machine. */
export function pageLink(rule: string): string | undefined {
  const root = packageRoot();
  return webPage(rule) ?? (root === undefined ? undefined : pathToFileURL(join(root, docsPath(rule))).href);
}

/** What a bug report needs: where gwlint runs from, and on what. */
export function whereabouts(): string {
  const lines = [
    `from      ${packageRoot() ?? dirname(fileURLToPath(import.meta.url))}`,
    `Node.js   ${process.version} (${process.execPath})`,
    `platform  ${process.platform} ${process.arch}, ${release()}`,
  ];
  return lines.map(line => `${line}\n`).join('');
}
