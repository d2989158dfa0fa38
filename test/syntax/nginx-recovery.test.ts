import { describe, expect, test } from 'vitest';
import { messages, nginxNames, outline, parseText, places, repaired } from '../oracles/nginx-names.js';

const site = `http {
    upstream app {
        server 127.0.0.1:8000;
        server 127.0.0.1:8001;
    }
    map $http_upgrade $connection {
        default upgrade;
        ''      close;
    }
    server {
        listen 80;
        server_name example.com
                    www.example.com;
        location / {
            proxy_pass http://app;
            proxy_set_header Host $host;
        }
        location /static/ {
            root /srv;
        }
    }
}
`;

const whole = outline(parseText(site));

/** The file with one change, read with the directives that nginx knows. */
function changed(from: string, to: string) {
  expect(site.split(from).length).toBeGreaterThan(1);
  return parseText(site.replace(from, to), nginxNames);
}

test('the file as it is', () => {
  expect(parseText(site, nginxNames).problems).toEqual([]);
});

describe('a missing semicolon', () => {
  test.each([
    ['listen 80;', 'listen 80', '11: missing-semicolon'],
    ['server 127.0.0.1:8000;', 'server 127.0.0.1:8000', '3: missing-semicolon'],
    ['proxy_pass http://app;', 'proxy_pass http://app', '15: missing-semicolon'],
    ['proxy_pass http://app;', 'proxy_pass http://app # the app', '15: missing-semicolon'],
    ['www.example.com;', 'www.example.com', '13: missing-semicolon'],
    ['default upgrade;', 'default upgrade', '7: missing-semicolon'],
    ['root /srv;', 'root /srv', '19: missing-semicolon'],
    ['root /srv;', 'root /srv:', '19: missing-semicolon'],
    ['listen 80;', 'listen 80:', '11: missing-semicolon'],
  ])('%s as %s', (from, to, place) => {
    const tree = changed(from, to);
    expect(places(tree)).toEqual([place]);
    const fixed = parseText(repaired(tree) ?? '', nginxNames);
    expect(fixed.problems).toEqual([]);
    expect(outline(fixed)).toEqual(whole);
  });

  test('is told in plain words, with what nginx says where nginx says it', () => {
    const unnoticed = changed('listen 80;', 'listen 80');
    expect(messages(unnoticed)).toEqual(['";" is missing after "listen 80"']);
    expect(unnoticed.problems[0]).toMatchObject({ heuristic: true });
    expect(unnoticed.refusal).toBeUndefined();
    const noticed = changed('root /srv;', 'root /srv:');
    expect(messages(noticed)).toEqual(['"root /srv:" ends with ":" where ";" belongs']);
    expect(noticed.problems[0]).toMatchObject({ nginx: 'unexpected "}"' });
    expect(noticed.problems[0]?.heuristic).toBeUndefined();
    expect(noticed.refusal).toEqual({ message: 'unexpected "}"', line: 20 });
  });

  test('a ":" in its place is no part of the word, but that of a socket or an address is', () => {
    const tree = parseText('server {\n  listen 80:\n  root /a;\n  set_real_ip_from unix:\n  deny ::\n}\n', nginxNames);
    expect(outline(tree)).toEqual([
      'server',
      '  listen | 80',
      '  root | /a',
      '  set_real_ip_from | unix:',
      '  deny | ::',
    ]);
    expect(repaired(tree)).toBe('server {\n  listen 80;\n  root /a;\n  set_real_ip_from unix:;\n  deny ::;\n}\n');
  });

  test('before a block', () => {
    const tree = parseText('server {\n  root /srv\n  location / { }\n}\n', nginxNames);
    expect(outline(tree)).toEqual(['server', '  root | /srv', '  location | /']);
    expect(tree.problems).toMatchObject([{ nginx: 'directive "root" is not terminated by ";"', heuristic: true }]);
  });

  test('at the end of the file', () => {
    const tree = parseText('user www;\npid /run/x.pid\n# end\n', nginxNames);
    expect(places(tree)).toEqual(['2: missing-semicolon']);
    expect(outline(tree)).toEqual(['user | www', 'pid | /run/x.pid']);
  });

  test('several of them', () => {
    const tree = parseText('server {\n  listen 80\n  root /srv\n  index a b\n}\n', nginxNames);
    expect(places(tree)).toEqual(['2: missing-semicolon', '3: missing-semicolon', '4: missing-semicolon']);
    expect(outline(tree)).toEqual(['server', '  listen | 80', '  root | /srv', '  index | a | b']);
  });

  test('in a line that is indented deeper, where nginx refuses the words together', () => {
    const tree = parseText('server {\n  root /srv\n    index a;\n}\n', nginxNames);
    expect(places(tree)).toEqual(['2: missing-semicolon']);
  });

  test('where the last word of a block ends with the brace', () => {
    const tree = parseText('location /a { return 200}\nlocation /b { return 204; }\n', nginxNames);
    expect(places(tree)).toEqual(['1: missing-semicolon']);
    expect(outline(tree)).toEqual(['location | /a', '  return | 200', 'location | /b', '  return | 204']);
  });

  test('of text that leaves something out has no repair', () => {
    const tree = parseText('server {\n  ...\n  listen 80;\n}\n', nginxNames);
    expect(places(tree)).toEqual(['2: missing-semicolon']);
    expect(tree.problems[0]?.repair).toBeUndefined();
    expect(outline(tree)).toEqual(['server', '  ...', '  listen | 80']);
  });

  test('is not looked for without names', () => {
    const tree = parseText('server {\n  listen 80\n  root /srv;\n}\n');
    expect(tree.problems).toEqual([]);
    expect(outline(tree)).toEqual(['server', '  listen | 80 | root | /srv']);
  });
});

