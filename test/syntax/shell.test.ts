import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShell } from '../../src/syntax/shell/parse.js';
import type { ShellNode, ShellPart, ShellWord } from '../../src/syntax/shell/tree.js';

const file = (text: string) => ({ path: 'start.sh', text });

/** A tree as one line, so that a test can say what it expects in a glance. */
function show(text: string): string {
  return list(parseShell(file(text)).nodes);
}

function list(nodes: readonly ShellNode[]): string {
  return nodes.map(node).join('; ');
}

function node(of: ShellNode): string {
  switch (of.kind) {
    case 'simple': {
      const assigned = of.assignments.map(
        one =>
          `${one.name}${one.append ? '+=' : '='}${one.items ? `(${one.items.map(word).join(',')})` : word(one.value)}`,
      );
      const redirects = of.redirects.map(one => `${one.descriptor ?? ''}${one.operator}${word(one.target)}`);
      return `[${[...assigned, ...of.words.map(word), ...redirects].join(' ')}]`;
    }
    case 'pipeline':
      return `${of.negated ? 'not ' : ''}pipe(${of.stages.map(node).join(' | ')})`;
    case 'and-or':
      return `(${node(of.first)}${of.rest.map(({ operator, node: next }) => ` ${operator} ${node(next)}`).join('')})`;
    case 'background':
      return `${node(of.node)}&`;
    case 'group':
      return `{${list(of.body)}}`;
    case 'subshell':
      return `sub(${list(of.body)})`;
    case 'if':
      return `if ${of.branches.map(one => `${list(one.condition)} then ${list(one.body)}`).join(' elif ')}${of.otherwise ? ` else ${list(of.otherwise)}` : ''} fi`;
    case 'for':
      return `for ${of.name} in ${of.words ? of.words.map(word).join(',') : '$@'} do ${list(of.body)}`;
    case 'while':
      return `${of.until ? 'until' : 'while'} ${list(of.condition)} do ${list(of.body)}`;
    case 'case':
      return `case ${word(of.word)}${of.arms.map(arm => ` ${arm.patterns.map(word).join('|')}) ${list(arm.body)}`).join('')}`;
    case 'function':
      return `${of.name}()${list(of.body)}`;
    case 'opaque':
      return '?';
  }
}

function word(of: ShellWord): string {
  return of.parts.map(part).join('');
}

function part(of: ShellPart): string {
  switch (of.kind) {
    case 'text':
      return of.quoted ? `'${of.text}'` : of.text;
    case 'parameter':
      return `$${of.quoted ? '"' : ''}${of.name}${of.subscript === undefined ? '' : `[${of.subscript}]`}${of.operator}${of.operand ? `{${word(of.operand)}}` : ''}`;
    case 'substitution':
      return `$(${list(of.body)})`;
    case 'opaque':
      return '?';
    default:
      return `<${of.text}>`;
  }
}

