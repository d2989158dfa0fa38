import type { NginxPlaceholder, NginxTree } from './tree.js';

/**
 * A tag of a template language. `expression` gives text inside a word or a whole piece of configuration; `insert` gives a piece of
 * configuration (an included file); `open`, `else` and `end` are branches and loops; `silent` gives nothing (comments,
 * assignments, blocks that are always there).
 */
export interface TemplateTag {
  readonly start: number;
  readonly end: number;
  readonly role: 'expression' | 'insert' | 'open' | 'else' | 'end' | 'silent';
  readonly language: 'jinja' | 'go' | 'erb';
}

const closers: Readonly<Record<string, string>> = { '{{{': '}}}', '{{': '}}', '{%': '%}', '{#': '#}', '<%': '%>' };

/** All tags of Jinja, Go templates (Handlebars too) and ERB, in order. A tag without its end, or with a `;` in it, is none. */
export function findTags(text: string): readonly TemplateTag[] {
  if (!text.includes('{{') && !text.includes('{%') && !text.includes('<%')) return [];
  const tags: TemplateTag[] = [];
  const lastCommentEnd = text.lastIndexOf('#}');
  let open: { readonly mark: string; readonly start: number } | undefined;
  let nested = false;
  const marks = /\{\{\{?|\{%|\{#|<%|\}\}\}?|%\}|#\}|%>/g;
  for (let found = marks.exec(text); found; found = marks.exec(text)) {
    const mark = found[0];
    const start = found.index;
    const awaited = open && closers[open.mark];
    if (open && awaited !== undefined && mark.startsWith(awaited)) {
      const end = start + awaited.length;
      const tag = readTag(text, open.start, end, open.mark);
      if (tag) tags.push(tag);
      open = undefined;
      const raw: number | 'nested' | undefined = tag && !nested && isRaw(text, tag) ? endOfRaw(text, end) : undefined;
      nested ||= raw === 'nested';
      marks.lastIndex = typeof raw === 'number' ? raw : end;
    } else if (
      Object.hasOwn(closers, mark) &&
      !isQuoted(text, start, mark.length) &&
      open?.mark !== '{#' &&
      open?.mark !== '<%'
    ) {
      if (mark !== '{#' || start < lastCommentEnd) open = { mark, start };
    }
  }
  return tags;
}

function isQuoted(text: string, start: number, length: number): boolean {
  const before = text[start - 1];
  return (before === "'" || before === '"') && text[start + length] === before;
}

function readTag(text: string, start: number, end: number, mark: string): TemplateTag | undefined {
  const inner = text.slice(start + mark.length, end - mark.length);
  if (mark === '{#') return { start, end, role: 'silent', language: 'jinja' };
  if (mark === '<%') return { start, end, role: erbRole(inner), language: 'erb' };
  const content = inner
    .replace(/^[-+~]/, '')
    .replace(/[-+~]$/, '')
    .trim();
  if (mark === '{%') return { start, end, role: jinjaRole(content), language: 'jinja' };
  const role = goRole(content);
  if (role === 'expression' && content.replace(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g, '').includes(';')) return undefined;
  const go = role !== 'expression' || /^[.$]|^(?:include|tpl|printf|toYaml)\s/.test(content);
  return { start, end, role, language: go ? 'go' : 'jinja' };
}

function jinjaRole(content: string): TemplateTag['role'] {
  const word = /^\w+/.exec(content)?.[0] ?? '';
  if (word === 'else' || word === 'elif') return 'else';
  if (/^(?:endif|endfor|endmacro|endcall)$/.test(word)) return 'end';
  if (/^(?:if|for|macro|call)$/.test(word)) return 'open';
  return /^(?:include|import|from|extends|block)$/.test(word) ? 'insert' : 'silent';
}

function goRole(content: string): TemplateTag['role'] {
  if (/^(?:\/\*|!)/.test(content) || /^\$\w*(?:\s*,\s*\$\w*)?\s*:?=[^=]/.test(content)) return 'silent';
  if (/^(?:end\b|\/)/.test(content)) return 'end';
  if (/^else\b/.test(content)) return 'else';
  if (/^(?:if|range|with|define|block)\s|^[#^]/.test(content)) return 'open';
  return /^(?:template\s|>)/.test(content) ? 'insert' : 'expression';
}

function erbRole(inner: string): TemplateTag['role'] {
  if (inner.startsWith('=')) return 'expression';
  if (/^[#%|]/.test(inner)) return 'silent';
  const code = inner.replace(/^-/, '').replace(/-$/, '').trim();
  if (/^(?:end\b|\})/.test(code)) return /\bdo\b|\{$/.test(code) ? 'else' : 'end';
  if (/^(?:else|elsif|when|rescue|ensure)\b/.test(code)) return 'else';
  if (/^(?:if|unless|case|while|until|for|begin)\b/.test(code) || /\bdo\b|\{(?:\s*\|[^|]*\|)?$/.test(code))
    return 'open';
  return 'silent';
}

/**
 * True for a template that makes a template, as in a project that is made from a template itself: it writes the inner tags as
 * `{{ '{%' }} if x {{ '%}' }}`, or keeps them between `{% raw %}` and `{% endraw %}`. Nothing in it is sure.
 */
export function makesTemplate(text: string, tags: readonly TemplateTag[]): boolean {
  return tags.some((tag, index) => {
    const { role, start, end } = tag;
    if (role === 'silent' && isRaw(text, tag)) {
      const next = tags[index + 1];
      return next !== undefined && !/^\{%[-+]?\s*end(?:raw|verbatim)\b/.test(text.slice(next.start, next.start + 40));
    }
    return (
      role === 'expression' &&
      end - start < 16 &&
      /^\{\{[-+]?\s*["'][{}%#]{2}["']\s*[-+]?\}\}$/.test(text.slice(start, end))
    );
  });
}

function isRaw(text: string, tag: TemplateTag): boolean {
  return tag.end - tag.start < 40 && /^\{%[-+]?\s*(?:raw|verbatim)\s*[-+]?%\}$/.test(text.slice(tag.start, tag.end));
}

/** Where the text between raw and endraw ends. `nested`: it holds tags outside quotes, which are for another pass of templates. */
function endOfRaw(text: string, from: number): number | 'nested' {
  const end = /\{%[-+]?\s{0,20}\w|(?<!["'])\{\{[-+]?\s{0,20}[\w.$]/g;
  end.lastIndex = from;
  const found = end.exec(text);
  if (!found) return text.length;
  return /^\{%[-+]?\s*end(?:raw|verbatim)\b/.test(text.slice(found.index, found.index + 40)) ? found.index : 'nested';
}

/** The text with tags replaced, of the same length: text of an expression by letters, everything else by spaces. */
export function maskTags(text: string, tags: readonly TemplateTag[], marks: readonly NginxPlaceholder[]): string {
  const holes = [
    ...tags.map(tag => ({ ...tag, word: tag.role === 'expression' })),
    ...marks.map(mark => ({ ...mark, word: true })),
  ];
  holes.sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: string[] = [];
  let at = 0;
  for (const hole of holes) {
    if (hole.start < at) continue;
    const raw = text.slice(hole.start, hole.end);
    pieces.push(text.slice(at, hole.start), hole.word ? '_'.repeat(raw.length) : raw.replace(/[^\r\n]/g, ' '));
    at = hole.end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

const softMark =
  /\$\{([A-Za-z_]\w*)(?::?[-=?+][^{}\s;"']*)?\}|\$([A-Z][A-Z0-9_]+)(?!\w)|@([A-Z][A-Z0-9_]*)@|__([A-Z][A-Z0-9_]*)__|<([A-Za-z][\w.-]*)>|%%?([A-Z][A-Z0-9_]{2,})%%?|%\(([A-Za-z_]\w*)\)[sdri]/g;

/**
 * Placeholders that nginx's tokenizer takes for text: `${NAME}`, `$NAME`, `@NAME@`, `__NAME__`, `<name>`, `%NAME%`, and Python's `%(name)s`, in
 * order. The name of a group in a regular expression (`(?<name>`) is none, nor is an element of HTML, which ends somewhere (`</p>`) or never does.
 */
export function findMarks(text: string): readonly NginxPlaceholder[] {
  const marks: NginxPlaceholder[] = [];
  const elements = new Set(Array.from(text.matchAll(/<\/([A-Za-z][\w.-]*)>/g), found => found[1] ?? ''));
  for (const found of text.matchAll(softMark)) {
    const start = found.index;
    const variable = found[1] ?? found[2];
    const name = variable ?? found[3] ?? found[4] ?? found[5] ?? found[6] ?? found[7];
    if (name === undefined || (found[5] !== undefined && /[?P(/\\]/.test(text[start - 1] ?? ''))) continue;
    if (found[5] !== undefined && (elements.has(found[5]) || /^(?:p|br|hr|li|html|body)$/i.test(found[5]))) continue;
    marks.push({ start, end: start + found[0].length, kind: variable === undefined ? 'mark' : 'variable', name });
  }
  return marks;
}

/** Placeholders that hold a brace which nginx would read: `{name}`, `%{name}`, `#{name}`. */
export function findBraceMarks(text: string): readonly NginxPlaceholder[] {
  const marks: NginxPlaceholder[] = [];
  for (const found of text.matchAll(/[%#]\{[ ~]?[A-Za-z_@][^{}\n;]*\}|\{([A-Za-z_]\w*)\}/g)) {
    const start = found.index;
    const name = found[1];
    if (name !== undefined && (text[start - 1] === '$' || text[start - 1] === '{')) continue;
    marks.push({ start, end: start + found[0].length, kind: 'mark', ...(name !== undefined && { name }) });
  }
  return marks;
}

/** The template language of a file, by its tags and by the placeholders that stand in its words. */
export function templateKind(
  tags: readonly TemplateTag[],
  placeholders: readonly NginxPlaceholder[],
): NginxTree['template'] {
  if (tags.some(tag => tag.language === 'erb')) return 'erb';
  if (
    tags.some(tag => tag.language === 'go') &&
    !tags.some(tag => tag.role !== 'expression' && tag.language === 'jinja')
  )
    return 'go';
  if (tags.length > 0) return 'jinja';
  if (
    placeholders.some(({ kind, name }) => kind === 'variable' && name !== undefined && /^[A-Z][A-Z0-9_]*$/.test(name))
  ) {
    return 'envsubst';
  }
  return placeholders.some(({ kind }) => kind === 'mark') ? 'placeholder' : 'none';
}
