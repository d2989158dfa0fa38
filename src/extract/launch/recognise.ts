import { baseName } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';

/** Longer texts are not looked at: nobody writes such a unit, program table or script. */
const largest = 1_000_000;

/** Endings that templates and samples have behind the real name. */
const templateEnding = /(?:\.(?:j2|jinja2?|jnj|tpl|tmpl|template|templ|in|example|sample|dist|txt|default|orig))+$/i;

/** Copies that editors and people leave behind: nothing reads them. */
function isBackup(path: string): boolean {
  return /(?:\.(?:bak|old|save|swp|rej|disabled)|~)$/i.test(path);
}

function plainName(path: string): string {
  return baseName(path).replace(templateEnding, '');
}

/** A unit of systemd: by its sections and the settings that make it start something or listen. */
export function looksLikeSystemd(file: SourceFile): boolean {
  if (file.text.length > largest || !file.text.includes('[') || isBackup(file.path)) return false;
  const service = /^[ \t]*\[Service\][ \t]*\r?$/m.test(file.text);
  const socket = /^[ \t]*\[Socket\][ \t]*\r?$/m.test(file.text);
  if (!service && !socket) return false;
  const name = plainName(file.path);
  if (/\.(?:service|socket)$/.test(name)) return true;
  if (/\.(?:service|socket)\.d\/[^/]+\.conf$/.test(file.path.replace(templateEnding, ''))) return true;
  if (!beginsWithSection(file.text)) return false;
  return (
    (service && /^[ \t]*ExecStart[ \t]*=/m.test(file.text)) || (socket && /^[ \t]*ListenStream[ \t]*=/m.test(file.text))
  );
}

/** False for a script that writes units, and for a page that shows one: something else stands before the first section. */
function beginsWithSection(text: string): boolean {
  const first = /^\uFEFF?(?:[ \t]*(?:[#;{<][^\n]*)?\r?\n)*[ \t]*(\S?)/.exec(text.slice(0, 20_000));
  return !hasShellLine(text) && first?.[1] === '[';
}

/** A file of supervisor: a program, or the section of the daemon or of its includes. */
export function looksLikeSupervisor(file: SourceFile): boolean {
  if (file.text.length > largest || !file.text.includes('[') || isBackup(file.path)) return false;
  if (/^\[(?:fcgi-)?program:[^\]\r\n]+\]/m.test(file.text)) return /^[ \t]*command[ \t]*[=:]/m.test(file.text);
  return /^\[(?:supervisord|supervisorctl)\]/m.test(file.text);
}

/** A Procfile: by its name, with a process type on every line that is no comment. */
export function looksLikeProcfile(file: SourceFile): boolean {
  if (!/^Procfile(?:\.[A-Za-z0-9_-]+)?$/.test(baseName(file.path)) || file.text.length > largest) return false;
  const lines = file.text.split(/\r?\n/).filter(line => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return lines.length > 0 && lines.some(line => /^[A-Za-z0-9_-]+[ \t]*:/.test(line));
}

/** A shell script: by its first line, or by its name. */
export function looksLikeShell(file: SourceFile): boolean {
  if (file.text.length > largest || file.text.includes('\0') || isBackup(file.path)) return false;
  if (isOfAutoconf(file)) return false;
  if (/\.(?:ba)?sh$/.test(plainName(file.path))) return true;
  return hasShellLine(file.text);
}

/** `configure` and its helpers: half a megabyte of shell that starts no server. */
function isOfAutoconf({ path, text }: SourceFile): boolean {
  if (/(?:^|\/)(?:config\.(?:guess|sub)|depcomp|install-sh|ltmain\.sh|libtool)$/.test(path)) return true;
  return /(?:^|\/)config(?:ure|\.status)$/.test(path) && /\b[Aa]utoconf\b|\bconfigure\b/.test(text.slice(0, 2_000));
}

function hasShellLine(text: string): boolean {
  return /^\uFEFF?#![^\n]{0,120}?(?:\/|[ \t]|-)(?:ba|da|a|z|k|mk)?sh(?:[ \t]|\r?\n|$)/.test(text.slice(0, 200));
}

/** What happens when the kernel, or a shell, is told to run this file: true for a shell script, with or without a first line that says so. */
export function isShellScript(file: SourceFile): boolean {
  if (file.text.includes('\0')) return false;
  if (/^\uFEFF?#!/.test(file.text)) return hasShellLine(file.text);
  return !/\.(?:py|pyc|rb|pl|js|mjs|php|lua|jar|exe|ini|ya?ml|json|toml|xml|conf|cfg|txt)$/i.test(baseName(file.path));
}
