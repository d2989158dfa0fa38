import type { Fault } from '../../model/fault.js';
import type { SourceFile } from '../../text/source.js';
import type { Proxied } from './gateway.js';

/** `ProxyPass / http://127.0.0.1:8000`: what stands behind the path is put behind the port (mod_proxy.c, `ap_proxy_trans_match`). */
export function slashFaults({ path, target, node }: Proxied): readonly Fault[] {
  const scheme = /^(?:https?|uwsgi|scgi):\/\//i.exec(target.text)?.[0];
  if (!scheme || !path.endsWith('/') || !/^[\w.:[\]-]+$/.test(target.text.slice(scheme.length))) return [];
  const authority = target.text.slice(scheme.length);
  const end = { ...target.span, start: target.span.end };
  return [
    {
      kind: 'routing/prefix-rewrite',
      span: node.span,
      message:
        `${path} ends in a slash and ${target.text} does not, and Apache puts the rest of the path behind it as it is: ${path}users becomes ${target.text}users. ` +
        `It looks for a machine called "${authority}users" and answers with 500`,
      consequence: 'Only the first page works.',
      symptom: 'wrong reply',
      log: 'DNS lookup failure for',
      repairs: [{ title: `Write ${target.text}/`, safety: 'unsafe', edits: [{ span: end, text: '/' }] }],
    },
  ];
}

const modules: Readonly<Record<string, string>> = {
  http: 'proxy_http',
  uwsgi: 'proxy_uwsgi',
  fcgi: 'proxy_fcgi',
  scgi: 'proxy_scgi',
};

/** The script that switches modules on has some of mod_proxy's, and not the one that speaks the protocol. */
export function moduleFaults(
  proxied: readonly Proxied[],
  site: SourceFile,
  scripts: readonly SourceFile[],
): readonly Fault[] {
  const enabled = new Set<string>();
  if (site.text.includes('LoadModule')) return [];
  let where: Fault['span'] | undefined;
  for (const file of scripts) {
    for (const line of file.text.matchAll(/(?:^|&&|;|RUN)[ \t]*(?:sudo[ \t]+)?a2enmod[ \t]+([^\r\n;&|#]{1,500})/gm)) {
      for (const name of (line[1] ?? '').split(/\s+/)) enabled.add(name.replace(/\.load$/, ''));
      where ??= { file, start: line.index, end: line.index + line[0].trimEnd().length };
    }
  }
  if (!where || ![...enabled].some(name => /^proxy(?:_|$)/.test(name)) || [...enabled].some(name => /[$*]/.test(name)))
    return [];
  const told = new Set<string>();
  return proxied.flatMap(({ target, node }): readonly Fault[] => {
    const scheme = (
      /^unix:[^|]*\|(\w+):/i.exec(target.text)?.[1] ??
      /^(\w+):\/\//.exec(target.text)?.[1] ??
      ''
    ).toLowerCase();
    const wanted = modules[scheme];
    if (!where || !wanted || enabled.has(wanted) || told.has(wanted)) return [];
    told.add(wanted);
    return [
      {
        kind: 'protocol/mismatch',
        span: where,
        message: `a2enmod switches ${[...enabled].filter(name => name.startsWith('proxy')).join(', ')} on, but ${scheme}:// in ProxyPass needs ${wanted}`,
        consequence: 'Apache finds nothing that speaks this protocol and answers every request with 500.',
        severity: 'warning',
        symptom: 'wrong reply',
        related: [{ span: node.span, message: `${scheme}:// is spoken here` }],
        log: 'AH01144: No protocol handler was valid for the URL',
      },
    ];
  });
}
