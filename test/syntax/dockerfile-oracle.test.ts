import { DockerfileParser, type JSONInstruction } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../src/syntax/dockerfile/parse.js';
import { spanText } from '../../src/text/source.js';

const name = fc.constantFrom('a', 'web', 'x1', '/app', './src', '0.0.0.0:8000', 'é', '😀', '--bind', 'k=v');
const gap = fc.constantFrom(' ', '  ', ' \\\n ', ' \\\n# a comment\n  ', ' \\ \n');
const keyword = (word: string) => fc.constantFrom(word, word.toLowerCase());

const words = fc
  .array(fc.tuple(gap, name), { minLength: 1, maxLength: 4 })
  .map(pairs => pairs.map(([before, word]) => before + word).join(''));
const json = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.constantFrom(', ', ',', ', \\\n  '))
  .map(([items, comma]) => ` [${items.map(item => JSON.stringify(item)).join(comma)}]`);
const instruction = fc.oneof(
  fc.tuple(keyword('RUN'), words),
  fc.tuple(keyword('CMD'), json),
  fc.tuple(keyword('ENTRYPOINT'), json),
  fc.tuple(keyword('EXPOSE'), words),
  fc.tuple(
    keyword('COPY'),
    words.map(text => `${text} /app/`),
  ),
);
const dockerfile = fc
  .array(fc.tuple(instruction, fc.constantFrom('\n', '\n\n', '\n# text\n', '\r\n')), { maxLength: 8 })
  .map(lines => `FROM python\n${lines.map(([[word, rest], end]) => word + rest + end).join('')}`);

describe('parseDockerfile against dockerfile-ast', () => {
  it('sees the same instructions, lists and places on valid files', () => {
    fc.assert(
      fc.property(dockerfile, text => {
        const other = DockerfileParser.parse(text).getInstructions();
        const [stage] = parseDockerfile({ path: 'Dockerfile', text }).stages;
        const own = stage ? [stage.from, ...stage.instructions] : [];
        expect(own.map(one => one.name)).toEqual(other.map(one => one.getKeyword()));
        own.forEach((one, index) => {
          const its = other[index];
          if (!its) return;
          expect(spanText(one.nameSpan)).toBe(its.getInstruction());
          if (one.json) {
            const strings = (its as JSONInstruction).getJSONStrings().map(argument => argument.getJSONValue());
            expect(one.words.map(word => word.text)).toEqual(strings);
          } else if (one.name === 'EXPOSE') {
            expect(one.words.map(word => spanText(word.span))).toEqual(
              its.getArguments().map(argument => argument.getValue()),
            );
          }
        });
      }),
      { numRuns: 400 },
    );
  });
});
