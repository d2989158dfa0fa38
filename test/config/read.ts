import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { readConfig } from '../../src/config/read.js';
import { memoryHost } from '../../src/host/memory.js';
import { parseToml } from '../../src/syntax/toml/parse.js';
import { parsePlainYaml } from '../../src/syntax/yaml/parse.js';
import { lineStarts, positionAt } from '../../src/text/lines.js';

export const base = { folder: '/project', root: '/project' };

/** A configuration that stands in the folder that is linted. */
export function read(text: string, path = 'gwlint.yaml', where = base) {
  const file = { path, text };
  const tree = path.endsWith('.toml') ? parseToml(file) : parsePlainYaml(file);
  return readConfig({ file, tree, base: where, known: { rules, open: false } });
}

/** `line:column: message` of all problems. */
export function problemsOf(text: string, path?: string): readonly string[] {
  return read(text, path).problems.map(({ span, message }) => {
    const { line, column } = positionAt(lineStarts(text), span.start);
    return `${line}:${column}: ${message}`;
  });
}

/** `path rule severity` of all findings, with this configuration. */
export async function findings(
  files: Readonly<Record<string, string>>,
  config = '',
  where = base,
): Promise<readonly string[]> {
  const outcome = read(config, 'gwlint.yaml', where);
  if (outcome.problems.length > 0) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  const { diagnostics } = await analyze(memoryHost(files), { rules, config: outcome.config });
  return diagnostics.map(({ span, rule, severity }) => `${span.file.path} ${rule} ${severity}`);
}
