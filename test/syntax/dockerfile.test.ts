import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../src/syntax/dockerfile/parse.js';
import type { DockerInstruction } from '../../src/syntax/dockerfile/tree.js';
import { type Span, spanText } from '../../src/text/source.js';

const parse = (text: string) => parseDockerfile({ path: 'Dockerfile', text });
const only = (text: string): DockerInstruction => {
  const found = parse(`FROM a\n${text}`).stages[0]?.instructions ?? [];
  expect(found).toHaveLength(1);
  return found[0] as DockerInstruction;
};
const texts = (instruction: DockerInstruction) => instruction.words.map(word => word.text);
const shown = (instruction: DockerInstruction) => instruction.words.map(word => spanText(word.span));

describe('parseDockerfile', () => {
  it('reads stages with lower-case words, aliases and platform flags', () => {
    const tree = parse('ARG V=3.12\nfrom --platform=linux/amd64 python:${V} as Build\nrun x\nFROM nginx\n');
    expect(tree.globals.map(one => one.assignments[0]?.name)).toEqual(['V']);
    expect(tree.stages.map(stage => [stage.base.text, stage.alias])).toEqual([
      ['python:${V}', 'build'],
      ['nginx', undefined],
    ]);
    expect(tree.stages[0]?.from.flags.get('platform')?.text).toBe('linux/amd64');
    expect(tree.problems).toEqual([]);
  });

  it('joins continued lines over comments and empty lines, with exact places', () => {
    const cmd = only('CMD ["gunicorn", \\\n  # the port\n\n   "-b", \\ \n  "0.0.0.0:8000"]\n');
    expect(cmd.json).toBe(true);
    expect(texts(cmd)).toEqual(['gunicorn', '-b', '0.0.0.0:8000']);
    expect(shown(cmd)).toEqual(['"gunicorn"', '"-b"', '"0.0.0.0:8000"']);
  });

  it('does not continue a line that ends in an escaped backslash, and ends at the end of the file', () => {
    const tree = parse('FROM a\nRUN echo x\\\\\nRUN y \\');
    expect(tree.stages[0]?.instructions.map(one => one.words[0]?.text)).toEqual(['echo x\\\\', 'y']);
  });

  it('honours the escape directive', () => {
    const tree = parse('# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nCOPY x `\n  c:\\y\n');
    expect(tree.escape).toBe('`');
    expect(tree.stages[0]?.instructions[0]?.words.map(word => word.text)).toEqual(['x', 'c:\\y']);
    expect(parse('# a comment\n# escape=`\nFROM a\n').escape).toBe('\\');
  });

  it('keeps the shell form of a command as one word', () => {
    const cmd = only('CMD gunicorn -b "0.0.0.0:$PORT" \\\n    shop.wsgi\n');
    expect(cmd.json).toBe(false);
    expect(texts(cmd)).toEqual(['gunicorn -b "0.0.0.0:$PORT"     shop.wsgi']);
    expect(spanText(cmd.rest)).toBe('gunicorn -b "0.0.0.0:$PORT" \\\n    shop.wsgi');
  });

  it('reports an array that is not JSON, but not a shell test', () => {
    const tree = parse("FROM a\nCMD ['gunicorn', 'app:app']\nENTRYPOINT [ -f x ] && y\n");
    expect(tree.problems.map(problem => spanText(problem.span))).toEqual(["['gunicorn', 'app:app']"]);
    expect(parse('FROM a\nCMD ["a" "b"]\n').problems).toHaveLength(1);
    expect(parse('FROM a\nCMD ["a", "b",]\n').problems).toHaveLength(1);
  });

  it('reads ENV in both forms', () => {
    const env = only('ENV A=1 B="two words" C=x\\ y D=\'$A\' \\\n  E=');
    expect(env.assignments.map(one => [one.name, one.value?.text, one.value?.literal])).toEqual([
      ['A', '1', false],
      ['B', 'two words', false],
      ['C', 'x y', false],
      ['D', '$A', true],
      ['E', '', false],
    ]);
    expect(env.assignments.map(one => one.value && spanText(one.value.span))).toEqual([
      '1',
      '"two words"',
      'x\\ y',
      "'$A'",
      '',
    ]);
    const old = only('ENV NAME a  value with spaces');
    expect(old.assignments.map(one => [one.name, one.value?.text])).toEqual([['NAME', 'a  value with spaces']]);
    expect(only('ARG PORT').assignments).toMatchObject([{ name: 'PORT' }]);
    expect(only('ARG A=1 B').assignments.map(one => [one.name, one.value?.text])).toEqual([
      ['A', '1'],
      ['B', undefined],
    ]);
  });

  it('reads flags of COPY and both its forms', () => {
    const copy = only('COPY --from=build --chown=app:app /src/a /src/b /app/');
    expect(copy.flags.get('from')?.text).toBe('build');
    expect(texts(copy)).toEqual(['/src/a', '/src/b', '/app/']);
    expect(spanText(copy.rest)).toBe('/src/a /src/b /app/');
    expect(texts(only('COPY ["a b", "/app/"]'))).toEqual(['a b', '/app/']);
  });

  it('reads here-documents and goes on behind them', () => {
    const tree = parse(
      'FROM a\nCOPY <<EOF <<-"B" /etc/\nlisten 80;\nEOF\n\tx $Y\n\tB\nRUN <<E\nFROM b\nE\nRUN cat <<<x && echo "<<no"\nCMD z\n',
    );
    const [copy, run, plain, cmd] = tree.stages[0]?.instructions ?? [];
    expect(copy?.heredocs.map(one => [one.name, one.literal, one.stripped, spanText(one.body)])).toEqual([
      ['EOF', false, false, 'listen 80;\n'],
      ['B', true, true, '\tx $Y\n'],
    ]);
    expect(run?.heredocs.map(one => spanText(one.body))).toEqual(['FROM b\n']);
    expect(plain?.heredocs).toEqual([]);
    expect(cmd?.name).toBe('CMD');
    expect(tree.stages).toHaveLength(1);
  });

  it('splits HEALTHCHECK into its kind and its command', () => {
    const check = only('HEALTHCHECK --interval=5s CMD curl -f http://localhost:8000/ || exit 1');
    expect(texts(check)).toEqual(['CMD', 'curl -f http://localhost:8000/ || exit 1']);
    expect(texts(only('HEALTHCHECK CMD ["a", "b"]'))).toEqual(['CMD', 'a', 'b']);
    expect(texts(only('HEALTHCHECK NONE'))).toEqual(['NONE']);
  });

  it('reports what Docker refuses and reads on', () => {
    const tree = parse('RUN x\nFROM a\nINSTALL y\nCMD\nEXPOSE 80\n');
    expect(tree.problems.map(problem => [spanText(problem.span), problem.message])).toEqual([
      ['RUN', 'RUN stands before the first FROM'],
      ['INSTALL', 'Docker has no instruction INSTALL'],
      ['CMD', 'CMD has no arguments'],
    ]);
    expect(tree.stages[0]?.instructions.map(one => one.name)).toEqual(['INSTALL', 'CMD', 'EXPOSE']);
  });

  it('finds nothing wrong in templates', () => {
    expect(parse('{% if x %}\nFROM a\n{% endif %}\nRUN {{ y }}\n').problems).toEqual([]);
  });

  it('reads CRLF files and a byte-order mark', () => {
    const tree = parse('\uFEFFFROM a\r\nCMD ["x", \\\r\n "y"]\r\n# end\r\n');
    expect(tree.stages[0]?.base.text).toBe('a');
    expect(tree.stages[0]?.instructions[0]?.words.map(word => word.text)).toEqual(['x', 'y']);
    expect(tree.problems).toEqual([]);
  });

  it('never throws, and keeps every place inside the file', () => {
    const piece = fc.constantFrom(
      ...[
        'FROM',
        'RUN',
        'COPY',
        'CMD',
        'ENV',
        'ARG',
        'HEALTHCHECK',
        ' ',
        '\n',
        '\r\n',
        '\\',
        '\\\n',
        '"',
        "'",
        '[',
        ']',
      ],
      ...['<<', '<<EOF', 'EOF', '<<-', '#', '--from=', '--', '=', '$A', '${', '}', 'x', '\t', '\uFEFF', '\0', '\u2028'],
      ...['😀', '`', ','],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
        const text = pieces.join('');
        const tree = parse(text);
        const spans: Span[] = tree.problems.map(problem => problem.span);
        for (const one of [...tree.globals, ...tree.stages.flatMap(stage => [stage.from, ...stage.instructions])]) {
          spans.push(one.span, one.nameSpan, one.rest, ...one.words.map(word => word.span));
          spans.push(...one.heredocs.map(doc => doc.body), ...one.assignments.map(set => set.span));
          for (const word of one.words) expect(word.span.start).toBeGreaterThanOrEqual(one.span.start);
        }
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('takes time in proportion to the text', () => {
    const bodies = ['RUN a\n', 'RUN <<E\n', 'ENV a a\n', '\\\n', '# x\n'];
    const lines = ['ARG ', 'RUN ', 'CMD [', 'COPY ', 'ENV '].map(start => start + 'a "<<E '.repeat(60_000));
    const start = performance.now();
    for (const body of bodies) parse(`FROM a\n${body.repeat(60_000)}`);
    for (const line of lines) parse(`FROM a\n${line}`);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
