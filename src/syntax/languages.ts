import type { SourceFile } from '../text/source.js';
import type { DockerfileTree } from './dockerfile/tree.js';
import type { PyModule } from './python/tree.js';
import type { XmlTree } from './xml/tree.js';
import type { YamlTree } from './yaml/tree.js';

/**
 * Parsers that rest on a package and are loaded only when a run meets a file of their kind. Each turns text into a tree of
 * our own with spans, and never throws on any input.
 */
export interface Languages {
  readonly yaml?: (file: SourceFile) => YamlTree;
  /** For what `readPlain` leaves. */
  readonly python?: (file: SourceFile) => PyModule;
  readonly dockerfile?: (file: SourceFile) => DockerfileTree;
  readonly xml?: (file: SourceFile) => XmlTree;
  readonly toml?: (file: SourceFile) => YamlTree;
}

export type LanguageName = keyof Languages;

/** Loads the parsers of these languages (asynchronous because modules and wasm are); the parsers themselves are synchronous. */
export async function loadLanguages(names: Iterable<LanguageName>): Promise<Languages> {
  const loaded: { -readonly [N in LanguageName]?: Languages[N] } = {};
  for (const name of new Set(names)) {
    if (name === 'yaml') loaded.yaml = (await import('./yaml/parse.js')).parseYaml;
    else if (name === 'python') loaded.python = await (await import('./python/parse.js')).loadPython();
    else if (name === 'dockerfile') loaded.dockerfile = (await import('./dockerfile/parse.js')).parseDockerfile;
    else if (name === 'toml') loaded.toml = (await import('./toml/parse.js')).parseToml;
    else loaded.xml = (await import('./xml/parse.js')).parseXml;
  }
  return loaded as Languages;
}
