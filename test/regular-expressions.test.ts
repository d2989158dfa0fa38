import { parseAst } from 'rolldown/parseAst';
import { analyse } from 'scslre';
import { describe, expect, test } from 'vitest';
import { filesBelow, textOf } from './sources.js';

/** A regular expression as it is written, and where. */
interface Written {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Expressions that are put together at run time; each is looked at by hand: only escaped text and names are put in. */
const assembled = [
  'rules/protocol/mismatch.ts',
  'rules/upstream/loopback-across-places.ts',
  'src/edits/python.ts',
  'src/edits/python.ts',
  'src/extract/servers/gunicorn/packages.ts',
  'src/extract/servers/near-files.ts',
  'src/extract/stacks/unfilled.ts',
  'src/model/gateway.ts',
];

const files = [...filesBelow('rules'), ...filesBelow('src')].filter(file => file.endsWith('.ts'));

describe('regular expressions', () => {
  test('none takes more than linear time, whatever the text', () => {
    const slow = files
      .flatMap(literalsIn)
      .flatMap(({ file, pattern, flags }) =>
        analyse({ source: pattern, flags }, { maxReports: 1 }).reports.map(
          report =>
            `${file}: /${pattern}/${flags} ${report.exponential ? 'exponential' : 'polynomial'} (${report.type})`,
        ),
      );
    expect(slow).toEqual([]);
  });

  test('the check sees what backtracks', () => {
    for (const pattern of ['^(?:a+)+$', 'x*y*x*$', '\\s+$', '^(?:\\s|#[^\\n]*)*$']) {
      expect(analyse({ source: pattern, flags: '' }, { maxReports: 1 }).reports, pattern).toHaveLength(1);
    }
  });

  test('those that are put together at run time are known', () => {
    expect(files.flatMap(file => dynamicIn(file).map(() => file))).toEqual(assembled);
  });
});

function literalsIn(file: string): readonly Written[] {
  return nodesOf(file).flatMap(node =>
    node['type'] === 'Literal' && isExpression(node['regex']) ? [{ file, ...node['regex'] }] : [],
  );
}

/** `new RegExp(...)` of anything but another expression. */
function dynamicIn(file: string): readonly Node[] {
  return nodesOf(file).filter(({ type, callee, arguments: given }) => {
    const named = isNode(callee) && callee['type'] === 'Identifier' && callee['name'] === 'RegExp';
    const [first] = Array.isArray(given) ? given : [];
    return (
      (type === 'NewExpression' || type === 'CallExpression') &&
      named &&
      isNode(first) &&
      first['type'] !== 'Identifier'
    );
  });
}

type Node = Readonly<Record<string, unknown>>;

function nodesOf(file: string): readonly Node[] {
  const found: Node[] = [];
  const pending: unknown[] = [parseAst(textOf(file), { lang: 'ts' }, file)];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (Array.isArray(at)) pending.push(...at.filter(isNode).reverse());
    else if (isNode(at)) {
      if (typeof at['type'] === 'string') found.push(at);
      pending.push(...Object.values(at).filter(isNode).reverse());
    }
  }
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function isExpression(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return isNode(value) && typeof value['pattern'] === 'string' && typeof value['flags'] === 'string';
}
