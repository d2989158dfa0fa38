import { waitingOf } from '../../src/facts/waiting.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { numberPassed } from '../../src/model/calls.js';
import { originOf, seconds } from '../../src/model/describe.js';
import type { PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import { type Known, valueOf as knownValue } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/**
 * uWSGI does not start when `cheaper` (the least number of workers) is not below `processes` (the largest). And one worker that takes one
 * request at a time makes all users wait for the slowest: advice, and only where a view is seen to wait for something.
 */
export const rule: Rule = {
  id: 'limits/too-few-workers',
  summary: 'Fewer workers than the settings or the views need',
  severity: 'error',
  symptom: '502',
  fix: 'unsafe',
  proof: ['cheaper-not-below-processes'],

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { servers, hops } of deployment.stacks) {
      for (const server of servers) {
        const finding = cheaperFinding(server);
        if (finding) report(finding);
      }
      const tied = hops.filter(isTied);
      for (const server of new Set(tied.map(hop => hop.server))) {
        const finding = singleWorker(
          server,
          tied.filter(hop => hop.server === server),
        );
        if (finding) report(finding);
      }
    }
  },
};

/** Source: core/uwsgi.c (`uwsgi_start`) of 2.0.21, "invalid cheaper value: must be lower than processes". */
function cheaperFinding({ kind, settings, worker, launch }: AppServer): Finding | undefined {
  const cheaper = settings.get('cheaper');
  const { processes } = worker;
  if (kind !== 'uwsgi' || !cheaper?.known || typeof cheaper.value !== 'number' || !cheaper.span) return undefined;
  if (!processes.known || cheaper.value <= 0 || cheaper.value < processes.value) return undefined;
  // What starts a file that nobody is seen to start may set more.
  if (processes.origin === 'default' && launch.kind === 'information') return undefined;
  const lower = processes.value - 1;
  const literal = spanText(cheaper.span) === String(cheaper.value) && lower > 0;
  return {
    span: cheaper.span,
    message:
      `uWSGI is to keep at least ${cheaper.value} workers (${originOf(cheaper)}) of at most ${processes.value} (${originOf(processes)}). ` +
      '"cheaper" must be below "processes": uWSGI exits at the start, and every request is answered with 502.',
    related: processes.span ? [{ span: processes.span, message: 'the largest number of workers' }] : [],
    fixes: literal
      ? [
          {
            title: `Set ${cheaper.name} to ${lower}`,
            safety: 'unsafe',
            edits: [{ span: cheaper.span, text: String(lower) }],
          },
        ]
      : [],
    log: 'invalid cheaper value: must be lower than processes',
  };
}

function singleWorker(server: AppServer, hops: readonly TiedHop[]): Finding | undefined {
  const { worker, development, place, kind, launch } = server;
  const { processes, threads, concurrency } = worker;
  if (development || place.kind === 'pod' || concurrency !== 'sync' || knownValue(threads) !== 1) return undefined;
  if (!processes.known || processes.value !== 1 || hops.some(({ route }) => route.to.length > 1)) return undefined;
  if (processes.origin === 'default' && launch.kind === 'information') return undefined;
  const waits = slowCall(server);
  if (!waits) return undefined;
  return {
    span: processes.span ?? server.span,
    severity: 'info',
    symptom: '504',
    message:
      `${kind} runs one worker that takes one request at a time (${howMany(processes)}), and ${waits.handler} waits there for ${waits.call.name}() ` +
      `(${waits.how}). Meanwhile nobody else gets an answer: one slow reply makes all pages slow, and then 504.`,
    related: [{ span: waits.call.span, message: `${waits.handler} waits here` }],
  };
}

function howMany(processes: Known<number>): string {
  return processes.origin === 'default' ? 'no number of workers is set' : originOf(processes);
}

interface Wait {
  readonly handler: string;
  readonly call: PyCall;
  readonly how: string;
}

/** A call in a view that lasts a second or longer, or that nothing ends. */
function slowCall({ entry }: AppServer): Wait | undefined {
  for (const { name, calls } of entry?.handlers ?? []) {
    for (const call of calls) {
      const waiting = waitingOf(call.name, key => numberPassed(call, key));
      if (waiting.kind === 'for ever') return { handler: name, call, how: 'without a limit' };
      if (waiting.kind === 'seconds' && waiting.seconds >= 1)
        return { handler: name, call, how: `up to ${seconds(waiting.seconds)}` };
    }
  }
  return undefined;
}
