import { insertLines } from '../../src/edits/headers.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { type LargeCookie, largeCookie, largestHead, signedSession } from '../../src/model/answer.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { sourceOf } from '../../src/model/describe.js';
import type { EntryPoint } from '../../src/model/entry.js';
import { bytesOf, type Inherited, inheritance, showBytes, wordInEffect } from '../../src/model/inherit.js';
import type { Word } from '../../src/model/word.js';

/** One page of memory on the usual machines: nginx's default for the head of an answer. */
const page = 4096;

/**
 * The whole head of an answer has to fit into one buffer. What outgrows it: a view that is seen to write more than that, cookies that the code
 * sets with a long literal value, and sessions that Django keeps in the cookie itself.
 */
export const rule: Rule = {
  id: 'limits/response-header',
  summary: 'Headers or cookies that outgrow the buffer that nginx has for the head of an answer',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['big-response-header-default', 'uwsgi-buffer-size-response-headers'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        const buffer = bufferOf(hop, lines);
        if (!buffer) continue;
        const { family, bytes, word } = buffer;
        const { entry } = hop.server;
        const head = entry && largestHead(entry);
        const certain = head && head.bytes > bytes ? head : undefined;
        const found = certain ?? (bytes > page || !entry ? undefined : cookieOf(entry));
        if (!found) continue;
        const { title, pass } = hop.route;
        const source = word
          ? sourceOf({
              name: `${family}_buffer_size`,
              origin: 'config file',
              span: word.span,
              known: true,
              value: bytes,
            })
          : `${family}_buffer_size, the default`;
        report({
          span: word?.span ?? pass.span,
          severity: certain ? 'warning' : 'info',
          message:
            `nginx takes the head of an answer of ${title} up to ${showBytes(bytes)} (${source}), and ${found.what}. ` +
            `${certain ? 'Its answers are a 502.' : 'A user for whom it does not fit gets 502.'} ` +
            `More room takes ${family}_buffer_size, ${family}_buffers and ${family}_busy_buffers_size together.`,
          related: [
            { span: found.span, message: certain ? 'the headers are written here' : 'the cookie' },
            ...(word ? [{ span: pass.span, message: 'the answers come through here' }] : []),
          ],
          fixes: certain ? moreRoom(hop, family, certain.bytes, lines) : [],
          log: 'upstream sent too big header while reading response header from upstream',
        });
      }
    }
  },
};

interface Buffer {
  readonly family: string;
  readonly bytes: number;
  readonly word?: Word;
}

function bufferOf({ route, gateway }: TiedHop, lines: Inherited): Buffer | undefined {
  const family = /^(proxy|uwsgi|fastcgi|scgi)_pass$/.exec(route.pass.directive)?.[1];
  if (!family || gateway.kind !== 'nginx') return undefined;
  const word = wordInEffect(lines(route.scope, `${family}_buffer_size`));
  if (word === 'unset') return { family, bytes: page };
  const bytes = word && bytesOf(word.text);
  return bytes === undefined || !word ? undefined : { family, bytes, word };
}

/** Only where nobody sets one of the three, since they have to fit together. */
function moreRoom({ route }: TiedHop, family: string, bytes: number, lines: Inherited): readonly Fix[] {
  const names = ['buffer_size', 'buffers', 'busy_buffers_size'].map(name => `${family}_${name}`);
  if (names.some(name => lines(route.scope, name)?.length !== 0)) return [];
  let kilobytes = 8;
  while (kilobytes * 1024 < bytes + 1024) kilobytes *= 2;
  const values = [`${kilobytes}k`, `8 ${kilobytes}k`, `${2 * kilobytes}k`];
  const edit = insertLines(
    route.pass.span,
    names.map((name, i) => `${name} ${values[i]};`),
  );
  return [{ title: `Give the head ${kilobytes} KB`, safety: 'unsafe', edits: [edit] }];
}

function cookieOf(entry: EntryPoint): LargeCookie | undefined {
  return largeCookie(entry) ?? signedSession(entry);
}
