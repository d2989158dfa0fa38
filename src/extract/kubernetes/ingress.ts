import { ingressDefault, isIngressAnnotation } from '../../facts/ingress.js';
import type { Endpoint, Protocol } from '../../model/endpoint.js';
import type { Gateway, Route } from '../../model/gateway.js';
import { bytesOf } from '../../model/inherit.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import { type YamlNode, yamlEntry, yamlGet } from '../../syntax/yaml/tree.js';
import type { Span } from '../../text/source.js';
import { type Cluster, type KubernetesObject, listItems, scalarText } from './objects.js';
import { portSetting } from './services.js';

const prefix = 'nginx.ingress.kubernetes.io/';

/** Headers that ingress-nginx sends on by itself (rootfs/etc/nginx/template/nginx.tmpl of the controller). */
const sentHeaders: readonly (readonly [string, string])[] = [
  ['host', '$best_http_host'],
  ['x-real-ip', '$remote_addr'],
  ['x-forwarded-for', '$remote_addr'],
  ['x-forwarded-host', '$best_http_host'],
  ['x-forwarded-port', '$pass_port'],
  ['x-forwarded-proto', '$pass_access_scheme'],
  ['x-scheme', '$pass_access_scheme'],
  ['upgrade', '$http_upgrade'],
  ['connection', '$connection_upgrade'],
];

export interface ReadIngress {
  readonly place: Place;
  readonly gateway: Gateway;
}

/** An Ingress as a gateway: each path is a route to a Service. Timeouts are known for ingress-nginx only. */
export function readIngress(cluster: Cluster, object: KubernetesObject): ReadIngress | undefined {
  const spec = yamlGet(object.map, 'spec');
  const place: Place = {
    id: `${cluster.id}#Ingress/${object.name}`,
    kind: 'pod',
    title: `the ingress controller of ${object.name}`,
    names: [],
    networks: ['cluster'],
    openNetworks: ['cluster'],
    ports: [],
    environment: new Map(),
    environmentOpen: true,
    mounts: [],
    workingDirectory: { name: 'workingDir', origin: 'default', known: false, why: 'the controller decides it' },
    opaque: true,
    dependsOn: [],
    extraNames: new Map(),
    span: object.nameSpan,
  };
  const routes: Route[] = [];
  const whole = yamlGet(spec, 'defaultBackend') ?? yamlGet(spec, 'backend');
  if (whole) routes.push(...routeOf(cluster, object, whole, undefined, undefined));
  for (const rule of listItems(yamlGet(spec, 'rules'))) {
    const host = scalarText(yamlGet(rule, 'host'));
    for (const path of listItems(yamlGet(rule, 'http', 'paths'))) {
      const backend = yamlGet(path, 'backend');
      if (backend) routes.push(...routeOf(cluster, object, backend, path, host));
    }
  }
  if (routes.length === 0) return undefined;
  const gateway: Gateway = {
    kind: 'ingress',
    place,
    file: object.file,
    whole: false,
    servers: [],
    groups: [],
    routes,
    files: [object.file],
    faults: [],
    placed: { span: object.nameSpan, message: `the Ingress ${object.name}` },
  };
  return { place, gateway };
}

/** True for an Ingress that ingress-nginx serves: by its class, or by annotations that only that controller reads. */
function isNginx(object: KubernetesObject): boolean {
  const named =
    scalarText(yamlGet(object.map, 'spec', 'ingressClassName')) ??
    scalarText(yamlGet(object.map, 'metadata', 'annotations', 'kubernetes.io/ingress.class'));
  if (named !== undefined) return named === 'nginx';
  const annotations = yamlGet(object.map, 'metadata', 'annotations');
  return annotations?.kind === 'map' && annotations.entries.some(entry => isIngressAnnotation(entry.key));
}

