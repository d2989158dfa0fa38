import table from './gateways.json' with { type: 'json' };

const { annotations, configMapDefaults } = table.gateways['ingress-nginx'];

const prefix = 'nginx.ingress.kubernetes.io/';

/**
 * The default of an ingress-nginx annotation, by its name without the prefix (`proxy-read-timeout`), where the controller has one; seconds for
 * timeouts. Undefined for any other name. Source: gateways.json.
 */
export function ingressDefault(name: string): string | number | boolean | undefined {
  const known: Readonly<Record<string, string | number | boolean | null>> = annotations;
  return known[prefix + name] ?? undefined;
}

/** True for an annotation that ingress-nginx knows, by its full name. */
export function isIngressAnnotation(name: string): boolean {
  return Object.hasOwn(annotations, name);
}

/** Seconds that ingress-nginx keeps idle connections to a server open, unless its ConfigMap says otherwise. */
export const ingressUpstreamKeepalive: number = configMapDefaults['upstream-keepalive-timeout'];