describe('commands of a script', () => {
  it('reads words, quotes and escapes', () => {
    expect(show('exec gunicorn -b "0.0.0.0:8000" \'my app\' app:create\\(\\)')).toBe(
      "[exec gunicorn -b '0.0.0.0:8000' 'my app' app:create'('')']",
    );
    expect(show('a"b"\'c\'d "" x=1')).toBe("[a'b''c'd '' x=1]");
    expect(show('echo $\'a\\tb\' "a\\"b\\x"')).toBe("[echo 'a\tb' 'a\"b\\x']");
  });

  it('joins continued lines and skips comments', () => {
    expect(show('gunicorn \\\n  -w 3 \\\r\n  app # not:me\n# nothing\nx#y')).toBe('[gunicorn -w 3 app]; [x#y]');
  });

  it('reads every form of a parameter', () => {
    expect(show('echo $A "${B}" ${C:-x} ${D-$E} ${F##*/} "${0%/*}" ${G[@]} ${#H} $1 "$@" ${J:1:2} $')).toBe(
      '[echo $A $"B $C:-{x} $D-{$E} $F##{<*>/} $"0%{/<*>} $G[@] $Hlength $1 $"@ $Jother $]',
    );
  });

  it('reads substitutions, also one in another', () => {
    expect(show('cd "$(dirname "$0")" && X=`pwd` $(( 1 + (2) ))')).toBe('([cd $([dirname $"0])] && [X=$([pwd]) ?])');
  });

  it('reads assignments, arrays and redirections', () => {
    expect(show('A=1 B+=2 cmd C=3 >out 2>&1 <in')).toBe('[A=1 B+=2 cmd C=3 >out 2>&1 <in]');
    expect(show('ARGS=(-b ":80"\n  -w 2) # x\nX[1]=y')).toBe("[ARGS=(-b,':80',-w,2)]; [X=y]");
  });

  it('reads lists, pipelines and the background', () => {
    expect(show('a && b || c; ! d | e & f')).toBe('([a] && [b] || [c]); not pipe([d] | [e])&; [f]');
    expect(show('a &&\n\n b')).toBe('([a] && [b])');
  });

  it('reads compound commands', () => {
    expect(show('if a; then b; elif c\nthen d; else e; fi')).toBe('if [a] then [b] elif [c] then [d] else [e] fi');
    expect(show('for i in a "$@"; do x $i; done\nfor j do y; done')).toBe(
      'for i in a,$"@ do [x $i]; for j in $@ do [y]',
    );
    expect(show('while ! nc -z db 1; do sleep 1; done; until x\ndo y\ndone')).toBe(
      'while not pipe([nc -z db 1]) do [sleep 1]; until [x] do [y]',
    );
    expect(show('case "$1" in (web|api) a ;; *) b\nesac')).toBe('case $"1 web|api) [a] <*>) [b]');
    expect(show('( a; b ) ; { c; } > x')).toBe('sub([a]; [b]); {[c]}');
    expect(show('f() { a; }\nfunction g { b; }\nfunction h() ( c )')).toBe('f(){[a]}; g(){[b]}; h()sub([c])');
    expect(show('[[ $A == b* && ( -f x || $B < 3 ) ]] && y')).toBe('([[[ $A == b<*> && ( -f x || $B < 3 ) ]]] && [y])');
  });

  it('takes a reserved word for one only where a command begins', () => {
    expect(show('echo if then; done.sh; "if"')).toBe("[echo if then]; [done.sh]; ['if']");
  });

  it('keeps the bodies of here-documents apart', () => {
    const text = "cat > a.conf <<EOF | tee b\nserver { $X }\nEOF\ncat <<-'END'\n\tx\n\tEND\ngunicorn app";
    const tree = parseShell(file(text));
    expect(list(tree.nodes)).toBe("pipe([cat >a.conf <<EOF] | [tee b]); [cat <<-'END']; [gunicorn app]");
    const first = tree.nodes[0];
    const cat = first?.kind === 'pipeline' ? first.stages[0] : undefined;
    const body = cat?.kind === 'simple' ? cat.redirects[1]?.body : undefined;
    expect(text.slice(body?.start, body?.end)).toBe('server { $X }\n');
    expect(body?.literal).toBe(false);
  });

  it('gives each word the place where it stands', () => {
    const text = 'A=1 exec "$(x)" \\\n  app:app';
    const [only] = parseShell(file(text)).nodes;
    const places = only?.kind === 'simple' ? only.words.map(one => text.slice(one.start, one.end)) : [];
    expect(places).toEqual(['exec', '"$(x)"', 'app:app']);
  });

  it('says what is wrong and goes on', () => {
    const problems = (text: string) => parseShell(file(text)).problems.map(one => one.message);
    expect(problems('echo "a')).toEqual(['this quote is never closed']);
    expect(problems('if a; then b')).toEqual(['"fi" is missing for what begins here']);
    expect(problems('a; done; b')).toEqual(['"done" closes nothing']);
    expect(problems('a ) b')).toEqual(['this bracket closes nothing']);
    expect(show('a ) b')).toBe('[a]; [b]');
  });
});

const pieces = fc.constantFrom(
  ...'if then elif else fi for in do done while until case esac { } ( ) (( )) [[ ]] $( ${ ` " \' $ \\ ; ;; & && | || < > << <<- # A= A=( $A ${A:- ${A## * ? ~ x ! = f() $(( )'.split(
    ' ',
  ),
  '\n',
  ' ',
  '\r\n',
  'EOF',
);

describe('any text', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 60 }).map(all => all.join('')),
  );

  it('never throws, and every place lies in the file', () => {
    fc.assert(
      fc.property(anything, text => {
        const visit = (value: unknown): void => {
          if (Array.isArray(value)) value.forEach(visit);
          else if (typeof value === 'object' && value !== null) {
            const range = value as { start?: number; end?: number };
            if (range.start !== undefined && range.end !== undefined) {
              expect(range.start).toBeGreaterThanOrEqual(0);
              expect(range.end).toBeGreaterThanOrEqual(range.start);
              expect(range.end).toBeLessThanOrEqual(text.length);
            }
            Object.values(value).forEach(visit);
          }
        };
        visit(parseShell(file(text)).nodes);
      }),
      { numRuns: 400 },
    );
  });

  it('words of plain commands come out as they went in', () => {
    const plain = fc.stringMatching(/^[A-Za-z0-9_./:@%+,-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(fc.array(plain, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }), lines => {
        fc.pre(
          lines.every(
            line =>
              !/^(?:if|then|elif|else|fi|for|in|do|done|while|until|case|esac|function|select)$/.test(line[0] ?? ''),
          ),
        );
        const found = parseShell(file(lines.map(line => line.join(' ')).join('\n'))).nodes;
        expect(found.map(one => (one.kind === 'simple' ? one.words.map(word) : one.kind))).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });

  for (const piece of [
    '(',
    '$(',
    '${A:-',
    '"$(',
    '{ ',
    'if a; then ',
    'case x in a) ',
    'f() ',
    '$((',
    '[[ ',
    'A=(',
    '<<E\n',
    '`',
    "'",
    'a | ',
    '! ',
    ')',
    'done ',
  ]) {
    it(`takes time in proportion to its length: ${JSON.stringify(piece)} over and over`, () => {
      const time = (size: number): number => {
        const text = file(piece.repeat(size / piece.length));
        const start = performance.now();
        parseShell(text);
        return performance.now() - start;
      };
      time(20_000);
      // Twenty times the text in a quadratic parser takes four hundred times as long.
      expect(time(400_000)).toBeLessThan(Math.max(20, time(20_000)) * 120);
    });
  }
});
