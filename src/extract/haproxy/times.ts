import type { Fault } from '../../model/fault.js';
import type { HaproxyLine } from '../../syntax/haproxy/tree.js';

const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 0.001, '': 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a time as HAProxy reads it: without a unit a number is milliseconds (configuration manual, 2.5). */
export function haproxyTime(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,12})(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  const factor = units[unit ?? ''];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** No browser and no application is that fast; who wants milliseconds writes hundreds or thousands. */
const shortest = 300;

/** `timeout server 30` is 30 ms. */
export function unitFaults({ words, span }: HaproxyLine): readonly Fault[] {
  const [keyword, which, value] = words;
  if (keyword?.text !== 'timeout' || !value || !/^(?:server|client|tunnel|http-request)$/.test(which?.text ?? ''))
    return [];
  if (!/^[1-9]\d*$/.test(value.text) || Number(value.text) > shortest) return [];
  const name = `timeout ${which?.text}`;
  return [
    {
      kind: 'timeout/bad-number',
      span,
      message: `HAProxy takes a time without a unit for milliseconds: ${name} ${value.text} is ${value.text} ms, and what takes longer is cut off`,
      consequence:
        which?.text === 'server'
          ? 'Every page that is not there at once is a 504.'
          : 'Visitors that are not as fast get 408, or a closed connection.',
      symptom: which?.text === 'server' ? '504' : 'wrong reply',
      severity: 'warning',
      repairs: [
        { title: `Write ${value.text}s`, safety: 'unsafe', edits: [{ span: value.span, text: `${value.text}s` }] },
      ],
    },
  ];
}
