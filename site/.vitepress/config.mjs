import { copyFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const rules = `${docs}/rules`;

function pagesIn(folder, link) {
  return readdirSync(folder)
    .filter(name => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map(name => name.slice(0, -'.md'.length))
    .map(name => ({ text: name, link: `${link}/${name}` }));
}

const groups = readdirSync(rules, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => ({ text: name, collapsed: true, items: pagesIn(`${rules}/${name}`, `/rules/${name}`) }));

/** Where the site will lie: `/`, or a folder such as `/gwlint/`. */
const base = process.env.GWLINT_SITE_BASE ?? '/';

export default {
  title: 'gwlint',
  description: 'Finds the 502s and 504s that stand in your files before they stand in your logs',
  base,
  srcDir: '../docs',
  outDir: '../docs-site',
  cleanUrls: true,
  rewrites: path => path.replace(/(^|\/)README\.md$/, '$1index.md'),
  markdown: { config: md => md.core.ruler.push('gwlint', state => void adapt(state.tokens, state.env.relativePath)) },
  // Schemas are files for editors, not pages.
  ignoreDeadLinks: [/\.schema\.json$/],
  buildEnd({ outDir }) {
    for (const name of ['config.schema.json', 'report.schema.json'])
      copyFileSync(`${docs}/${name}`, `${outDir}/${name}`);
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Rules', link: '/rules/' },
      { text: 'Commands', link: '/cli' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Five minutes', link: '/getting-started' },
          { text: 'Configuration', link: '/configuration' },
          { text: 'Silence a finding', link: '/silence' },
          { text: 'A messy repository', link: '/adopt' },
          { text: 'Hooks and pipelines', link: '/ci/' },
          { text: 'Recipes', link: '/recipes' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Commands and options', link: '/cli' },
          { text: 'Library and own rules', link: '/library' },
          { text: 'How it is built', link: '/architecture' },
          { text: 'Dependencies', link: '/dependencies' },
          { text: 'Real servers', link: '/real-servers' },
        ],
      },
      { text: 'Rules', link: '/rules/', items: groups },
    ],
  },
};

/** Code is left as it is by Vue, whatever {{ placeholders }} it holds; links to what is no part of the site are only text. */
function adapt(tokens, page) {
  const open = [];
  for (const token of tokens) {
    if (token.type === 'code_inline') token.attrSet('v-pre', '');
    if (token.type === 'link_open') {
      const href = token.attrGet('href') ?? '';
      const away = leavesDocs(href, page);
      open.push(away);
      if (away) Object.assign(token, { tag: 'span', attrs: [] });
      else token.attrSet('href', href.replace(/^(?![a-z]+:)(.*)README\.md(?=#|$)/, '$1index.md'));
    } else if (token.type === 'link_close' && open.pop()) token.tag = 'span';
    if (token.children) adapt(token.children, page);
  }
}

function leavesDocs(href, page) {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return false;
  return posix.join(posix.dirname(page), href).startsWith('..');
}
