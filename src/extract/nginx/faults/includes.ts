import { isIpAddress } from '../../../model/endpoint.js';
import type { NginxDirective } from '../../../model/gateway.js';
import { directivesAt } from '../../../model/inherit.js';
import type { SourceFile, Span } from '../../../text/source.js';
import type { Inclusion } from '../include.js';
import type { PassReading } from '../pass.js';
import { type Evidence, type Report, trustOf } from './evidence.js';

/** Files that an \`include\` names and that are not there, and files that its pattern leaves out. */
export function checkIncludes(evidence: Evidence, report: Report): void {
  const wanted = unknownHosts(evidence);
  for (const scope of evidence.scopes) {
    for (const directive of directivesAt(scope, 'include')) {
      const inclusion = evidence.inclusions.get(directive);
      if (!inclusion || trustOf(directive, evidence) !== 'structure') continue;
      checkMissing(directive, inclusion, report);
      if (wanted.size > 0) checkLeftOut(directive, inclusion, wanted, report);
    }
  }
}

function checkMissing({ args: [path] }: NginxDirective, { missing }: Inclusion, report: Report): void {
  if (!path || missing === undefined) return;
  report({
    kind: 'nginx/missing-include',
    span: path.span,
    message: `nginx includes ${path.text}, which is not there: ${missing}. It does not start`,
    log: `open() "${path.text}" failed (2: No such file or directory)`,
  });
}

/** Passes to a name without a port that is no upstream block, by that name. */
function unknownHosts({ passes }: Evidence): ReadonlyMap<string, PassReading> {
  const found = new Map<string, PassReading>();
  for (const reading of passes) {
    const { address, group, variable, resolution } = reading;
    if (group || variable || !resolution.known || address?.kind !== 'tcp' || address.port !== undefined) continue;
    if (!isIpAddress(address.host)) found.set(address.host.toLowerCase(), reading);
  }
  return found;
}

/** A pass to an upstream block that stands in a file which a glob leaves out: the pattern or the file's name is wrong. */
function checkLeftOut(
  { args: [pattern] }: NginxDirective,
  { passedOver }: Inclusion,
  wanted: ReadonlyMap<string, PassReading>,
  report: Report,
): void {
  if (!pattern) return;
  for (const { name, span } of (passedOver ?? []).flatMap(upstreamsIn)) {
    const reading = wanted.get(name.toLowerCase());
    if (!reading) continue;
    report({
      kind: 'nginx/missing-include',
      span: pattern.span,
      message:
        `The pattern ${pattern.text} leaves out ${span.file.path}, which defines the upstream "${name}": nginx takes "${name}" ` +
        'for a host name and does not start',
      related: [
        { span, message: `"${name}" is defined here` },
        { span: reading.directive.span, message: `requests are passed to "${name}" here` },
      ],
      log: `host not found in upstream "${name}"`,
    });
  }
}

function upstreamsIn(file: SourceFile): readonly { readonly name: string; readonly span: Span }[] {
  const shape = /^[ \t]*upstream[ \t]+["']?([^\s"'{};]+)["']?[ \t]*\{/gm;
  return [...file.text.matchAll(shape)].map(found => ({
    name: found[1] ?? '',
    span: { file, start: found.index, end: found.index + found[0].length },
  }));
}
