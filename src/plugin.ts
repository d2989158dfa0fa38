import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding, Rule } from './lint/rule.js';
import { groupsOf } from './lint/select.js';
import type { Span } from './text/source.js';

export type LoadedPlugin =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly why: string };

/**
 * Imports a module with rules, which runs its code: only for a configuration that the user trusts.
 *
 * @param name a path (`./rules/own.mjs`), relative to `folder`, or a package that is installed there.
 * @param taken rules whose ids and groups are taken.
 */
export async function loadPlugin(name: string, folder: string, taken: readonly Rule[]): Promise<LoadedPlugin> {
  const path = /^\.{0,2}\//.test(name) || name.startsWith('.') ? resolve(folder, name) : packageEntry(name, folder);
  if (path === undefined) return { ok: false, why: `there is no package ${name} in node_modules of ${folder}` };
  if (/\.[cm]?ts$/.test(path) && !(process.features as { readonly typescript?: unknown }).typescript)
    return {
      ok: false,
      why: `Node.js ${process.versions.node} cannot load TypeScript; take Node.js 22.18 or newer, or write it as .mjs`,
    };
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    return {
      ok: false,
      why: statSync(path, { throwIfNoEntry: false }) ? `it cannot be loaded: ${said(error)}` : 'no such file',
    };
  }
  return readRules(module, name, taken);
}

/** The main module of an installed package, as `import` finds it. */
function packageEntry(name: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'x.js')).resolve(name);
  } catch {
    // A package that can only be imported has no entry for `require`.
  }
  for (let at = folder; ; at = dirname(at)) {
    const entry = entryIn(join(at, 'node_modules', name));
    if (entry !== undefined) return entry;
    if (dirname(at) === at) return undefined;
  }
}

function entryIn(folder: string): string | undefined {
  try {
    const { exports, module, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const entry = chosenExport(exports?.['.'] ?? exports) ?? module ?? main ?? 'index.js';
    return typeof entry === 'string' ? join(folder, entry) : undefined;
  } catch {
    return undefined;
  }
}

function chosenExport(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  for (const [condition, target] of Object.entries(exports)) {
    if (!['node', 'import', 'module-sync', 'default'].includes(condition)) continue;
    const found = chosenExport(target);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readRules(module: Readonly<Record<string, unknown>>, plugin: string, taken: readonly Rule[]): LoadedPlugin {
  const exported = module['default'] ?? module['rules'] ?? module['rule'];
  const given = isObject(exported) && 'rules' in exported ? exported['rules'] : exported;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const groups = groupsOf(taken.filter(one => !(one as Guarded).plugin).map(({ id }) => id));
  const ids = new Set(taken.map(({ id }) => id));
  const rules: Rule[] = [];
  for (const one of list) {
    const wrong = objectionTo(one, groups, ids);
    if (wrong !== undefined) return { ok: false, why: wrong };
    const rule = one as Rule;
    ids.add(rule.id);
    rules.push(guarded(rule, plugin));
  }
  return { ok: true, rules };
}

/** What is wrong with an exported value that should be a rule. */
function objectionTo(rule: unknown, groups: readonly string[], ids: ReadonlySet<string>): string | undefined {
  if (!isObject(rule) || typeof rule['id'] !== 'string' || typeof rule['check'] !== 'function')
    return 'it has to export a rule, a list of rules or { rules } by default; a rule has an id and a function check';
  const { id, severity, summary, options } = rule;
  if (!/^[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/.test(id)) return `"${id}" has to be an id such as shop/no-http`;
  if (groups.includes(id.slice(0, id.indexOf('/')))) return `${id} is in a group of gwlint; choose one of your own`;
  if (ids.has(id)) return `${id} is there twice`;
  if (!['error', 'warning', 'info'].includes(severity as string))
    return `the severity of ${id} has to be error, warning or info`;
  if (typeof summary !== 'string' || summary === '') return `${id} needs a summary`;
  if (options !== undefined && !isObject(options)) return `the options of ${id} have to be an object`;
  return undefined;
}

interface Guarded extends Rule {
  /** Where it comes from. */
  readonly plugin?: string;
}

/** The rule with what it left out filled in, and with a check whose mistakes are told as its own. */
function guarded(rule: Rule, plugin: string): Guarded {
  const failed = (why: string): Error => {
    const error = new Error(`the rule ${rule.id} of ${plugin} failed: ${why}`);
    error.name = 'PluginError';
    return error;
  };
  return {
    ...rule,
    symptom: rule.symptom ?? 'wrong reply',
    fix: rule.fix ?? 'none',
    plugin,
    check(deployment, report, options) {
      try {
        rule.check(
          deployment,
          finding => {
            const wrong = objectionToFinding(finding);
            if (wrong !== undefined) throw new TypeError(wrong);
            report(finding);
          },
          options,
        );
      } catch (error) {
        throw failed(said(error));
      }
    },
  };
}

function objectionToFinding(finding: Finding): string | undefined {
  if (!isObject(finding) || typeof finding.message !== 'string') return 'a finding needs a message';
  const steps = [
    ...(finding.related ?? []).map(one => one.span),
    ...(finding.fixes ?? []).flatMap(one => one.edits).map(one => one.span),
  ];
  return [finding.span, ...steps].every(isSpan) ? undefined : 'a finding needs a span of a file, from start to end';
}

function isSpan(span: unknown): span is Span {
  if (!isObject(span) || !isObject(span['file'])) return false;
  const { start, end, file } = span as unknown as Span;
  return (
    typeof file.path === 'string' &&
    typeof file.text === 'string' &&
    start >= 0 &&
    start <= end &&
    end <= file.text.length
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function said(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
