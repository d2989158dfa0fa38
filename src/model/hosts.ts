import { constantOf, isDjango, likelySetting, type TiedHop, textsOf } from './application.js';
import type { EntryPoint, PyCall, PyValue } from './entry.js';
import { oncePer } from './once.js';
import type { Setting } from './setting.js';

/** True when ALLOWED_HOSTS of Django, or Starlette's TrustedHostMiddleware, accepts the name; both know a pattern for all names below one. */
export function acceptsHost(allowed: readonly string[], name: string): boolean {
  const wanted = name.toLowerCase();
  return allowed.some(each => {
    const pattern = each.toLowerCase().replace(/^\*\./, '.');
    return (
      pattern === '*' ||
      pattern === wanted ||
      (pattern.startsWith('.') && (wanted.endsWith(pattern) || wanted === pattern.slice(1)))
    );
  });
}

/** The hosts of TrustedHostMiddleware of Starlette, which FastAPI has too; undefined where it is not used for certain or its list is not known. */
export const trustedHosts = oncePer(
  ({ importCalls }: EntryPoint): { setting: Setting<PyValue>; hosts: readonly string[] } | undefined => {
    for (const call of importCalls) {
      if (!call.certain || !addsTrustedHosts(call)) continue;
      const setting = call.keywords.get('allowed_hosts');
      const hosts = textsOf(setting);
      return setting && hosts && { setting, hosts };
    }
    return undefined;
  },
);

/** `app.add_middleware(TrustedHostMiddleware, ...)`, or `Middleware(TrustedHostMiddleware, ...)` for the list that an application is made with. */
function addsTrustedHosts({ name, positional: [first] }: PyCall): boolean {
  return (
    /^(?:(?:fastapi\.FastAPI|starlette\.applications\.Starlette)\.add_middleware|(?:fastapi|starlette)\.middleware\.Middleware)$/.test(
      name,
    ) &&
    first?.known === true &&
    first.value.kind === 'object' &&
    first.value.of.endsWith('.TrustedHostMiddleware')
  );
}

/** The header that Django takes the host from instead of Host: USE_X_FORWARDED_HOST is on, and nginx sends it. */
export function forwardedHost({ route }: TiedHop, entry: EntryPoint): Setting<string> | undefined {
  const used = isDjango(entry) && constantOf(likelySetting(entry, 'USE_X_FORWARDED_HOST')) === true;
  return used ? route.headers.get('x-forwarded-host') : undefined;
}

/** Why Django refuses the host; undefined where it is allowed, or cannot be told. */
function refusal(entry: EntryPoint, host: string): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  // django/http/request.py, host_validation_re: checked before ALLOWED_HOSTS.
  if (!/^[a-z0-9.-]+$/.test(name)) return `Django takes "${name}" for no valid host name, whatever ALLOWED_HOSTS says`;
  const debug = constantOf(likelySetting(entry, 'DEBUG'));
  const own = entry.settings.get('ALLOWED_HOSTS');
  // Settings that only the code proposes count where they are none for development.
  const allowed = textsOf(own?.known || debug !== false ? own : likelySetting(entry, 'ALLOWED_HOSTS'));
  if (!allowed || (allowed.length === 0 && debug !== false)) return undefined;
  return acceptsHost(allowed, name) ? undefined : `ALLOWED_HOSTS is ${JSON.stringify(allowed)} and does not have it`;
}

/** Why TrustedHostMiddleware refuses the host; undefined where it does not, or is not there. */
function untrusted(entry: EntryPoint, host: string): string | undefined {
  const trusted = trustedHosts(entry);
  if (!trusted || acceptsHost(trusted.hosts, host.replace(/:\d+$/, ''))) return undefined;
  return `allowed_hosts of TrustedHostMiddleware is ${JSON.stringify(trusted.hosts)} and does not have it`;
}

/** Why the application refuses the host; undefined where it does not, or cannot be told. */
export function refusedHost(entry: EntryPoint, host: string): string | undefined {
  return isDjango(entry) ? refusal(entry, host) : untrusted(entry, host);
}

/** A whole name of the Internet that is no stand-in from a tutorial. */
export function isPublicName(text: string): boolean {
  return (
    /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/i.test(text) &&
    !/^(?:www\.)?(?:example|domain|yourdomain|your-domain|mydomain|yoursite|mysite)\.\w+$|\byour|\.local$|\.localhost$|\.internal$/i.test(
      text,
    )
  );
}

/** An IPv4 address of the Internet: not one of a private network, of this machine, or of documentation (RFC 1918, 5737, 6598, 6890). */
function isPublicAddress(text: string): boolean {
  const parts = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : [];
  const [a = 0, b = 0, c = 0] = parts;
  if (parts.length !== 4 || parts.some(part => part > 255)) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  return !/^(?:192\.0\.[02]|198\.51\.100|203\.0\.113|198\.1[89])\b/.test(`${a}.${b}.${c}`) && new Set(parts).size > 1;
}

/** A name or an address at which visitors ask for a site. */
export function isPublicHost(text: string): boolean {
  return isPublicName(text) || isPublicAddress(text);
}
