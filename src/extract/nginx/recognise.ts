import { isDirective, thirdPartyRows } from '../../facts/nginx.js';
import type { SourceFile } from '../../text/source.js';

/** Statements that only nginx writes in this shape. Each begins at a line, a brace or a semicolon and stays in one line. */
const strongShapes = [
  /(?:^|[{};])[ \t]*(?:http|events|server)[ \t]*\{/m,
  /(?:^|[{};])[ \t]*upstream[ \t]+[^\s{};=]+(?:[ \t]*\{)?[ \t]*(?:$|#|server[ \t])/m,
  /(?:^|[{};])[ \t]*(?:proxy|uwsgi|fastcgi|scgi|grpc)_pass[ \t]+[^\s;]+[ \t]*;/m,
  /(?:^|[{};])[ \t]*location[ \t]+(?:(?:=|~\*?|\^~)[ \t]*)?[@/"'^.\\([{][^;\n]{0,500}\{/m,
  /(?:^|[{};])[ \t]*(?:listen|server_name)[ \t]+[^\s;=][^;\n]{0,500};/m,
];

/** First statements that show another program's file at once. */
const otherFirstLine = /^(?:\[[^\]]*\]\s*$|<\?|<[A-Za-z!]|#!|\{\s*$|-{3}\s*$)/;

const largestSample = 400_000;

/**
 * Content test for nginx configuration, whole files and fragments: statements in nginx's shapes, and no more lines of another
 * kind than of nginx's. FreeRADIUS, rspamd, dovecot, HAProxy, Caddy, uWSGI, systemd and others that share words with nginx are
 * told apart by their assignments, their section headers and their own words.
 */
export function looksLikeNginx(file: SourceFile): boolean {
  if (!file.text.includes(';') || file.text.includes('\0')) return false;
  const sample = file.text.length > largestSample ? file.text.slice(0, largestSample) : file.text;
  if (otherFirstLine.test(firstStatement(sample))) return false;
  const strong = strongShapes.some(shape => shape.test(sample));
  const counts = countLines(sample);
  if (strong) return counts.known > 0 && counts.known >= counts.foreign;
  return counts.distinctive >= 1 && counts.known >= 2 && counts.foreign === 0;
}

function firstStatement(text: string): string {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text
      .slice(at, end)
      .replace(/^\uFEFF/, '')
      .trim();
    if (line !== '' && !/^[;#](?!!)/.test(line) && !/^\{[%#{]/.test(line)) return line;
    at = end + 1;
  }
  return '';
}

interface LineCounts {
  known: number;
  foreign: number;
  /** Directives whose names no other program uses. */
  distinctive: number;
}

function countLines(text: string): LineCounts {
  const counts: LineCounts = { known: 0, foreign: 0, distinctive: 0 };
  let lua = 0;
  // A long file says the same in many of its lines.
  const known = new Map<string, LineCounts>();
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (lua > 0) {
      lua += braces(line);
      continue;
    }
    if (line.includes('_by_lua_block') && line.includes('{')) lua = Math.max(0, braces(line));
    let own = known.get(line);
    if (!own) {
      own = { known: 0, foreign: 0, distinctive: 0 };
      countLine(line, own);
      known.set(line, own);
    }
    counts.known += own.known;
    counts.foreign += own.foreign;
    counts.distinctive += own.distinctive;
  }
  return counts;
}

function countLine(line: string, counts: LineCounts): void {
  const word = /^[A-Za-z_][\w.-]*/.exec(line)?.[0];
  if (word === undefined) {
    if (/^\[[\w: .-]+\]$/.test(line)) counts.foreign += 2;
    return;
  }
  const rest = line.slice(word.length);
  const known = isDirective(word) || thirdPartyRows(word).length > 0;
  if (/^[ \t]*[:+]?=/.test(rest) && word !== 'location') counts.foreign += known ? 1 : 2;
  else if (/^[ \t]*:(?:[ \t]|$)/.test(rest)) counts.foreign += 1;
  else if (!known) counts.foreign += /;[ \t]*(?:#.*)?$/.test(rest) ? 0.5 : 1;
  else if (/^[ \t;{]|^$/.test(rest)) {
    counts.known += 1;
    if (distinctiveName(word) && /;[ \t]*(?:#.*)?$/.test(rest)) counts.distinctive += 1;
  }
}

function distinctiveName(word: string): boolean {
  return /^(?:proxy|uwsgi|fastcgi|scgi|grpc|ssl|gzip|client)_[a-z_]+$|^(?:add_header|try_files|error_page|access_log)$/.test(
    word,
  );
}

function braces(line: string): number {
  let depth = 0;
  for (const char of line) depth += char === '{' ? 1 : char === '}' ? -1 : 0;
  return depth;
}
