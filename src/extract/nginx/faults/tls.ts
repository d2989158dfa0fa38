import { showAddress } from '../../../model/endpoint.js';
import type { ListenSocket, NginxScope } from '../../../model/gateway.js';
import { chain, effectiveAt } from '../levels.js';
import { type Evidence, type Report, trustOfFile } from './evidence.js';

/**
 * A listener with TLS whose default server has no certificate: nginx does not start. Said only where everything that could bring one is
 * read (ngx_http_ssl_module.c, ngx_http_ssl_init).
 */
export function checkCertificates(evidence: Evidence, report: Report): void {
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
      const key = showAddress(socket.address.value).toLowerCase();
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
    if (trustOfFile(span.file, evidence) !== 'structure') continue;
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
  if (bringsOne.some(name => effectiveAt(evidence.named, scope, name).length > 0)) return true;
  if (effectiveAt(evidence.named, scope, 'ssl_reject_handshake').some(one => one.args[0]?.text.toLowerCase() !== 'off'))
    return true;
  return effectiveAt(evidence.named, scope, 'ssl_certificate').length > 0;
}
