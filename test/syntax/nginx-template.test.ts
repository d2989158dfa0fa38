import { describe, expect, test } from 'vitest';
import { findTags } from '../../src/syntax/nginx/template.js';
import { nginxNames, outline, parseText, places } from '../oracles/nginx-names.js';

function read(text: string) {
  return parseText(text, nginxNames);
}

function holes(text: string): readonly (string | undefined)[][] {
  const tree = read(text);
  return tree.nodes.map(node =>
    node.words.map(word => word.masked?.map(({ start, end }) => text.slice(start, end)).join(' ')),
  );
}

describe('placeholders that are words for nginx', () => {
  test.each([
    ['listen ${PORT};', 'envsubst', '${PORT}'],
    ['listen ${PORT:-80};', 'envsubst', '${PORT:-80}'],
    ['listen $NGINX_PORT;', 'envsubst', '$NGINX_PORT'],
    ['listen @PORT@;', 'placeholder', '@PORT@'],
    ['listen __PORT__;', 'placeholder', '__PORT__'],
    ['listen <port>;', 'placeholder', '<port>'],
    ['listen %PORT%;', 'placeholder', '%PORT%'],
    ['listen {{ port }};', 'jinja', '{{ port }}'],
    ['listen "{{ port }}";', 'jinja', '{{ port }}'],
    ['listen {{ .Values.port }};', 'go', '{{ .Values.port }}'],
    ['listen <%= @port -%>;', 'erb', '<%= @port -%>'],
    ['listen {port};', 'placeholder', '{port}'],
    ['listen ${scheme};', 'none', '${scheme}'],
  ])('%s', (text, template, hole) => {
    expect(read(text)).toMatchObject({ template, problems: [] });
    expect(holes(text)).toEqual([[undefined, hole]]);
  });

  test.each(['return 200 $host;', 'location ~ ^/(?<name>a)$ { }', 'add_header X 100%;', 'a b__c__d;'])(
    'not in %s',
    text => {
      expect(read(text)).toMatchObject({ template: 'none', problems: [] });
      expect(read(text).nodes[0]?.words.some(word => word.masked)).toBe(false);
    },
  );

  test('the value keeps the text of the file', () => {
    const tree = read('server_name www.{{ domain }} {{ other }};\n');
    expect(outline(tree)).toEqual(['server_name | www.{{ domain }} | {{ other }}']);
    expect(tree.nodes[0]?.words[1]?.masked).toEqual([{ start: 16, end: 28, kind: 'expression' }]);
  });
});

describe('placeholders that stand for directives', () => {
  test.each([
    ['{{ extra }}', 'jinja'],
    ['{{ include "x" . }}', 'go'],
    ['<%= @extra %>', 'erb'],
    ['${EXTRA}', 'envsubst'],
    ['$EXTRA', 'envsubst'],
    ['@EXTRA@', 'placeholder'],
    ['EXTRA_LOCATIONS', 'none'],
  ])('%s', (placeholder, template) => {
    const tree = read(`server {\n  ${placeholder}\n  listen 80;\n  ${placeholder}\n}\n`);
    expect(tree).toMatchObject({ template, problems: [] });
    expect(outline(tree)).toEqual(['server', '  listen | 80']);
    expect(tree.masked).toHaveLength(2);
  });

  test('but not where the directive goes on', () => {
    expect(outline(read('{{ name }};\n{{ block }}\n{\n  a;\n}\n'))).toEqual(['{{ name }}', '{{ block }}', '  a']);
    expect(outline(read('server_name\n  {{ names }}\n  ;\n'))).toEqual(['server_name | {{ names }}']);
  });

  test('and where one may bring the ";" along', () => {
    expect(read('server {\n  listen ${LISTEN}\n  server_name a;\n}\n').problems).toEqual([]);
    expect(places(read('server {\n  listen $host\n  server_name a;\n}\n'))).toEqual(['2: missing-semicolon']);
  });
});

