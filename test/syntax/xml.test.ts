import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../src/syntax/xml/parse.js';
import type { XmlElement } from '../../src/syntax/xml/tree.js';

const read = (text: string) => parseXml({ path: 'a.xml', text });

const sample = `<?xml version="1.0"?>
<!-- uWSGI -->
<uwsgi id="main">
  <socket> /run/app.sock </socket>
  <master/>
  <app mountpoint='/a&amp;b'>
    <script>shop_wsgi</script>
  </app>
  <env>A&lt;B</env>
</uwsgi>
`;

describe('xml', () => {
  it('reads elements, attributes and text with their places', () => {
    const { root, problems } = read(sample);
    const slice = (at: { start: number; end: number } | undefined) => at && sample.slice(at.start, at.end);
    expect(problems).toEqual([]);
    expect(root?.name).toBe('uwsgi');
    expect(root?.attributes.get('id')?.value).toBe('main');
    expect(slice(root?.attributes.get('id')?.span)).toBe('main');
    expect(root?.children.map(child => [child.name, child.text])).toEqual([
      ['socket', '/run/app.sock'],
      ['master', ''],
      ['app', ''],
      ['env', 'A<B'],
    ]);
    const [socket, master, app, env] = root?.children ?? [];
    expect(slice(socket?.textSpan)).toBe('/run/app.sock');
    expect(slice(socket?.nameSpan)).toBe('socket');
    expect(slice(socket?.span)).toBe('<socket> /run/app.sock </socket>');
    expect(slice(master?.span)).toBe('<master/>');
    expect(slice(app?.attributes.get('mountpoint')?.span)).toBe('/a&amp;b');
    expect(app?.attributes.get('mountpoint')?.value).toBe('/a&b');
    expect(slice(app?.children[0]?.textSpan)).toBe('shop_wsgi');
    expect(slice(env?.textSpan)).toBe('A&lt;B');
    expect(slice(root?.span)).toBe(sample.slice(sample.indexOf('<uwsgi'), -1));
  });

  it('reports text that is not well-formed where it is noticed, and keeps closed elements', () => {
    const text = '<uwsgi>\n<socket>/a</socket>\n<master>\n</uwsgi>\n';
    const { problems } = read(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.span.start).toBeGreaterThanOrEqual(text.indexOf('</uwsgi'));
  });

  it('does not expand entities of a document type', () => {
    const text = '<!DOCTYPE a [<!ENTITY x "yyyy">]><a>&x;</a>';
    expect(read(text).root?.text).not.toContain('yyyy');
  });

  it('survives deep nesting', () => {
    const { root, problems } = read('<a>'.repeat(100_000) + '</a>'.repeat(100_000));
    let depth = 0;
    for (let at: XmlElement | undefined = root; at; at = at.children[0]) depth++;
    expect(depth).toBe(100);
    expect(problems.map(problem => problem.message)).toEqual(['elements nest more than 100 levels deep']);
  });

  it('never throws, and every span lies in the file', () => {
    const soup = fc
      .array(
        fc.constantFrom(
          '<a',
          '>',
          '</a>',
          '<b/>',
          ' x="1"',
          " y='",
          '&amp;',
          '&',
          'text',
          '<!--',
          '-->',
          '<![CDATA[',
          ']]>',
          '\r\n',
          '\u{1F600}',
          '<uwsgi>',
          '</uwsgi>',
          '<?',
          '?>',
          '<!DOCTYPE a [',
          ']>',
        ),
        { maxLength: 30 },
      )
      .map(parts => parts.join(''));
    const inside = (element: XmlElement, length: number): boolean =>
      [element.span, element.nameSpan, element.textSpan, ...[...element.attributes.values()].map(a => a.span)].every(
        at => at.start >= 0 && at.start <= at.end && at.end <= length,
      ) && element.children.every(child => inside(child, length));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), text => {
        const { root, problems } = read(text);
        if (root) expect(inside(root, text.length)).toBe(true);
        for (const { span } of problems) expect(span.start <= span.end && span.end <= text.length).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
