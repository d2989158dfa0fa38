import { baseName } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';

/**
 * What the files say that nginx, its Debian package, its official image and certbot bring, as far as it matters here: the same
 * directives in our own order. Types and character sets are left out, since nothing is asked of them.
 */
const requestParameters: readonly (readonly [string, string])[] = [
  ['QUERY_STRING', '$query_string'],
  ['REQUEST_METHOD', '$request_method'],
  ['CONTENT_TYPE', '$content_type'],
  ['CONTENT_LENGTH', '$content_length'],
  ['REQUEST_URI', '$request_uri'],
  ['DOCUMENT_ROOT', '$document_root'],
  ['SERVER_PROTOCOL', '$server_protocol'],
  ['REQUEST_SCHEME', '$scheme'],
  ['HTTPS', '$https if_not_empty'],
  ['REMOTE_ADDR', '$remote_addr'],
  ['REMOTE_PORT', '$remote_port'],
  ['SERVER_PORT', '$server_port'],
  ['SERVER_NAME', '$server_name'],
];

function parameters(directive: string, more: readonly (readonly [string, string])[]): string {
  return [...requestParameters, ...more].map(([name, value]) => `${directive} ${name} ${value};\n`).join('');
}

const fastcgi = parameters('fastcgi_param', [
  ['SCRIPT_NAME', '$fastcgi_script_name'],
  ['DOCUMENT_URI', '$document_uri'],
  ['GATEWAY_INTERFACE', 'CGI/1.1'],
  ['SERVER_SOFTWARE', 'nginx/$nginx_version'],
  ['REMOTE_USER', '$remote_user'],
  ['SERVER_ADDR', '$server_addr'],
  ['REDIRECT_STATUS', '200'],
]);
const fastcgiConf = `${fastcgi}fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n`;

const stock: Readonly<Record<string, string>> = {
  'mime.types': '',
  'koi-utf': '',
  'koi-win': '',
  'win-utf': '',
  uwsgi_params: parameters('uwsgi_param', [['PATH_INFO', '$document_uri']]),
  scgi_params: parameters('scgi_param', [
    ['SCGI', '1'],
    ['DOCUMENT_URI', '$document_uri'],
  ]),
  fastcgi_params: fastcgi,
  'fastcgi.conf': fastcgiConf,
  proxy_params: [
    'proxy_set_header Host $http_host;',
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Proto $scheme;\n',
  ].join('\n'),
  'snippets/snakeoil.conf':
    'ssl_certificate /etc/ssl/certs/ssl-cert-snakeoil.pem;\nssl_certificate_key /etc/ssl/private/ssl-cert-snakeoil.key;\n',
  'snippets/fastcgi-php.conf': `fastcgi_split_path_info ^(.+?\\.php)(/.*)$;\ntry_files $fastcgi_script_name =404;\nset $path_info $fastcgi_path_info;\nfastcgi_param PATH_INFO $path_info;\nfastcgi_index index.php;\n${fastcgiConf}`,
  'conf.d/default.conf':
    'server {\n  listen 80;\n  server_name localhost;\n  location / { root /usr/share/nginx/html; index index.html index.htm; }\n  error_page 500 502 503 504 /50x.html;\n  location = /50x.html { root /usr/share/nginx/html; }\n}\n',
  'options-ssl-nginx.conf':
    'ssl_session_cache shared:le_nginx_SSL:10m;\nssl_session_timeout 1440m;\nssl_session_tickets off;\nssl_protocols TLSv1.2 TLSv1.3;\nssl_prefer_server_ciphers off;\nssl_ciphers HIGH;\n',
};

/** Folders that hold nginx's own configuration on the machines and in the images that are in use. */
export const nginxFolders = [
  '/etc/nginx',
  '/usr/local/etc/nginx',
  '/usr/local/nginx/conf',
  '/usr/local/openresty/nginx/conf',
  '/opt/nginx/conf',
  '/etc/openresty',
  '/opt/homebrew/etc/nginx',
];

/** Path of `inside` below one of nginx's own folders; undefined when it lies elsewhere. */
export function belowNginxFolder(inside: string): string | undefined {
  const folder = nginxFolders.find(candidate => inside.startsWith(`${candidate}/`));
  return folder === undefined ? undefined : inside.slice(folder.length + 1);
}

/**
 * The stock file at a path inside a place, or behind a relative `include`; undefined where the distribution and the images
 * bring none of this name. Its text is ours, so no finding may point into it.
 */
export function stockFile(path: string): SourceFile | undefined {
  const below = path.startsWith('/') ? (belowNginxFolder(path) ?? letsEncrypt(path)) : path.replace(/^(?:\.\/)+/, '');
  if (below === undefined || !Object.hasOwn(stock, below)) return undefined;
  return { path: `nginx:${baseName(below)}`, text: stock[below] ?? '' };
}

/** True for a glob over files that only load modules, which Debian fills when packages are installed. */
export function onlyLoadsModules(path: string): boolean {
  return /(?:^|\/)(?:modules-enabled\/\*(?:\.conf)?|share\/nginx\/modules\/\*\.conf)$/.test(path);
}

function letsEncrypt(path: string): string | undefined {
  return /^\/etc\/letsencrypt\/(?:[^/]+\/)*options-ssl-nginx\.conf$/.test(path) ? 'options-ssl-nginx.conf' : undefined;
}