describe('arguments on lines of their own are no missing semicolon', () => {
  test.each([
    ['names of directives that may not stand there', 'server {\n  proxy_hide_header\n  upstream;\n}'],
    ['a flag that the line does not complete', 'server {\n  listen 443 ssl\n  http2;\n}'],
    ['deeper lines', 'server {\n  access_log /a.log main\n    gzip buffer=1m;\n}'],
    ['the words of a header', 'server {\n  add_header X-Mode\n    "a" always;\n}'],
    ['words of a map', 'map $a $b {\n  default\n    root;\n  index 1;\n}'],
    ['words of types', 'types {\n  text/html html\n    htm;\n}'],
    ['the second line of a condition', 'server {\n  if ($a\n    = b) {\n    return 404;\n  }\n}'],
    ['names in quotes', 'server {\n  add_header X\n  "root" always;\n}'],
    ['a head on two lines', 'map\n  $a\n  $b {\n  default 1;\n}'],
  ])('%s', (_, text) => {
    expect(parseText(text, nginxNames).problems).toEqual([]);
  });
});

describe('a missing opening brace', () => {
  test.each([
    ['server {', 'server', '10: missing-open'],
    ['location / {', 'location /', '14: missing-open'],
    ['upstream app {', 'upstream app', '2: missing-open'],
    ['map $http_upgrade $connection {', 'map $http_upgrade $connection', '6: missing-open'],
    ['http {', 'http', '1: missing-open'],
  ])('%s', (from, to, place) => {
    const tree = changed(from, to);
    expect(places(tree)).toEqual([place]);
    expect(outline(tree)).toEqual(whole);
    expect(outline(parseText(repaired(tree) ?? ''))).toEqual(whole);
  });

  test('of a directive that nginx does not know', () => {
    const tree = parseText('location /\n  proxy_passs http://a;\n}\n', nginxNames);
    expect(places(tree)).toEqual(['1: missing-open']);
    expect(tree.problems[0]).toMatchObject({ nginx: 'directive "location" has no opening "{"' });
  });

  test('`server` of an upstream is no block', () => {
    const tree = parseText('upstream a {\n  server b:80\n  keepalive 4;\n}\n', nginxNames);
    expect(places(tree)).toEqual(['2: missing-semicolon']);
  });

  test('a ";" in its place', () => {
    const tree = parseText('server {\n  location /;\n  {\n    root /a;\n  }\n}\n');
    expect(places(tree)).toEqual(['2: stray']);
    expect(outline(tree)).toEqual(['server', '  location | /', '    root | /a']);
    expect(parseText(repaired(tree) ?? '').problems).toEqual([]);
  });
});

describe('a missing closing brace', () => {
  test.each([
    ['    }\n    map', '    map', '4: missing-close'],
    ['close;\n    }\n', 'close;\n', '8: missing-close'],
    ['$host;\n        }\n', '$host;\n', '16: missing-close'],
    ['/srv;\n        }\n', '/srv;\n', '19: missing-close'],
    ['        }\n    }\n}', '        }\n}', '20: missing-close'],
    ['    }\n}\n', '    }\n', '21: missing-close'],
  ])('%j as %j', (from, to, place) => {
    const tree = changed(from, to);
    expect(places(tree)).toEqual([place]);
    expect(outline(tree)).toEqual(whole);
    expect(tree.refusal?.message).toBe('unexpected end of file, expecting "}"');
  });

  test('names the block and its line', () => {
    expect(messages(changed('$host;\n        }\n', '$host;\n'))).toEqual([
      '"}" is missing here: it closes "location" of line 14',
    ]);
    expect(messages(parseText('http {\n  server {\n'))).toEqual([
      '2 "}" are missing at the end of the file: "server" of line 2, "http" of line 1 are never closed',
    ]);
  });

  test('of a map, by the block behind it', () => {
    const tree = parseText('http {\nmap $a $b {\nx y;\n\nserver {\nlisten 80;\n}\n}\n', nginxNames);
    expect(places(tree)).toEqual(['3: missing-close']);
    expect(outline(tree)).toEqual(['http', '  map | $a | $b', '    x | y', '  server', '    listen | 80']);
  });

  test('by the name of a directive that cannot stand there', () => {
    const tree = parseText('server {\nlisten 80;\nlocation / {\nroot /a;\n\nserver {\nlisten 81;\n}\n', nginxNames);
    expect(places(tree)).toEqual(['4: missing-close', '4: missing-close']);
    expect(outline(tree)).toEqual([
      'server',
      '  listen | 80',
      '  location | /',
      '    root | /a',
      'server',
      '  listen | 81',
    ]);
  });
});

