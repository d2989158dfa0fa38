import type { Fault } from '../../../model/fault.js';
import { alikeLines } from './alike.js';
import { checkBuffers } from './buffers.js';
import { checkDirectives } from './directives.js';
import { checkDuplicates } from './duplicates.js';
import type { Evidence } from './evidence.js';
import { checkIncludes } from './includes.js';
import { checkLocations } from './locations.js';
import { checkNames } from './names.js';
import { checkAddresses, checkResolvers } from './passes.js';
import { checkReferences } from './references.js';
import { checkSyntax } from './syntax.js';
import { checkCertificates } from './tls.js';
import { checkUpstreamServers } from './upstreams.js';
import { checkValues } from './values.js';

const checks = [
  checkSyntax,
  checkDirectives,
  checkValues,
  checkDuplicates,
  checkUpstreamServers,
  checkAddresses,
  checkResolvers,
  checkLocations,
  checkBuffers,
  checkCertificates,
  checkIncludes,
  checkReferences,
  checkNames,
];

/** What nginx would refuse or misread in one configuration; each place once, however many includes lead to it. */
export function findFaults(known: Omit<Evidence, 'alike'>): readonly Fault[] {
  const evidence: Evidence = { ...known, alike: alikeLines(known) };
  const found = new Map<string, Fault>();
  for (const check of checks) {
    check(evidence, fault => {
      const { file, start, end } = fault.span;
      const key = `${fault.kind}\n${file.path}\n${start}\n${end}\n${fault.message}`;
      if (!found.has(key)) found.set(key, fault);
    });
  }
  return [...found.values()];
}
