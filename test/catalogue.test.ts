import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { configSchema } from '../src/config/schema.js';
import type { Rule } from '../src/lint/rule.js';
import { sectionsOf } from './pages.js';
import { filesBelow, isThere, projectRoot, textOf } from './sources.js';

const headings = ['What users see', 'Fails', 'Passes', 'When it stays silent', 'Fix', 'Seen with real servers'];

function namesIn(folder: string): readonly string[] {
  return isThere(folder) ? readdirSync(join(projectRoot, folder)) : [];
}

test('every file in rules/ is in the list, and the list is sorted by id', async () => {
  const files = filesBelow('rules').filter(path => path !== 'rules/index.ts' && path !== 'rules/_template.ts');
  const exported: Rule[] = [];
  for (const file of files) {
    const { rule } = (await import(pathToFileURL(join(projectRoot, file)).href)) as { rule: Rule };
    expect(`rules/${rule.id}.ts`).toBe(file);
    exported.push(rule);
  }
  expect(rules.map(({ id }) => id)).toEqual(exported.map(({ id }) => id).sort());
});

test('every page and every fixture folder belongs to a rule', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const pages = filesBelow('docs/rules')
    .filter(path => path !== 'docs/rules/README.md')
    .map(path => path.slice('docs/rules/'.length, -'.md'.length));
  const folders = namesIn('fixtures/rules').flatMap(group =>
    namesIn(`fixtures/rules/${group}`).map(name => `${group}/${name}`),
  );
  expect(pages.filter(id => !ids.has(id))).toEqual([]);
  expect(folders.filter(id => !ids.has(id))).toEqual([]);
});

/** The recorded stacks of each rule, by the `rule` of their scenario. */
function recordedStacks(): ReadonlyMap<string, readonly Recorded[]> {
  const found = new Map<string, Recorded[]>();
  for (const path of filesBelow('fixtures/stacks')) {
    const name = /^fixtures\/stacks\/([^/]+)\/scenario\.json$/.exec(path)?.[1];
    if (name === undefined) continue;
    const { rule } = JSON.parse(textOf(path)) as { readonly rule?: string };
    if (rule === undefined) continue;
    const texts = filesBelow(`fixtures/stacks/${name}/broken`)
      .map(path => textOf(path))
      .join('\n');
    found.set(rule, [...(found.get(rule) ?? []), { name, texts }]);
  }
  return found;
}

interface Recorded {
  readonly name: string;
  readonly texts: string;
}

const recorded = recordedStacks();
const versions = Object.entries(JSON.parse(textOf('fixtures/stacks/versions.json')) as Record<string, string>);

/** Of nginx and of the servers that the stacks name. */
function versionsOf(stacks: readonly Recorded[]): string {
  const used = versions.filter(
    ([name]) =>
      stacks.length > 0 &&
      (name === 'nginx' ||
        (/^(?:gunicorn|uwsgi|uvicorn)$/i.test(name) &&
          stacks.some(({ texts }) => new RegExp(`\\b${name}\\b`, 'i').test(texts)))),
  );
  return used.map(([name, version]) => `${name} ${version}`).join(', ');
}

/** The page that lists all pages; `UPDATE=1` writes it. */
function listOfPages(): string {
  const rows = rules.map(({ id, severity, symptom, fix, summary }) => {
    const stacks = recorded.get(id) ?? [];
    const proof = stacks.map(({ name }) => `[${name}](../../fixtures/stacks/${name})`).join(', ');
    return `| [${id}](${id}.md) | ${severity} | ${symptom} | ${fix} | ${summary} | ${proof} | ${versionsOf(stacks)} |`;
  });
  return [
    '# All rules',
    '',
    'What the severities and the kinds of fixes promise is told in the [README](../../README.md). `gwlint explain <rule>` prints a page.',
    'Proof: stacks that were run with real servers of the versions beside them, broken and repaired.',
    '',
    '| rule | severity | symptom | fix | what it finds | proof | versions |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

test('the list of pages shows every rule as it is', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(join(projectRoot, 'docs/rules/README.md'), listOfPages());
  expect(textOf('docs/rules/README.md')).toBe(listOfPages());
});

test('the schema of the configuration knows every rule', () => {
  const schema = `${JSON.stringify(configSchema(rules), null, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(join(projectRoot, 'docs/config.schema.json'), schema);
  expect(textOf('docs/config.schema.json')).toBe(schema);
});

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const path = `docs/rules/${id}.md`;

  test('names the bad thing in one line', () => {
    expect(id).toMatch(/^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(rule.summary).toMatch(/^\S.*[^.\s]$/);
    expect(rule.summary.length).toBeLessThanOrEqual(120);
  });

  test('has a page with the fixed headings that says what the rule says', () => {
    const page = textOf(path);
    const [title, , what, , facts] = page.split('\n');
    expect(title).toBe(`# ${id}`);
    expect(what).toMatch(/^\S.*[.]$/);
    expect(facts).toBe(`**${rule.severity}** | symptom: ${rule.symptom} | fix: ${rule.fix}`);
    expect([...sectionsOf(page).keys()].filter(Boolean)).toEqual(headings);
    for (const heading of headings) expect(sectionsOf(page).get(heading)?.trim(), heading).not.toBe('');
  });

  test('has fixtures that fail, that pass, and that cannot be known', () => {
    const cases = namesIn(`fixtures/rules/${id}`);
    expect(cases.filter(name => name.startsWith('bad-'))).not.toEqual([]);
    expect(cases.filter(name => name.startsWith('ok-') && !name.startsWith('ok-unknown'))).not.toEqual([]);
    expect(cases.filter(name => name.startsWith('ok-unknown'))).not.toEqual([]);
    expect(cases.filter(name => !/^(?:bad|ok)-[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  test('names as its proof only stacks that are there', () => {
    expect((rule.proof ?? []).filter(name => !isThere(`fixtures/stacks/${name}`))).toEqual([]);
  });
});
