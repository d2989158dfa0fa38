// Fails where a page of the built site links to a page, a file or a heading that is not there.
//
//   node site/links.mjs docs-site
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = process.argv[2] ?? 'docs-site';
const base = process.env.GWLINT_SITE_BASE ?? '/';
const pages = new Map(
  readdirSync(root, { recursive: true })
    .map(name => String(name).replaceAll('\\', '/'))
    .filter(name => name.endsWith('.html'))
    .map(name => [name, readFileSync(join(root, name), 'utf8')]),
);

const broken = [];
let links = 0;
for (const [page, html] of pages) {
  for (const [, href] of html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
    if (/^[a-z]+:/.test(href)) continue;
    links++;
    const [path, hash] = decodeURI(href).split('#');
    const target =
      path === ''
        ? page
        : fileOf(path.startsWith('/') ? path.slice(base.length) : posix.join(posix.dirname(page), path));
    const wanted = hash ? `id="${hash}"` : '';
    if (target === undefined || (pages.has(target) && !pages.get(target).includes(wanted)))
      broken.push(`${page}: ${href}`);
  }
}
for (const line of new Set(broken)) console.error(`broken link in ${line}`);
console.log(`${pages.size} pages, ${links} links, ${new Set(broken).size} broken`);
process.exitCode = broken.length > 0 || links === 0 ? 1 : 0;

/** The file that a path of the site stands for: a page without its ending, a folder, or a file. */
function fileOf(path) {
  const clean = posix.normalize(path || '.');
  return [clean, `${clean}.html`, posix.join(clean, 'index.html')].find(
    one => existsSync(join(root, one)) && statSync(join(root, one)).isFile(),
  );
}
