import { describe, expect, it } from 'vitest';
import { looksLikeKubernetes } from '../../src/extract/kubernetes/recognise.js';
import { kubernetesStacks } from '../../src/extract/kubernetes/stacks.js';
import { locate } from '../../src/extract/place/files.js';
import type { Place } from '../../src/model/place.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';
import { memoryReader } from '../support/memory.js';

async function read(files: Record<string, string>) {
  const reader = await memoryReader(files, 'yaml', 'dockerfile');
  const found = reader.files().flatMap(path => {
    const file = reader.file(path);
    const tree = file && /\.ya?ml$/.test(path) ? reader.yaml(file) : undefined;
    return file && tree && looksLikeKubernetes(tree) ? [file] : [];
  });
  const stacks = kubernetesStacks(reader, found);
  const place = (title: string): Place => {
    const one = stacks.flatMap(stack => stack.places).find(candidate => candidate.title === title);
    if (!one) throw new Error(`no ${title}`);
    return one;
  };
  const argv = (name: string) =>
    stacks
      .flatMap(stack => stack.launches)
      .filter(launch => launch.name === name)
      .flatMap(launch => launch.commands)
      .map(command => command.words.map(word => word.text));
  return { reader, stacks, place, argv };
}

const known = <T>(setting: Setting<T> | undefined) => (setting?.known ? setting.value : undefined);

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata:
      labels: { app: shop, tier: web }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: app
          image: registry.example/shop:1
          command: ["gunicorn"]
          args: ["-b", "0.0.0.0:$(PORT)", "$(NOT_SET)", "$$(PORT)", "shop.wsgi"]
          ports:
            - { name: http, containerPort: 8000 }
          env:
            - { name: PORT, value: "8000" }
            - { name: URL, value: "http://localhost:$(PORT)" }
            - { name: LEVEL, valueFrom: { configMapKeyRef: { name: settings, key: level } } }
            - { name: KEY, valueFrom: { secretKeyRef: { name: s, key: k } } }
          envFrom:
            - configMapRef: { name: settings }
          readinessProbe: { httpGet: { path: /, port: http } }
          livenessProbe: { tcpSocket: { port: 8001 } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: prod }
spec:
  selector: { app: shop }
  ports:
    - { name: main, port: 80, targetPort: http }
    - { port: 9000 }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  level: info
  other: "1"
