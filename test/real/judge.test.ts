import { describe, expect, it } from 'vitest';
import { differences } from './judge.js';
import type { Observation } from './replay.js';
import type { Result } from './requests.js';
import type { Recorded, Scenario, Status } from './scenario.js';

function result(status: Status, more: Partial<Result> = {}): Result {
  return { status, elapsed: 0.1, headers: {}, body: '', ...more };
}

function observation(statuses: readonly Status[], more: Partial<Observation> = {}): Observation {
  return { results: statuses.map(status => result(status)), exits: {}, nginxLog: [], appLog: [], ...more };
}

function cleanStack(recorded: Recorded, more: Partial<Scenario> = {}): Scenario {
  const fixed = { name: 'x', folder: '/x', title: 't', why: 'w', layer: 'cross', port: 80, run: [], requests: [] };
  return { ...fixed, clean: true, observed: { clean: recorded }, ...more };
}

function judgedClean(recorded: Recorded, seen: Observation, more: Partial<Scenario> = {}): readonly string[] {
  return differences(cleanStack(recorded, more), { clean: seen });
}

describe('against the record', () => {
  it('agrees with what was recorded', () => {
    expect(judgedClean({ statuses: [200, 200] }, observation([200, 200]))).toEqual([]);
  });

  it('takes any of several permitted statuses', () => {
    expect(judgedClean({ statuses: [[200, 204]] }, observation([204]))).toEqual([]);
  });

  it('tells another status', () => {
    expect(judgedClean({ statuses: [201] }, observation([200]))).toEqual(['clean: statuses [200], recorded [201]']);
  });

  it('tells a request that is missing', () => {
    expect(judgedClean({ statuses: [200, 200] }, observation([200]))).toEqual([
      'clean: statuses [200], recorded [200,200]',
    ]);
  });

  it('tells a server that ended in another way', () => {
    const seen = observation([200], { exits: { app: 3 } });
    expect(judgedClean({ statuses: [200], exit: { app: 1 } }, seen, { exits_ok: true })).toEqual([
      'clean: exits {"app":3}, recorded {"app":1}',
    ]);
  });

  it('tells a request that was too quick or too slow', () => {
    expect(judgedClean({ statuses: [200], elapsed: [[2, 4]] }, observation([200]))).toEqual([
      'clean: request 0 took 0.1 s, recorded 2 to 4 s',
    ]);
  });

  it('tells a body and a header that do not match', () => {
    const seen = { ...observation([]), results: [result(200, { body: 'bye', headers: { location: '/b' } })] };
    const recorded = { statuses: [200], body: ['hello'], headers: [{ Location: '^/a' }] };
    expect(judgedClean(recorded, seen)).toEqual([
      'clean: body of request 0 does not match /hello/: "bye"',
      'clean: header Location of request 0 does not match /^/a/',
    ]);
  });

  it('tells a log line that is missing and one that should be', () => {
    const seen = observation([200], { appLog: ['Booting worker', 'WORKER TIMEOUT'] });
    expect(judgedClean({ statuses: [200], app_log: ['ready'], no_app_log: ['TIMEOUT'] }, seen)).toEqual([
      'clean: app_log lacks: ready (ends with: Booting worker | WORKER TIMEOUT)',
      'clean: app_log has: TIMEOUT',
    ]);
  });
});

describe('against what a variant promises', () => {
  it('a working stack answers everything', () => {
    expect(judgedClean({ statuses: [502] }, observation([502]))).toEqual([
      'clean: is not answered with 2xx throughout: 502',
    ]);
  });

  it('a request that sets the scene may fail', () => {
    const seen = { ...observation([]), results: [result(504, { side: true }), result(200)] };
    expect(judgedClean({ statuses: [504, 200] }, seen)).toEqual([]);
  });

  it('a working stack leaves no error in the log of nginx', () => {
    const seen = observation([200], { nginxLog: ['[error] no live upstreams'] });
    expect(judgedClean({ statuses: [200] }, seen)).toEqual(['clean: nginx logged [error] no live upstreams']);
    expect(judgedClean({ statuses: [200] }, seen, { fixed_errors_ok: true })).toEqual([]);
  });

  it('a broken stack that answers everything shows no fault', () => {
    const scenario = { ...cleanStack({ statuses: [200] }), clean: false, blame: [{ file: 'nginx.conf', line: 1 }] };
    const observed = { broken: { statuses: [200] }, fixed: { statuses: [200] } };
    const seen = { broken: observation([200]), fixed: observation([200]) };
    expect(differences({ ...scenario, observed }, seen)).toEqual(['broken: shows no fault']);
  });

  it('a variant that could not be run is told', () => {
    expect(differences(cleanStack({ statuses: [200] }), { clean: { problem: 'cannot start x' } })).toEqual([
      'clean: cannot start x',
    ]);
    expect(differences(cleanStack({ statuses: [200] }), {})).toEqual(['clean: was not run']);
  });
});
