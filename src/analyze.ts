import { extractParts } from './extract/parts.js';
import { createReader } from './extract/reader.js';
import type { Host } from './host/host.js';
import { link } from './link/link.js';
import type { Diagnostic, Rule } from './lint/rule.js';
import { runRules } from './lint/run.js';
import type { Deployment } from './model/deployment.js';
import type { TargetVersions } from './model/version.js';
import { type LanguageName, type Languages, loadLanguages } from './syntax/languages.js';

export interface ReadOptions {
  /** Versions of nginx, Gunicorn and uWSGI that will run; without one, what the files tell counts. */
  readonly targets?: TargetVersions;
}

export interface AnalyzeOptions extends ReadOptions {
  readonly rules: readonly Rule[];
}

export interface Analysis {
  readonly deployment: Deployment;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The whole pipeline: text -> tree -> parts -> Deployment -> Diagnostic[]. Everything but loading parsers is synchronous; a pass that
 * met a language whose parser is not loaded is repeated with it, so what is not met is never loaded.
 */
export async function analyze(host: Host, options: AnalyzeOptions): Promise<Analysis> {
  const deployment = await read(host, options);
  return { deployment, diagnostics: runRules(options.rules, deployment) };
}

/** Reads the deployment without judging it. */
export async function read(host: Host, { targets }: ReadOptions = {}): Promise<Deployment> {
  let languages = await loadLanguages(likelyLanguages(host.files()));
  for (;;) {
    const reader = createReader(host, languages, targets);
    const parts = extractParts(reader);
    const missing = [...reader.wanted].filter(name => !languages[name]);
    if (missing.length === 0) return link(parts);
    languages = { ...languages, ...(await loadLanguages(missing)) } satisfies Languages;
  }
}

/** Languages that a run over these files will want in any case; the first pass would be wasted without them. */
function likelyLanguages(paths: readonly string[]): ReadonlySet<LanguageName> {
  const found = new Set<LanguageName>();
  for (const path of paths) {
    if (/(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i.test(path)) found.add('yaml');
    else if (/(?:^|\/)dockerfile[^/]*$/i.test(path)) found.add('dockerfile');
    else if (/(?:^|\/)(?:gunicorn[^/]*|wsgi|asgi|manage)\.py$/i.test(path)) found.add('python');
  }
  return found;
}
