import type { Measure } from '../lint/run.js';

export interface Stopwatch {
  readonly measure: Measure;
  /** Begins something that does not end at once. Returns what ends it. */
  readonly start: (name: string) => () => void;
  /** Milliseconds by what they were spent on. */
  readonly spent: ReadonlyMap<string, number>;
  readonly started: number;
}

export function createStopwatch(): Stopwatch {
  const spent = new Map<string, number>();
  const start = (name: string) => {
    const begun = performance.now();
    return () => void spent.set(name, (spent.get(name) ?? 0) + performance.now() - begun);
  };
  return {
    spent,
    started: performance.now(),
    start,
    measure: (name, work) => {
      const end = start(name);
      try {
        return work();
      } finally {
        end();
      }
    },
  };
}

const mostRules = 10;

/** Where the time went: the phases, then the rules that took longest. */
export function timingText({ spent, started }: Stopwatch, all: boolean): string {
  const rules = [...spent].filter(([name]) => name.includes('/')).sort((a, b) => b[1] - a[1]);
  const phases = [...spent].filter(([name]) => !name.includes('/'));
  const ruleTime = rules.reduce((sum, [, time]) => sum + time, 0);
  const shown = all ? rules : rules.slice(0, mostRules);
  const report = phases.filter(([name]) => name === 'report');
  const rows = [
    ...phases.filter(([name]) => name !== 'report'),
    ['rules', ruleTime] as const,
    ...shown.map(([name, time]) => [`  ${name}`, time] as const),
    ...report,
    ['all', performance.now() - started] as const,
  ];
  const left = rules.length - shown.length;
  const lines = rows.map(([name, time]) => `${time.toFixed(1).padStart(9)} ms  ${name}\n`);
  return `${lines.join('')}${left > 0 ? `${left} more rules (-v lists them)\n` : ''}`;
}
