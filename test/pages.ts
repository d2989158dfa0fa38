/** A fenced block of a page that has a file name behind its language. */
export interface NamedBlock {
  readonly file: string;
  readonly text: string;
}

/** The second-level headings of a page with the text below each. */
export function sectionsOf(page: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let heading = '';
  let fenced = false;
  for (const line of page.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const found = fenced ? undefined : /^## (.*)$/.exec(line)?.[1];
    if (found !== undefined) heading = found;
    else sections.set(heading, `${sections.get(heading) ?? ''}${line}\n`);
    if (found !== undefined) sections.set(heading, '');
  }
  return sections;
}

export function namedBlocks(section: string): readonly NamedBlock[] {
  return [...section.matchAll(/^```\w* +(\S+)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => ({ file, text }));
}

/** The page without its fenced blocks. */
export function prose(page: string): string {
  return page.replace(/^```.*?^```$/gms, '');
}
