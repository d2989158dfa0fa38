import type { Diagnostic, Fix } from '../../src/lint/rule.js';
import type { Deployment } from '../../src/model/deployment.js';
import type { SourceFile, Span } from '../../src/text/source.js';

/** The first place of `words` in the file. */
export function at(file: SourceFile, words: string): Span {
  const start = file.text.indexOf(words);
  if (start < 0) throw new Error(`${file.path} does not hold ${words}`);
  return { file, start, end: start + words.length };
}

export function diagnostic(span: Span, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    rule: 'upstream/address-mismatch',
    severity: 'error',
    confidence: 'proved',
    symptom: '502',
    message: 'nobody listens there',
    span,
    related: [],
    fixes: [],
    ...more,
  };
}

export function replaceFix(span: Span, text: string, more: Partial<Fix> = {}): Fix {
  return { title: `Write ${text}`, safety: 'safe', edits: [{ span, text }], ...more };
}

export function deploymentOf(...files: readonly SourceFile[]): Deployment {
  return {
    stacks: [],
    faults: [],
    unresolved: [],
    rewrites: new Map(),
    files: files.map(file => ({ file, kind: 'nginx', problems: [] })),
  };
}
