import { blockingCall } from './python-web.js';

/** What a call to the outside may last, by its name and arguments. */
export type Waiting =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** Nothing ends it. */
  | { readonly kind: 'for ever'; readonly parameter: string }
  /** It ends in time, or that cannot be told. */
  | { readonly kind: 'unknown' };

/** Calls that only make an object: the waiting happens later, elsewhere. */
const constructors =
  /^(?:httpx\.(?:Async)?Client|urllib3\.PoolManager|aiohttp\.ClientSession|http\.client\.HTTPS?Connection|psycopg_pool\.ConnectionPool|pymongo\.MongoClient|redis\.(?:Strict)?Redis|redis\.from_url|boto3\.(?:client|resource)|elasticsearch\.Elasticsearch|openai\.OpenAI|sqlalchemy\.create_engine|xmlrpc\.client\.ServerProxy|kafka\.KafkaProducer|tornado\.httpclient\.HTTPRequest|sqlite3\.connect|ldap3\.Connection)$/;

/** Calls over the network for which nothing but a timeout of their own ends the wait. Local waits and processes are left out. */
const network =
  /^(?:requests\.|urllib\.request\.|http\.client\.|socket\.create_connection$|smtplib\.|ftplib\.|imaplib\.|poplib\.|paramiko\.|telnetlib\.)/;

/**
 * How long a call may last. `argument` gives the number passed under a name or at a position: a number, null for None, undefined where
 * nothing is passed, and `unknown` where that cannot be told.
 */
export function waitingOf(
  name: string,
  argument: (key: string | number) => number | null | undefined | 'unknown',
): Waiting {
  const facts = blockingCall(name);
  if (!facts) return { kind: 'unknown' };
  if (name === 'time.sleep') {
    const given = argument(0) ?? argument('secs');
    return typeof given === 'number' ? { kind: 'seconds', seconds: given } : { kind: 'unknown' };
  }
  if (constructors.test(name)) return { kind: 'unknown' };
  const parameter = facts.timeoutParameter;
  if (parameter === null || !/^\w+$/.test(parameter)) return { kind: 'unknown' };
  const given = argument(parameter) ?? (facts.position === undefined ? undefined : argument(facts.position));
  if (given === 'unknown') return { kind: 'unknown' };
  if (typeof given === 'number') return { kind: 'seconds', seconds: facts.milliseconds ? given / 1000 : given };
  if (given === undefined && facts.default !== null) return { kind: 'unknown' };
  return network.test(name) ? { kind: 'for ever', parameter } : { kind: 'unknown' };
}