`;

describe('looksLikeKubernetes', () => {
  it('wants an API version and a kind that serves, and no template', async () => {
    const reader = await memoryReader(
      {
        'a.yml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n',
        'b.yml': 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n',
        'c.yml': 'kind: Service\n',
        'd.yml': 'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Values.x }}"}\n',
      },
      'yaml',
    );
    const verdicts = reader.files().map(path => {
      const file = reader.file(path);
      const tree = file && reader.yaml(file);
      return tree && looksLikeKubernetes(tree);
    });
    expect(verdicts).toEqual([true, false, false, false]);
  });
});

describe('pods', () => {
  it('start what command and args say, with variables filled in', async () => {
    const { argv, stacks } = await read({ 'k8s/web.yaml': web });
    expect(argv('web')).toEqual([['gunicorn', '-b', '0.0.0.0:8000', '$(NOT_SET)', '$(PORT)', 'shop.wsgi']]);
    expect(stacks.map(stack => stack.title)).toEqual(['the Kubernetes files in k8s/']);
    expect(known(stacks[0]?.launches[0]?.stopTimeout)).toBe(5);
    expect(spanText(stacks[0]?.launches[0]?.commands[0]?.words[2]?.span as never)).toBe('"0.0.0.0:$(PORT)"');
  });

  it('have variables of env, ConfigMaps and what the cluster sets', async () => {
    const { place } = await read({ 'k8s/web.yaml': web });
    const { environment } = place('pod web');
    expect(['PORT', 'URL', 'LEVEL', 'other', 'level'].map(name => known(environment.get(name)))).toEqual([
      '8000',
      'http://localhost:8000',
      'info',
      '1',
      'info',
    ]);
    expect(environment.get('KEY')).toMatchObject({ known: false, why: 'it comes from a Secret' });
    expect(environment.get('WEB_PORT')).toMatchObject({ known: false });
  });

  it('are reached through Services, port by port', async () => {
    const { place } = await read({ 'k8s/web.yaml': web });
    const names = place('pod web').names;
    expect(names.map(name => name.name)).toEqual(['web', 'web.prod', 'web.prod.svc', 'web.prod.svc.cluster.local']);
    expect(names[0]?.forwards?.map(port => [known(port.host), known(port.inside)])).toEqual([
      [80, 8000],
      [9000, 9000],
    ]);
    expect(place('pod web').claims?.map(claim => [claim.kind, known(claim.port)])).toEqual([
      ['expose', 8000],
      ['probe', 8001],
      ['probe', 8000],
    ]);
  });

  it('share one network between containers, and files only through volumes', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata: { name: shop }
spec:
  containers:
    - name: app
      image: python:3.12
      command: [gunicorn, "-b", "unix:/run/shop/s.sock", app]
      volumeMounts: [{ name: run, mountPath: /run/shop }]
    - name: nginx
      image: nginx:1.27
      volumeMounts:
        - { name: run, mountPath: /sockets }
        - { name: conf, mountPath: /etc/nginx/conf.d }
        - { name: conf, mountPath: /etc/nginx/nginx.conf, subPath: main }
  volumes:
    - { name: run, emptyDir: {} }
    - name: conf
      configMap: { name: nginx }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: nginx }
data:
  site.conf: |
    server {
      listen 80;
    }
  main: |
    events {}
`;
    const { reader, place, argv } = await read({ 'pod.yaml': text });
    expect(place('container nginx of pod shop').networkMode).toBe(place('container app of pod shop').id);
    const volumes = ['container app of pod shop', 'container nginx of pod shop'].map(title =>
      place(title).mounts.find(mount => mount.kind === 'volume'),
    );
    expect(volumes.map(mount => mount?.inside)).toEqual(['/run/shop', '/sockets']);
    expect(volumes[0]?.volume).toBe(volumes[1]?.volume);
    const site = locate(reader, place('container nginx of pod shop'), '/etc/nginx/conf.d/site.conf');
    const shown = site.kind === 'file' ? site.file.text : '';
    expect(
      shown
        .split('\n')
        .filter(line => line.trim() !== '')
        .map(line => line.trimEnd()),
    ).toEqual(['server {', '  listen 80;', '}']);
    expect(shown.indexOf('listen')).toBe(text.indexOf('listen'));
    expect(shown).toHaveLength(text.length);
    expect(locate(reader, place('container nginx of pod shop'), '/etc/nginx/nginx.conf').kind).toBe('file');
    expect(locate(reader, place('container nginx of pod shop'), '/etc/nginx/conf.d/default.conf').kind).toBe('missing');
    expect(argv('shop/nginx')).toEqual([['nginx', '-g', 'daemon off;']]);
  });

  it('take ConfigMaps that kustomize makes from files', async () => {
    const { reader, place } = await read({
      'deploy/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
configMapGenerator:
  - name: conf
    files: [site.conf, main=files/nginx.conf]
    literals: [PORT=8000]
`,
      'deploy/site.conf': '',
      'deploy/files/nginx.conf': '',
      'deploy/pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: front }
spec:
  containers:
    - name: nginx
      image: nginx
      envFrom: [{ configMapRef: { name: conf } }]
      volumeMounts: [{ name: c, mountPath: /etc/nginx/conf.d }]
  volumes: [{ name: c, configMap: { name: conf } }]
`,
    });
    expect(locate(reader, place('pod front'), '/etc/nginx/conf.d/site.conf')).toMatchObject({
      file: { path: 'deploy/site.conf' },
    });
    expect(locate(reader, place('pod front'), '/etc/nginx/conf.d/main')).toMatchObject({
      file: { path: 'deploy/files/nginx.conf' },
    });
    expect(known(place('pod front').environment.get('PORT'))).toBe('8000');
  });

  it('of environments side by side are kept apart', async () => {
    const { stacks } = await read({ 'k8s/dev/web.yaml': web, 'k8s/prod/web.yaml': web });
    expect(stacks.map(stack => stack.id)).toEqual(['kubernetes:k8s/dev', 'kubernetes:k8s/prod']);
  });

  it('that patches change are not judged', async () => {
    const { place } = await read({
      'k8s/base/web.yaml': web,
      'k8s/base/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{ path: x }]\n',
    });
    expect(place('pod web')).toMatchObject({ opaque: true, environmentOpen: true });
  });
});