describe('a closing brace too many', () => {
  test.each([
    ['$host;\n        }\n', '$host;\n        }\n        }\n', '18: extra-close'],
    ['8001;\n    }\n', '8001;\n    }\n    }\n', '6: extra-close'],
    ['    }\n}\n', '    }\n}\n}\n', '23: extra-close'],
    ['        listen 80;', '        listen 80;\n}', '12: extra-close'],
  ])('%j as %j', (from, to, place) => {
    const tree = changed(from, to);
    expect(places(tree)).toEqual([place]);
    expect(outline(tree)).toEqual(whole);
    expect(tree.refusal?.message).toBe('unexpected "}"');
  });

  test('";" behind it', () => {
    const tree = changed('$host;\n        }', '$host;\n        };');
    expect(places(tree)).toEqual(['17: stray']);
    expect(repaired(tree)).toBe(site);
    expect(outline(tree)).toEqual(whole);
  });
});

describe('quotes', () => {
  test('never closed: reported where it opens', () => {
    const tree = parseText('location / {\n  add_header X "value;\n  root /a;\n}\nuser b;\n', nginxNames);
    expect(places(tree)).toEqual(['2: quote']);
    expect(outline(tree)).toEqual(['location | /', '  add_header | X | value', '  root | /a', 'user | b']);
    expect(repaired(tree)).toBe('location / {\n  add_header X "value";\n  root /a;\n}\nuser b;\n');
  });

  test('closed by the next string', () => {
    const tree = parseText("log_format a '$host;\nroot /a;\nadd_header X 'b c';\n");
    expect(places(tree)).toEqual(['1: quote']);
    expect(outline(tree)).toEqual(['log_format | a | $host', 'root | /a', 'add_header | X | b c']);
    expect(tree.refusal).toEqual({ message: 'unexpected "b"', line: 3 });
  });

  test('with a comment on its line, or a block behind it', () => {
    expect(outline(parseText('c "d {\n e;\n}\n'))).toEqual(['c | d', '  e']);
    expect(outline(parseText('a "b; # c\nd;'))).toEqual(['a | b', 'd']);
  });

  test('words with spaces have no sure repair', () => {
    expect(parseText('add_header X "a b;\nroot /a;\n').problems[0]?.repair).toBeUndefined();
    expect(parseText('if ($a = "b) {\n}\n').problems[0]?.repair).toBeUndefined();
  });

  test('a quote that was never opened', () => {
    const tree = parseText(
      'server {\n  add_header X-A max-age=1; \n  error_page 404 /a b";\n  root a b";\n}\n',
      nginxNames,
    );
    expect(places(tree)).toEqual(['4: quote']);
    expect(tree.problems[0]).toMatchObject({
      heuristic: true,
      nginx: 'invalid number of arguments in "root" directive',
    });
  });
});

describe('braces of a regular expression without quotes', () => {
  test('are read as a part of the word', () => {
    const tree = parseText('server {\n  location ~ ^/\\d{4}/x{1,2}$ {\n    root /a;\n  }\n}\n');
    expect(places(tree)).toEqual(['2: brace-in-word']);
    expect(outline(tree)).toEqual(['server', '  location | ~ | ^/\\d{4}/x{1,2}$', '    root | /a']);
    expect(repaired(tree)).toBe('server {\n  location ~ "^/\\d{4}/x{1,2}$" {\n    root /a;\n  }\n}\n');
    expect(tree.refusal).toEqual({ message: 'unexpected end of file, expecting "}"', line: 6 });
  });
});

test('a block where none may stand', () => {
  const tree = parseText('map $a $b {\n  x { y z; }\n}\n', nginxNames);
  expect(places(tree)).toEqual(['2: stray']);
  expect(tree.problems[0]).toMatchObject({ nginx: 'unexpected "{"', heuristic: true });
  expect(parseText('map $a $b {\n  x { y z; }\n}\n').problems).toEqual([]);
});

test('Lua without an end takes no more than its block', () => {
  const tree = parseText('server {\n  content_by_lua_block {\n    x = [[a\n  }\n  root /a;\n}\n');
  expect(places(tree)).toEqual(['2: lua']);
  expect(outline(tree)).toEqual(['server', '  content_by_lua_block', '  root | /a']);
});
