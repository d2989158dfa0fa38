import { showAddress } from '../../../model/endpoint.js';
import type { Repair } from '../../../model/fault.js';
import type { ListenSocket, NginxScope } from '../../../model/gateway.js';
import { directivesAt, effective } from '../../../model/inherit.js';
import type { Word } from '../../../model/word.js';
import type { Span } from '../../../text/source.js';
import { chain } from '../levels.js';
import { type Evidence, type Report, trustAt, trustOf } from './evidence.js';
import { writeInstead } from './repair.js';

/**
 * A listener with TLS whose default server has no certificate: nginx does not start. Said only where everything that could bring one is
 * read (ngx_http_ssl_module.c, ngx_http_ssl_init).
 */
export function checkCertificates(evidence: Evidence, report: Report): void {
  checkPlainListeners(evidence, report);
  checkCertbotNames(evidence, report);
  if (
    !evidence.whole ||
    evidence.scopes.some(scope => scope.context === 'http' && (scope.open || evidence.unread.has(scope)))
  )
    return;
  const byAddress = new Map<string, { socket: ListenSocket; scope: NginxScope; isDefault: boolean }>();
  const tls = new Map<string, ListenSocket>();
  for (const [scope, server] of evidence.servers) {
    for (const socket of server.listens) {
      if (!socket.address.known) return;
      const key = keyOf(socket) ?? '';
      const before = byAddress.get(key);
      if (!before || (socket.defaultServer && !before.isDefault))
        byAddress.set(key, { socket, scope, isDefault: socket.defaultServer });
      if (socket.tls && !tls.has(key)) tls.set(key, socket);
    }
  }
  const told = new Set<NginxScope>();
  for (const [key, socket] of tls) {
    const owner = byAddress.get(key);
    if (!owner || told.has(owner.scope) || hasCertificate(owner.scope, evidence)) continue;
    told.add(owner.scope);
    const span = owner.socket.tls ? owner.socket.span : socket.span;
    if (trustAt(span, evidence) !== 'structure') continue;
    report({
      kind: 'nginx/tls-without-certificate',
      span,
      message: `nginx speaks TLS on ${key}, and its default server there has no ssl_certificate: nginx does not start`,
      ...(owner.scope.opener && {
        related: [{ span: owner.scope.opener.nameSpan, message: `the default server of ${key}` }],
      }),
      log: `no "ssl_certificate" is defined for the "listen ... ssl" directive`,
    });
  }
}

/** Also true where one may stand in a part that could not be read. */
function hasCertificate(scope: NginxScope, evidence: Evidence): boolean {
  if (chain(scope).some(level => level.open || evidence.unread.has(level))) return true;
  const bringsOne = ['ssl_certificate_by_lua_block', 'ssl_certificate_by_lua_file', 'acme_certificate'];
  if (bringsOne.some(name => effective(scope, name).length > 0)) return true;
  if (effective(scope, 'ssl_reject_handshake').some(one => one.args[0]?.text.toLowerCase() !== 'off')) return true;
  return effective(scope, 'ssl_certificate').length > 0;
}

/**
 * A server block with a certificate of its own that no client gets to see, because none of its sockets speaks TLS. Another block may
 * turn TLS on for the same address.
 */
function checkPlainListeners(evidence: Evidence, report: Report): void {
  const tls = new Set<string>();
  for (const { listens } of evidence.servers.values())
    for (const one of listens) if (one.tls && one.address.known) tls.add(keyOf(one) ?? '');
  for (const [scope, server] of evidence.servers) {
    const [certificate] = directivesAt(scope, 'ssl_certificate');
    if (
      !certificate ||
      certificate.via ||
      server.listens.length === 0 ||
      scope.open ||
      trustOf(certificate, evidence) !== 'structure'
    )
      continue;
    const keys = server.listens.map(keyOf);
    if (
      keys.some(key => key === undefined || tls.has(key)) ||
      server.listens.some(one => portOf(one) === 80 || one.address.origin === 'default')
    )
      continue;
    const [listen] = server.listens;
    const standard = server.listens.every(one => portOf(one) === 443);
    if (!listen || (!standard && (!evidence.whole || tls.size > 0))) continue;
    report({
      kind: 'nginx/tls-without-certificate',
      span: listen.span,
      severity: standard ? 'error' : 'warning',
      message: `This server block has a certificate, and none of its sockets has "ssl": nginx speaks plain HTTP on ${keys.join(', ')}, and browsers get a TLS error`,
      related: [{ span: certificate.span, message: 'the certificate that is not used' }],
      repairs: [
        {
          title: 'Add ssl to listen',
          safety: 'unsafe',
          edits: server.listens.flatMap(one =>
            one.address.span ? [{ span: behind(one.address.span), text: ' ssl' }] : [],
          ),
        },
      ],
    });
  }
}

function keyOf({ address }: ListenSocket): string | undefined {
  return address.known ? showAddress(address.value).toLowerCase() : undefined;
}

function portOf({ address }: ListenSocket): number | undefined {
  return address.known && address.value.kind === 'tcp' ? address.value.port : undefined;
}

function behind(span: Span): Span {
  return { ...span, start: span.end };
}

/** What certbot keeps in a folder of /etc/letsencrypt/live. */
const certbotFiles = ['cert.pem', 'chain.pem', 'fullchain.pem', 'privkey.pem'];

function checkCertbotNames(evidence: Evidence, report: Report): void {
  for (const scope of evidence.servers.keys()) {
    for (const name of ['ssl_certificate', 'ssl_certificate_key']) {
      for (const directive of directivesAt(scope, name)) {
        const [path] = directive.args;
        if (!path?.known || path.via || trustOf(directive, evidence) === 'nothing') continue;
        const file = /^\/etc\/letsencrypt\/live\/[^/$]+\/([^/$]+)$/.exec(path.text)?.[1];
        if (file === undefined || certbotFiles.includes(file)) continue;
        const meant = certbotFiles.find(one => one.split('.')[0] === file.split('.')[0]);
        report({
          kind: 'nginx/tls-without-certificate',
          span: path.span,
          message: `certbot makes no file "${file}" in this folder, only ${certbotFiles.join(', ')}: nginx does not start`,
          log: `cannot load certificate "${path.text}"`,
          repairs: meant === undefined ? [] : [rename(path, file, meant)],
        });
      }
    }
  }
}

function rename(path: Word, file: string, meant: string): Repair {
  const better = path.text.slice(0, -file.length) + meant;
  return writeInstead(path.span, better, 'unsafe');
}
