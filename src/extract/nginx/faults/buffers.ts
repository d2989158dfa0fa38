import type { Fault, Repair } from '../../../model/fault.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import { directiveLists, effective } from '../../../model/inherit.js';
import { insertBehind } from '../../../text/statement.js';
import { chain } from '../levels.js';
import { parseNumber, parseSize } from '../units.js';
import { type Evidence, type Report, trustOf } from './evidence.js';
import { replaceWord } from './repair.js';

/** One memory page, nginx's default for a buffer, on x86-64 and most others. */
const page = 4096;

interface Values {
  readonly family: string;
  readonly bufferSize: number;
  readonly count: number;
  readonly size: number;
  readonly busy?: number;
  readonly tempWrite?: number;
  readonly maxTemp?: number;
  /** The directives that the values come from, by the part of the name behind the family. */
  readonly from: ReadonlyMap<string, NginxDirective>;
}

const families = ['proxy', 'uwsgi', 'fastcgi', 'scgi'] as const;
const names = ['buffer_size', 'buffers', 'busy_buffers_size', 'temp_file_write_size', 'max_temp_file_size'] as const;
/** The family of each of these directives. */
const familyOf: ReadonlyMap<string, string> = new Map(
  families.flatMap(family => names.map(name => [`${family}_${name}`, family] as const)),
);

/**
 * The sizes of buffers that nginx compares when it merges levels (ngx_http_proxy_module.c and its siblings): with the values in effect
 * at a server or location, defaults included. nginx names the end of the block; the message here names the line.
 */
export function checkBuffers(evidence: Evidence, report: Report): void {
  const told = new Set<NginxDirective>();
  for (const scope of evidence.scopes) {
    if (!/^(?:server|location|if in location|limit_except)$/.test(scope.context)) continue;
    for (const family of familiesAt(scope)) {
      const values = valuesAt(scope, family, evidence);
      const found = values && violation(values, evidence);
      if (!found || told.has(found.directive)) continue;
      told.add(found.directive);
      report(found.fault);
    }
  }
}

/** Families with such a directive at this level or, for a server, at a level around it: elsewhere nothing new is merged. */
function familiesAt(scope: NginxScope): readonly string[] {
  const found = new Set<string>();
  for (const level of scope.context === 'server' ? chain(scope) : [scope]) {
    for (const [first] of directiveLists(level)) {
      const family = familyOf.get(first?.name ?? '');
      if (family !== undefined) found.add(family);
    }
  }
  return families.filter(family => found.has(family));
}

function valuesAt(scope: NginxScope, family: string, evidence: Evidence): Values | undefined {
  const from = new Map<string, NginxDirective>();
  for (const name of names) {
    const directive = effective(scope, `${family}_${name}`).at(-1);
    if (!directive) continue;
    if (directive.args.some(word => !word.known) || trustOf(directive, evidence) !== 'structure') return undefined;
    from.set(name, directive);
  }
  if (chain(scope).some(level => evidence.unread.has(level))) return undefined;
  const sizeOf = (name: string): number | undefined => {
    const directive = from.get(name);
    return directive
      ? (parseSize(directive.args[name === 'buffers' ? 1 : 0]?.text ?? '', 'size') ?? Number.NaN)
      : undefined;
  };
  const buffers = from.get('buffers');
  const count = buffers ? (parseNumber(buffers.args[0]?.text ?? '') ?? Number.NaN) : 8;
  const busy = sizeOf('busy_buffers_size');
  const tempWrite = sizeOf('temp_file_write_size');
  const maxTemp = sizeOf('max_temp_file_size');
  const values: Values = {
    family,
    bufferSize: sizeOf('buffer_size') ?? page,
    count,
    size: sizeOf('buffers') ?? page,
    ...(busy !== undefined && { busy }),
    ...(tempWrite !== undefined && { tempWrite }),
    ...(maxTemp !== undefined && { maxTemp }),
    from,
  };
  const numbers = [values.bufferSize, count, values.size, busy ?? 0, tempWrite ?? 0, maxTemp ?? 0];
  // A value that nginx cannot read is a finding of its own.
  return numbers.some(Number.isNaN) || !numbers.every(Number.isSafeInteger) ? undefined : values;
}

interface Violation {
  readonly directive: NginxDirective;
  readonly fault: Fault;
}