describe('kustomizations', () => {
  const base = {
    'k8s/base/kustomization.yaml': 'resources:\n  - web.yaml\n',
    'k8s/base/web.yaml': web,
  };
  const overlay = (text: string, files: Record<string, string> = {}) => ({
    ...base,
    'k8s/overlays/prod/kustomization.yaml': `resources:\n  - ../../base\n${text}`,
    ...files,
  });

  it('are one stack each, with their bases', async () => {
    const { stacks } = await read({ ...overlay(''), 'k8s/overlays/dev/kustomization.yaml': 'bases: [../../base]\n' });
    expect(stacks.map(({ title }) => title)).toEqual([
      'the kustomization in k8s/overlays/dev/',
      'the kustomization in k8s/overlays/prod/',
    ]);
  });

  it('have their patches laid over, by name', async () => {
    const { argv, place } = await read(
      overlay('patches:\n  - path: web.yaml\nimages:\n  - name: registry.example/shop\n    newTag: "2"\n', {
        'k8s/overlays/prod/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - name: app
          args: ["-b", "0.0.0.0:$(PORT)", "--workers", "8", "shop.wsgi"]
          env:
            - { name: PORT, value: "9000" }
            - { name: LEVEL, $patch: delete }
`,
      }),
    );
    expect(argv('web')).toEqual([['gunicorn', '-b', '0.0.0.0:9000', '--workers', '8', 'shop.wsgi']]);
    expect(known(place('pod web').image)).toBe('registry.example/shop:2');
    expect(place('pod web').environment.has('LEVEL')).toBe(false);
    expect(known(place('pod web').environment.get('URL'))).toBe('http://localhost:9000');
  });

  it('have JSON patches, also inline ones', async () => {
    const { argv } = await read(
      overlay(`patches:
  - target: { kind: Deployment, name: web }
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/args/1
        value: 127.0.0.1:8000
      - op: remove
        path: /spec/template/spec/containers/0/args/2
`),
    );
    expect(argv('web')).toEqual([['gunicorn', '-b', '127.0.0.1:8000', '$(PORT)', 'shop.wsgi']]);
  });

  it('that rename, or take in what is not there, are not judged', async () => {
    for (const text of ['namePrefix: prod-\n', 'components: [../../tls]\n', 'patches: [{ path: gone.yaml }]\n']) {
      const { place, stacks } = await read(overlay(text));
      expect(place('pod web').opaque, text).toBe(true);
      expect(stacks[0]?.launches[0]?.unresolved, text).not.toEqual([]);
    }
    const { place } = await read(overlay('  - https://example.org/other.yaml\n'));
    expect(place('pod web').opaque).toBe(true);
  });
});

describe('Ingress', () => {
  const ingress = (annotations: string, backend: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: front
  annotations: ${annotations}
spec:
  rules:
    - host: shop.example
      http:
        paths:
          - { path: /api, pathType: Prefix, backend: { service: { name: web, port: ${backend} } } }
`;

  it('routes to a Service with the timeouts of its annotations', async () => {
    const { stacks } = await read({
      'k8s/web.yaml': web,
      'k8s/ingress.yaml': ingress('{ nginx.ingress.kubernetes.io/proxy-read-timeout: "120" }', '{ name: main }'),
    });
    const [gateway] = stacks.flatMap(stack => stack.gateways);
    const [route] = gateway?.routes ?? [];
    expect(gateway?.kind).toBe('ingress');
    expect(route).toMatchObject({ path: '/api', title: 'shop.example/api', protocol: 'http' });
    expect(known(route?.to[0]?.address)).toEqual({ kind: 'tcp', host: 'web', port: 80 });
    expect([known(route?.readTimeout), known(route?.connectTimeout), route?.readTimeout.origin]).toEqual([
      120,
      5,
      'config file',
    ]);
  });

  it('says nothing about timeouts of a controller that is not known', async () => {
    const { stacks } = await read({ 'k8s/ingress.yaml': ingress('{}', '{ number: 80 }') });
    const [route] = stacks.flatMap(stack => stack.gateways)[0]?.routes ?? [];
    expect(route?.readTimeout.known).toBe(false);
    expect(known(route?.to[0]?.address)).toEqual({ kind: 'tcp', host: 'web', port: 80 });
  });
});