function routeOf(
  cluster: Cluster,
  object: KubernetesObject,
  backend: YamlNode,
  path: YamlNode | undefined,
  host: string | undefined,
): readonly Route[] {
  const nameNode = yamlGet(backend, 'service', 'name') ?? yamlGet(backend, 'serviceName');
  const name = scalarText(nameNode);
  const portNode =
    yamlGet(backend, 'service', 'port', 'number') ??
    yamlGet(backend, 'service', 'port', 'name') ??
    yamlGet(backend, 'servicePort');
  if (!nameNode || name === undefined || !portNode) return [];
  const port = servicePort(cluster, name, portNode);
  const span: Span = {
    file: nameNode.span.file,
    start: Math.min(nameNode.span.start, portNode.span.start),
    end: Math.max(nameNode.span.end, portNode.span.end),
  };
  const facts = { name: 'backend', origin: 'config file' as const, span };
  const protocol = protocolOf(object);
  const endpoint: Endpoint = {
    address: port.known
      ? { ...facts, known: true, value: { kind: 'tcp', host: name, port: port.value } }
      : { ...facts, known: false, why: port.why },
    protocol: protocol ?? 'http',
    span,
  };
  const text = scalarText(yamlGet(path, 'path')) ?? '/';
  const exact = scalarText(yamlGet(path, 'pathType')) === 'Exact';
  return [
    {
      title: `${host ?? ''}${text}`,
      modifier: exact ? '=' : '',
      path: text,
      pass: { directive: 'backend', target: literalWord(name, nameNode.span), span, hostName: name },
      protocol: protocol ?? 'http',
      to: protocol === undefined ? [] : [endpoint],
      ...(protocol === undefined && { unresolved: 'its protocol is not known' }),
      readTimeout: timeout(object, 'proxy-read-timeout'),
      connectTimeout: timeout(object, 'proxy-connect-timeout'),
      sendTimeout: timeout(object, 'proxy-send-timeout'),
      headers: headers(object),
      headersComplete: false,
      ...bodyLimit(object),
      span: path?.span ?? span,
    },
  ];
}

/** The number of a Service's port, which may be given by name. */
function servicePort(cluster: Cluster, service: string, node: YamlNode): Setting<number> {
  const text = scalarText(node) ?? '';
  if (/^\d+$/.test(text)) return portSetting(node, 'port', []);
  const object = cluster.services.get(service);
  const port = listItems(yamlGet(object?.map, 'spec', 'ports')).find(
    item => scalarText(yamlGet(item, 'name')) === text,
  );
  const number = yamlGet(port, 'port');
  return number ? portSetting(number, 'port', []) : portSetting(node, 'port', []);
}

function protocolOf(object: KubernetesObject): Protocol | undefined {
  const stated = scalarText(yamlGet(object.map, 'metadata', 'annotations', `${prefix}backend-protocol`))?.toUpperCase();
  if (stated === undefined || stated === 'HTTP' || stated === 'AUTO_HTTP') return 'http';
  if (stated === 'HTTPS') return 'https';
  if (stated === 'GRPC' || stated === 'GRPCS') return 'grpc';
  return stated === 'FCGI' ? 'fastcgi' : undefined;
}

function timeout(object: KubernetesObject, name: string): Setting<number> {
  const entry = yamlEntry(yamlGet(object.map, 'metadata', 'annotations'), prefix + name);
  if (!isNginx(object))
    return { name, origin: 'default', known: false, why: 'it is not known which controller serves this Ingress' };
  const text = scalarText(entry?.value);
  if (entry && text !== undefined) {
    const facts = { name: prefix + name, origin: 'config file' as const, span: entry.value.span };
    // The controller reads a bare number of seconds and takes its default for anything else.
    if (/^\d{1,9}$/.test(text)) return { ...facts, known: true, value: Number(text) };
    return { ...facts, known: false, why: 'it is no bare number of seconds' };
  }
  const value = ingressDefault(name);
  if (typeof value !== 'number') return { name, origin: 'default', known: false, why: 'the controller decides it' };
  return { name, origin: 'default', known: true, value };
}

/** `proxy-body-size`, where it is written: what holds without it may be set for the whole controller. */
function bodyLimit(object: KubernetesObject): Pick<Route, 'bodyLimit'> {
  const name = `${prefix}proxy-body-size`;
  const node = yamlGet(object.map, 'metadata', 'annotations', name);
  const value = bytesOf(scalarText(node) ?? '');
  if (!node || value === undefined || !isNginx(object)) return {};
  return { bodyLimit: { name, origin: 'config file', span: node.span, known: true, value } };
}

function headers(object: KubernetesObject): ReadonlyMap<string, Setting<string>> {
  if (!isNginx(object)) return new Map();
  const found = new Map<string, Setting<string>>(
    sentHeaders.map(([name, value]) => [name, { name, origin: 'default', known: true, value }]),
  );
  const host = yamlGet(object.map, 'metadata', 'annotations', `${prefix}upstream-vhost`);
  const value = scalarText(host);
  if (host && value !== undefined)
    found.set('host', { name: `${prefix}upstream-vhost`, origin: 'config file', span: host.span, known: true, value });
  return found;
}