function violation(values: Values, evidence: Evidence): Violation | undefined {
  const { family, bufferSize, count, size, busy, tempWrite, maxTemp } = values;
  const largest = Math.max(bufferSize, size);
  const name = (part: string) => `${family}_${part}`;
  const both = `the larger of ${name('buffer_size')} (${show(bufferSize)}) and one of the ${name('buffers')} (${show(size)})`;
  if (count < 2) {
    return blame(
      values,
      ['buffers'],
      `${name('buffers')} needs at least 2 buffers, not ${count}`,
      `there must be at least 2 "${name('buffers')}"`,
      evidence,
      [],
    );
  }
  const used = busy ?? 2 * largest;
  const room = (count - 1) * size;
  if (used < largest) {
    const log = `"${name('busy_buffers_size')}" must be equal to or greater than the maximum of the value of "${name('buffer_size')}" and one of the "${name('buffers')}"`;
    const repairs = largest <= room ? setTo(values, 'busy_buffers_size', largest) : [];
    return blame(
      values,
      ['busy_buffers_size', 'buffer_size', 'buffers'],
      `${name('busy_buffers_size')} (${show(used)}) is smaller than ${both}`,
      log,
      evidence,
      repairs,
    );
  }
  if (used > room) {
    const log = `"${name('busy_buffers_size')}" must be less than the size of all "${name('buffers')}" minus one buffer`;
    const what = busy === undefined ? `${show(used)}, twice ${both}` : show(used);
    const message = `${name('busy_buffers_size')} (${what}) does not fit into all ${name('buffers')} but one (${count} x ${show(size)} leave ${show(room)})`;
    return blame(
      values,
      ['busy_buffers_size', 'buffer_size', 'buffers'],
      message,
      log,
      evidence,
      moreRoom(values, largest, room),
    );
  }
  if (tempWrite !== undefined && tempWrite < largest) {
    const log = `"${name('temp_file_write_size')}" must be equal to or greater than the maximum of the value of "${name('buffer_size')}" and one of the "${name('buffers')}"`;
    return blame(
      values,
      ['temp_file_write_size'],
      `${name('temp_file_write_size')} (${show(tempWrite)}) is smaller than ${both}`,
      log,
      evidence,
      setTo(values, 'temp_file_write_size', largest),
    );
  }
  if (maxTemp !== undefined && maxTemp !== 0 && maxTemp < largest) {
    const log = `"${name('max_temp_file_size')}" must be equal to zero to disable temporary files usage or must be equal to or greater than the maximum of the value of "${name('buffer_size')}" and one of the "${name('buffers')}"`;
    return blame(
      values,
      ['max_temp_file_size'],
      `${name('max_temp_file_size')} (${show(maxTemp)}) is neither 0 nor at least ${both}`,
      log,
      evidence,
      [],
    );
  }
  return undefined;
}

/** The line to edit: the first of `parts` that is written somewhere; the others are related. */
function blame(
  values: Values,
  parts: readonly string[],
  message: string,
  log: string,
  evidence: Evidence,
  repairs: readonly Repair[],
): Violation | undefined {
  const directive = parts.map(part => values.from.get(part)).find(found => found !== undefined);
  if (!directive || trustOf(directive, evidence) !== 'structure') return undefined;
  const others = [...values.from.values()].filter(one => one !== directive);
  return {
    directive,
    fault: {
      kind: 'limits/nginx-buffer-relation',
      span: directive.span,
      message: `${message}: nginx does not start`,
      related: others.map(other => ({ span: other.span, message: `${other.name} is set here` })),
      log,
      repairs,
    },
  };
}

function setTo(values: Values, part: string, bytes: number): readonly Repair[] {
  const word = values.from.get(part)?.args[0];
  if (!word) return [];
  return [
    {
      title: `Set ${values.family}_${part} to ${show(bytes)}`,
      safety: 'safe',
      edits: [replaceWord(word.span, show(bytes))],
    },
  ];
}

/** Buffers enough for what is asked: a smaller busy size where one is set, else buffers of the size of the first. */
function moreRoom(values: Values, largest: number, room: number): readonly Repair[] {
  const { family, busy, from, bufferSize } = values;
  if (busy !== undefined) return room >= largest ? setTo(values, 'busy_buffers_size', room) : [];
  const first = from.get('buffer_size');
  if (!first || from.has('buffers')) return [];
  const line = `${family}_buffers 8 ${show(bufferSize)};`;
  return [{ title: `Add ${line}`, safety: 'safe', edits: [insertBehind(first.span, line)] }];
}

function show(bytes: number): string {
  if (bytes >= 1_048_576 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576}m`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024}k` : String(bytes);
}
