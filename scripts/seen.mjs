// Renders "## Seen with real servers" of the rule pages from the recordings in fixtures/stacks.
//
//   node scripts/seen.mjs           writes the pages
//   node scripts/seen.mjs --check   writes nothing; exit status 1 and the names of the pages that would change
//   --root DIR                      another repository than this one
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HEADING = '## Seen with real servers';
const BEGIN = '<!-- recorded: written by scripts/seen.mjs -->';
const END = '<!-- end of recorded -->';
const LONGEST_LINE = 220;

const args = process.argv.slice(2);
const root = args.includes('--root') ? args[args.indexOf('--root') + 1] : fileURLToPath(new URL('..', import.meta.url));
const check = args.includes('--check');

const stacks = join(root, 'fixtures/stacks');
const versions = JSON.parse(readFileSync(join(stacks, 'versions.json'), 'utf8'));
const byRule = grouped(scenarios());
const stale = [];
for (const page of pages(join(root, 'docs/rules'))) {
  const rule = relative(join(root, 'docs/rules'), page).replaceAll('\\', '/').replace(/\.md$/, '');
  const text = readFileSync(page, 'utf8');
  const wanted = withSection(text, section(byRule.get(rule) ?? []));
  if (wanted === text) continue;
  stale.push(relative(root, page));
  if (!check) writeFileSync(page, wanted);
}
if (stale.length > 0)
  console.log(`${check ? 'out of date, run node scripts/seen.mjs' : 'written'}: ${stale.join(', ')}`);
process.exitCode = check && stale.length > 0 ? 1 : 0;

function scenarios() {
  return readdirSync(stacks)
    .sort()
    .filter(name => existsSync(join(stacks, name, 'scenario.json')))
    .map(name => ({ name, ...JSON.parse(readFileSync(join(stacks, name, 'scenario.json'), 'utf8')) }))
    .filter(scenario => scenario.rule);
}

function grouped(all) {
  const groups = new Map();
  for (const each of all) groups.set(each.rule, [...(groups.get(each.rule) ?? []), each]);
  return groups;
}

/** Pages of rules: `<group>/<name>.md`. None where the folder is not there. */
function pages(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(name => join(folder, String(name)))
    .filter(path => path.endsWith('.md') && statSync(path).isFile() && relative(folder, path).includes('/'))
    .sort();
}

/** The section replaces what stands between the marks; a page without marks gets them under its heading, or at its end. */
function withSection(text, body) {
  const block = `${BEGIN}\n\n${body}\n\n${END}\n`;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin >= 0 && end > begin) return text.slice(0, begin) + block + text.slice(end + END.length).replace(/^\n/, '');
  const heading = text.split('\n').indexOf(HEADING);
  if (heading < 0) return `${text.trimEnd()}\n\n${HEADING}\n\n${block}`;
  const lines = text.split('\n');
  const rest = lines
    .slice(heading + 1)
    .join('\n')
    .trim();
  return `${lines.slice(0, heading + 1).join('\n')}\n\n${block}${rest ? `\n${rest}\n` : ''}`;
}

function section(recorded) {
  if (recorded.length === 0) return 'No recorded stack names this rule yet.';
  const used = Object.entries(versions).filter(([name]) => recorded.some(scenario => uses(scenario, name)));
  const software = used.map(([name, version]) => `${name} ${version}`).join(', ');
  return [`Recorded with ${software}; each folder is below \`fixtures/stacks/\`.`, ...recorded.map(entry)].join('\n\n');
}

function uses(scenario, software) {
  if (software === 'nginx') return !scenario.nginx?.none;
  if (software === 'Python') return true;
  const word = new RegExp(`\\b${software}\\b`, 'i');
  const folder = join(stacks, scenario.name, 'broken');
  return readdirSync(folder, { recursive: true })
    .map(name => join(folder, String(name)))
    .some(path => statSync(path).isFile() && word.test(readFileSync(path, 'utf8')));
}

function entry(scenario) {
  const { broken = {}, fixed = {} } = scenario.observed;
  return [
    `- **${scenario.name}**: ${scenario.title}.`,
    `  Broken: ${outcome(broken, scenario)}.`,
    ...logs(broken),
    `  Repaired: ${outcome(fixed, scenario)}.`,
  ].join('\n');
}

function outcome(seen, scenario) {
  const parts = [];
  if (seen.nginx_exit) parts.push(`nginx does not start (exit ${seen.nginx_exit})`);
  for (const [name, exit] of Object.entries(seen.exit ?? {}))
    parts.push(`${name === 'app' ? 'the server' : name} ends (exit ${exit})`);
  const statuses = (seen.statuses ?? []).map(status => [status].flat().join(' or '));
  if (statuses.length > 0)
    parts.push(`${statuses.length > 1 ? 'answers' : 'answer'} ${compressed(statuses).join(', ')}`);
  const slowest = Math.max(0, ...(seen.elapsed ?? []).map(limits => limits?.[0] ?? 0));
  if (scenario.fault === 'elapsed' && slowest > 0) parts.push(`after ${slowest} s or more`);
  return parts.join('; ') || 'nothing answers';
}

/** `200, 200, 502` is `200 (2 times), 502`. */
function compressed(statuses) {
  const runs = [];
  for (const status of statuses) {
    const last = runs.at(-1);
    if (last?.status === status) last.count++;
    else runs.push({ status, count: 1 });
  }
  return runs.map(({ status, count }) => (count > 1 ? `${status} (${count} times)` : status));
}

function logs(seen) {
  const line = (who, text) => `  ${who}: \`${shortened(text)}\``;
  return [
    ...(seen.nginx_error ?? []).slice(0, 1).map(text => line('nginx logs', text)),
    ...(seen.app_log ?? []).slice(0, 1).map(text => line('The server logs', text)),
    ...(seen.no_app_log ?? []).slice(0, 1).map(text => line('The server no longer logs', text)),
  ].map(text => `${text}.`);
}

/** A log line without what belongs to the one request: client, server and Host. */
function shortened(text) {
  const plain = text
    .replaceAll('`', "'")
    .replaceAll('{root}', '')
    .replace(/, client: [^,]*, server: [^,]*/, '')
    .replace(/, host: "[^"]*"/, '')
    .trim();
  return plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE).trimEnd()} ...` : plain;
}