describe('branches and loops', () => {
  test('directives in them are marked', () => {
    const tree = read(
      'server {\n{% if ssl %}\n  listen 443 ssl;\n{% else %}\n  listen 80;\n{% endif %}\n  root /a;\n}\n',
    );
    expect(tree).toMatchObject({ template: 'jinja', problems: [] });
    expect(tree.nodes[0]?.children?.map(node => node.conditional ?? false)).toEqual([true, true, false]);
    expect(tree.nodes[0]?.conditional).toBeUndefined();
  });

  test('in a directive', () => {
    const tree = read('listen 80{% if ssl %} ssl{% endif %};\nroot /a;\n');
    expect(outline(tree)).toEqual(['listen | 80 | ssl', 'root | /a']);
    expect(tree.nodes.map(node => node.conditional ?? false)).toEqual([true, false]);
  });

  test('a block opened in either branch', () => {
    const tree = read(
      '{% if a %}\nserver {\n  listen 80;\n{% else %}\nserver {\n  listen 81;\n{% endif %}\n  root /a;\n}\nuser b;\n',
    );
    expect(tree.problems).toEqual([]);
    expect(outline(tree)).toEqual(['server', '  listen | 80', 'server', '  listen | 81', '  root | /a', 'user | b']);
  });

  test('a block closed in either branch', () => {
    const tree = read('server {\n{% if a %}\n  root /a;\n}\n{% else %}\n  root /b;\n}\n{% endif %}\nuser b;\n');
    expect(tree.problems).toEqual([]);
    expect(outline(tree)).toEqual(['server', '  root | /a', '  root | /b', 'user | b']);
  });

  test('braces are not judged where branches hold them', () => {
    expect(read('{% if a %}\nserver {\n{% endif %}\n  listen 80;\n').problems).toEqual([]);
    expect(read('  listen 80;\n{{ if .a }}\n}\n{{ end }}\n').problems).toEqual([]);
  });

  test('but a missing ";" is', () => {
    const tree = read('server {\n{% if a %}\n  index index.html\n  root /a;\n{% endif %}\n}\n');
    expect(places(tree)).toEqual(['3: missing-semicolon']);
  });

  test('where no branch lies between a directive and its end', () => {
    expect(read('server {\n  listen 80\n  {% if a %}ssl;{% else %};{% endif %}\n}\n').problems).toEqual([]);
  });

  test.each([
    [
      'go',
      '{{- if .tls }}\nlisten 443;\n{{- else if .x }}\nlisten 81;\n{{- else }}\nlisten 80;\n{{- end }}\n{{/* c; */}}{{ $x := 1 }}\n',
    ],
    ['go', '{{range $s := .Servers}}\nserver {{$s.Address}};\n{{end}}\n'],
    [
      'erb',
      '<% if @a -%>\nlisten 443;\n<% else -%>\nlisten 80;\n<% end -%>\n<% @list.each do |x| %>\nallow <%= x %>;\n<% end %>\n<%# c; %>\n',
    ],
    ['jinja', '{# a; { #}\n{% set x = "}" %}\n{%- for x in y -%}\nallow {{ x }};\n{%- endfor %}\n{% include "a" %}\n'],
    ['jinja', '# {{ managed }}\nlisten {{ port }};\n'],
    ['jinja', 'a;\n{% raw %}\nreturn 200 "{{ }}";\n{% endraw %}\n'],
  ])('of %s', (template, text) => {
    expect(read(text)).toMatchObject({ template, problems: [] });
  });

  test('a template that makes a template is not judged', () => {
    expect(read(`{{ '{%' }} if a {{ '%}' }}\nlisten 80\n{{ '{%' }} endif {{ '%}' }}\n}`).problems).toEqual([]);
    const raw = read('{% raw %}server {\n  listen {{ port }};\n  root {{ home }}\n}\n{% endraw %}');
    expect(raw).toMatchObject({ nested: true, problems: [] });
    expect(outline(raw)).toEqual(['server', '  listen | {{ port }}', '  root | {{ home }}']);
    expect(read('{% raw %}\nreturn 200 "{{ }}"\n{% endraw %}\nlisten 80;\n').problems).toHaveLength(1);
  });
});

describe('what only looks like a template', () => {
  test.each([
    ['braces in strings', `return 200 '{"a":{"b":1}}';\n`],
    ['braces in Lua', 'init_by_lua_block { x = {{1}, {2}} }\n'],
    ['tags in a comment', '# {% if x %} and {{ x }}\nlisten 80;\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toMatchObject({ template: 'none', problems: [], masked: [] });
  });

  test('two braces around directives', () => {
    expect(places(read('server {{ listen 80; }}\n'))).toEqual(['1: stray']);
  });
});

test('tags of all languages', () => {
  const roles = (text: string) => findTags(text).map(({ role }) => role);
  expect(roles('{% if a %}{% elif b %}{% else %}{% endif %}{% for x in y %}{% endfor %}')).toEqual([
    'open',
    'else',
    'else',
    'end',
    'open',
    'end',
  ]);
  expect(roles('{% include "x" %}{% set a = 1 %}{# {{ a }} #}{{ a }}')).toEqual([
    'insert',
    'silent',
    'silent',
    'expression',
  ]);
  expect(roles('{{ if .a }}{{ else }}{{ end }}{{ with .b }}{{ template "x" }}{{ .c }}{{#if d}}{{/if}}{{> e}}')).toEqual(
    ['open', 'else', 'end', 'open', 'insert', 'expression', 'open', 'end', 'insert'],
  );
  expect(roles('<% if a %><% elsif b %><% end %><% x.each do |y| %><% end %><%= y %><%# z %><%- w -%>')).toEqual([
    'open',
    'else',
    'end',
    'open',
    'end',
    'expression',
    'silent',
    'silent',
  ]);
  expect(roles('{{ a; b }} {{ unfinished')).toEqual([]);
});

test('an open block reaches to the end of whatever in it ends last', () => {
  const tree = read(
    'http {\n  server {\n{% if tls %}\n  }\n  map $a $b { }\n{% else %}\n    listen 80;\n  }\n{% endif %}\n',
  );
  const [http] = tree.nodes;
  const [server, map] = http?.children ?? [];
  expect([server?.name, map?.name]).toEqual(['server', 'map']);
  expect(server?.end).toBeGreaterThan(map?.end ?? Number.POSITIVE_INFINITY);
  expect(http?.end).toBe(server?.end);
});
