import table from './gateways.json' with { type: 'json' };
import { once } from './once.js';

const annotations = once(
  (): Readonly<Record<string, string | number | boolean | null>> => table.gateways['ingress-nginx'].annotations,
);

const prefix = 'nginx.ingress.kubernetes.io/';

/**
 * The default of an ingress-nginx annotation, by its name without the prefix (`proxy-read-timeout`), where the controller has one; seconds for
 * timeouts. Undefined for any other name. Source: gateways.json.
 */
export function ingressDefault(name: string): string | number | boolean | undefined {
  return annotations()[prefix + name] ?? undefined;
}

/** True for an annotation that ingress-nginx knows, by its full name. */
export function isIngressAnnotation(name: string): boolean {
  return Object.hasOwn(annotations(), name);
}
