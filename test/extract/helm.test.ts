import { describe, expect, it } from 'vitest';
import { evaluate, type Scope } from '../../src/extract/kubernetes/helm/expression.js';
import { render } from '../../src/extract/kubernetes/helm/render.js';
import { fromNode, printed } from '../../src/extract/kubernetes/helm/value.js';
import { kubernetesStacks } from '../../src/extract/kubernetes/stacks.js';
import { locate } from '../../src/extract/place/files.js';
import { yamlGet } from '../../src/syntax/yaml/tree.js';
import { memoryReader } from '../support/memory.js';

/** As `helm create` writes them, shortened. */
const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\ntype: application\nversion: 0.1.0\nappVersion: "1.4.2"\n',
  'chart/values.yaml': `replicaCount: 1
image:
  repository: registry.example/shop
  tag: ""
service:
  type: ClusterIP
  port: 80
  targetPort: 8080
bind: 0.0.0.0
env:
  - name: PORT
    value: "8000"
args: ["--workers", "3", "shop.wsgi"]
podSecurityContext: {}
resources: {}
ingress:
  enabled: true
  className: nginx
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "20"
  hosts:
    - host: shop.example
      paths:
        - path: /
          pathType: Prefix
`,
  'chart/templates/_helpers.tpl': '{{- define "shop.fullname" -}}\n{{ .Release.Name }}-shop\n{{- end }}\n',
  'chart/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}
  labels:
    {{- include "shop.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "shop.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "shop.labels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          command: ["gunicorn", "--bind", "{{ .Values.bind }}:$(PORT)"]
          args:
            {{- toYaml .Values.args | nindent 12 }}
          env:
            {{- toYaml .Values.env | nindent 12 }}
            - name: SECRET
              value: {{ .Values.secret | quote }}
          ports:
            - name: http
              containerPort: {{ .Values.service.targetPort }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
`,
  'chart/templates/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ include "shop.fullname" . }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
      name: http
  selector:
    {{- include "shop.selectorLabels" . | nindent 4 }}
`,
  'chart/templates/ingress.yaml': `{{- if .Values.ingress.enabled -}}
{{- $fullName := include "shop.fullname" . -}}
{{- $svcPort := .Values.service.port -}}
{{- if semverCompare ">=1.19-0" .Capabilities.KubeVersion.GitVersion -}}
apiVersion: networking.k8s.io/v1
{{- else -}}
apiVersion: extensions/v1beta1
{{- end }}
kind: Ingress
metadata:
  name: {{ include "shop.fullname" . }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend:
              service:
                name: {{ include "shop.fullname" $ }}
                port:
                  number: {{ $svcPort }}
          {{- end }}
    {{- end }}
{{- end }}
`,
};

async function read(files: Record<string, string>) {
  const reader = await memoryReader(files, 'yaml', 'dockerfile');
  return { reader, stacks: kubernetesStacks(reader, []) };
}

describe('a Helm chart', () => {
  it('is one stack, with the defaults of its values', async () => {
    const { stacks } = await read(chart);
    expect(stacks.map(({ title }) => title)).toEqual(['the Helm chart in chart/']);
    const [launch] = stacks[0]?.launches ?? [];
    expect(launch?.commands.map(({ words }) => words.map(word => word.text))).toEqual([
      ['gunicorn', '--bind', '0.0.0.0:8000', '--workers', '3', 'shop.wsgi'],
    ]);
    const [pod] = stacks[0]?.places ?? [];
    expect(pod?.image?.known && pod.image.value).toBe('registry.example/shop:1.4.2');
    const [name] = pod?.names ?? [];
    expect(name?.name).toBe('{{ include "shop.fullname" . }}');
    const [forward] = name?.forwards ?? [];
    expect(forward?.host?.known && forward.host.value).toBe(80);
    expect(forward?.inside.known && forward.inside.value).toBe(8080);
  });

  it('has routes from its Ingress to its Service', async () => {
    const { stacks } = await read(chart);
    const [route] = stacks[0]?.gateways?.[0]?.routes ?? [];
    expect(route?.title).toBe('shop.example/');
    expect(route?.to[0]?.address).toMatchObject({
      known: true,
      value: { kind: 'tcp', host: '{{ include "shop.fullname" . }}', port: 80 },
    });
    expect(route?.readTimeout).toMatchObject({ known: true, value: 20 });
  });

  it('keeps every offset, and points at values where they are written', async () => {
    const { stacks, reader } = await read(chart);
    const [forward] = stacks[0]?.places[0]?.names[0]?.forwards ?? [];
    const span = forward?.inside.span;
    expect(span && reader.file(span.file.path)?.text.slice(span.start, span.end)).toBe('http');
    const word = stacks[0]?.launches[0]?.commands[0]?.words[3];
    expect(word?.span.file.path).toBe('chart/values.yaml');
  });

  it('is not known where another file of values says something else', async () => {
    const { stacks } = await read({ ...chart, 'chart/values-prod.yaml': 'bind: 127.0.0.1\n' });
    const words = stacks[0]?.launches[0]?.commands[0]?.words ?? [];
    expect(words[2]?.known).toBe(false);
    expect(words[4]?.known).toBe(true);
  });

  it('leaves out what its values switch off', async () => {
    const values = chart['chart/values.yaml'].replace('enabled: true', 'enabled: false');
    const { stacks } = await read({ ...chart, 'chart/values.yaml': values });
    expect(stacks[0]?.gateways).toEqual([]);
  });

  it('says nothing for certain of a pod to which something unknown is added', async () => {
    const template = chart['chart/templates/deployment.yaml'].replace(
      '          resources:',
      '          {{- include "shop.container" . | nindent 10 }}\n          resources:',
    );
    const { stacks } = await read({ ...chart, 'chart/templates/deployment.yaml': template });
    expect(stacks[0]?.launches[0]?.unresolved).toHaveLength(1);
    expect(stacks[0]?.places[0]?.environmentOpen).toBe(true);
  });

  it('takes files of the chart into a ConfigMap', async () => {
    const nginx = 'server {\n  listen 80;\n}\n';
    const { stacks, reader } = await read({
      ...chart,
      'chart/files/site.conf': nginx,
      'chart/templates/config.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-nginx\ndata:\n  default.conf: |-\n    {{- .Files.Get "files/site.conf" | nindent 4 }}\n',
      'chart/templates/nginx.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: nginx\nspec:\n  containers:\n    - name: nginx\n      image: nginx:1.27\n      volumeMounts:\n        - name: conf\n          mountPath: /etc/nginx/conf.d\n  volumes:\n    - name: conf\n      configMap:\n        name: {{ .Release.Name }}-nginx\n',
    });
    const place = stacks[0]?.places.find(({ title }) => title === 'pod nginx');
    const found = place && locate(reader, place, '/etc/nginx/conf.d/default.conf');
    expect(found?.kind === 'file' && found.file.path).toBe('chart/files/site.conf');
  });
});

describe('an expression', () => {
  const values: Record<string, unknown> = {
    port: 80,
    name: 'shop',
    none: null,
    list: ['a', 'b'],
    deep: { flag: true },
  };

  it.each([
    ['.Values.port', '80'],
    ['$.Values.port', '80'],
    ['.Values.none | default 8000', '8000'],
    ['.Values.missing | default "x" | quote', 'x'],
    ['default .Values.name .Values.none', 'shop'],
    ['printf "%s-%d" .Values.name .Values.port', 'shop-80'],
    ['printf "%s-web" .Values.name | trunc 63 | trimSuffix "-"', 'shop-web'],
    ['and .Values.deep.flag (eq .Values.name "shop")', 'true'],
    ['not .Values.deep.flag', 'false'],
    ['ternary "a" "b" .Values.deep.flag', 'a'],
    ['semverCompare ">=1.19-0" .Capabilities.KubeVersion.GitVersion', 'true'],
    ['.Release.Name', undefined],
    ['include "shop.fullname" .', undefined],
    ['lookup "v1" "Secret" "a" "b"', undefined],
    ['(((', undefined],
    ['.Values.name |', undefined],
  ])('%s', async (text, wanted) => {
    const reader = await memoryReader({ 'values.yaml': JSON.stringify(values) }, 'yaml');
    const file = reader.file('values.yaml');
    const tree = file && reader.yaml(file)?.documents[0];
    const scope: Scope = {
      dot: undefined,
      variables: new Map(),
      atRoot: true,
      root: ([top, ...rest]) => (top === 'Values' ? fromNode(yamlGet(tree, ...rest)) : undefined),
    };
    expect(printed(evaluate(text, scope))).toBe(wanted);
  });
});

describe('a template of any shape', () => {
  it('keeps its length and its lines', () => {
    const pieces = [
      '{{',
      '}}',
      '{{- if .Values.a }}',
      '{{ else }}',
      '{{- end }}',
      '{{ range .x }}',
      'a: |\n',
      '  b: 1\n',
      '{{/* c */}}',
      '- ',
      '\r\n',
      '{{ toYaml .x | nindent 4 }}\n',
      '$',
      '"',
    ];
    let seed = 7;
    for (let round = 0; round < 400; round++) {
      let text = '';
      for (let count = 0; count < 30; count++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        text += pieces[seed % pieces.length];
      }
      const out = render(text, () => undefined).text;
      expect(out.length).toBe(text.length);
      expect(out.replace(/[^\n]/g, '')).toBe(text.replace(/[^\n]/g, ''));
    }
  });
});
