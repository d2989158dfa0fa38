import type { NginxDirective } from '../../../model/gateway.js';
import type { Word } from '../../../model/word.js';
import { nearNames } from '../near.js';
import { allRead, type Evidence, type Report } from './evidence.js';
import { writeInstead } from './repair.js';

/** What one directive defines by a name and others ask for. */
interface Reference {
  readonly what: string;
  readonly definedBy: string;
  /** The name that a defining directive gives. */
  readonly definition: (directive: NginxDirective) => string | undefined;
  readonly always?: readonly string[];
  /** What the main file of nginx's own image defines, where that is the one around these files. */
  readonly outer?: readonly string[];
  readonly askedBy: string;
  /** The word that asks, and the name in it. */
  readonly asked: (directive: NginxDirective) => { readonly word: Word; readonly name: string } | undefined;
  readonly log: (name: string, directive: string) => string;
}

const zoneIn = (key: string) => (directive: NginxDirective) => {
  const word = directive.args.find(({ text }) => text.startsWith(`${key}=`));
  return word?.text.slice(key.length + 1).split(':', 1)[0];
};

const cacheOf = (family: string): Reference => ({
  what: 'cache zone',
  definedBy: `${family}_cache_path`,
  definition: zoneIn('keys_zone'),
  askedBy: `${family}_cache`,
  asked: ({ args: [word] }) => (word && !/\$|^off$/.test(word.text) ? { word, name: word.text } : undefined),
  log: (name, directive) => `"${directive}" zone "${name}" is unknown`,
});

const references: readonly Reference[] = [
  {
    what: 'log format',
    definedBy: 'log_format',
    definition: ({ args: [name] }) => name?.text,
    always: ['combined'],
    outer: ['main'],
    askedBy: 'access_log',
    asked: ({ args: [path, word] }) =>
      word && path?.text !== 'off' && !/^(?:buffer|flush|gzip|if)(?:=|$)/.test(word.text)
        ? { word, name: word.text }
        : undefined,
    log: name => `unknown log format "${name}"`,
  },
  {
    what: 'zone',
    definedBy: 'limit_req_zone',
    definition: zoneIn('zone'),
    askedBy: 'limit_req',
    asked: ({ args }) => {
      const word = args.find(({ text }) => text.startsWith('zone='));
      return word && { word, name: word.text.slice('zone='.length) };
    },
    log: name => `zero size shared memory zone "${name}"`,
  },
  {
    what: 'zone',
    definedBy: 'limit_conn_zone',
    definition: zoneIn('zone'),
    askedBy: 'limit_conn',
    asked: ({ args: [word] }) => word && { word, name: word.text },
    log: name => `zero size shared memory zone "${name}"`,
  },
  ...['proxy', 'fastcgi', 'uwsgi', 'scgi'].map(cacheOf),
];

const concerned: ReadonlySet<string> = new Set(references.flatMap(({ definedBy, askedBy }) => [definedBy, askedBy]));

/** Names of zones and log formats that nothing defines; only where every file of the configuration was read. */
export function checkNames(evidence: Evidence, report: Report): void {
  if (!allRead(evidence)) return;
  const own = new Map<string, NginxDirective[]>([...concerned].map(name => [name, []]));
  for (const { context, directives } of evidence.scopes) {
    if (/^(?:stream|mail)/.test(context)) continue;
    for (const directive of directives) own.get(directive.name)?.push(directive);
  }
  for (const reference of references) {
    const asking = (own.get(reference.askedBy) ?? []).filter(({ stock }) => !stock);
    if (asking.length === 0) continue;
    const defining = own.get(reference.definedBy) ?? [];
    if (defining.some(({ args }) => args.some(word => !word.known))) continue;
    const outer = evidence.roots.some(root => root.context === 'main') ? [] : (reference.outer ?? []);
    const names = [...(reference.always ?? []), ...outer, ...defining.flatMap(one => reference.definition(one) ?? [])];
    for (const directive of asking) checkName(directive, reference, names, report);
  }
}

function checkName(
  directive: NginxDirective,
  { what, asked, log, definedBy }: Reference,
  names: readonly string[],
  report: Report,
): void {
  const found = asked(directive);
  if (!found?.word.known || names.includes(found.name)) return;
  const { word, name } = found;
  const near = nearNames(name, names);
  const better =
    near.length === 1 && near[0] !== undefined
      ? word.text.slice(0, word.text.length - name.length) + near[0]
      : undefined;
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '.';
  report({
    kind: 'nginx/bad-value',
    span: word.span,
    message: `No ${definedBy} defines the ${what} "${name}"${hint} nginx does not start`,
    log: log(name, directive.name),
    ...(better !== undefined && { repairs: [writeInstead(word.span, better)] }),
  });
}
