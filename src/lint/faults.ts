import type { Deployment } from '../model/deployment.js';
import type { Fault } from '../model/fault.js';
import { withoutEnd } from '../text/ends.js';
import type { Finding, Rule } from './rule.js';

export interface FaultRule extends Omit<Rule, 'check'> {
  /** What follows for the user, appended to the fault's own sentence. */
  readonly consequence?: string;
}

/** Every fault that extraction noted, wherever it stands. */
export function allFaults(deployment: Deployment): readonly Fault[] {
  const found = [...deployment.faults];
  for (const stack of deployment.stacks) {
    for (const gateway of stack.gateways) found.push(...gateway.faults);
    for (const server of stack.servers) found.push(...server.faults);
    for (const launch of stack.launches) found.push(...(launch.faults ?? []));
  }
  return found;
}

/** A rule that speaks about what a tool itself would refuse, ignore or misread: the faults whose kind is its id. */
export function faultRule(facts: FaultRule): Rule {
  const { consequence, ...rule } = facts;
  return {
    ...rule,
    check(deployment, report) {
      for (const fault of allFaults(deployment)) if (fault.kind === rule.id) report(findingOf(fault, consequence));
    },
  };
}

/** For a rule that has faults of its kind beside what it finds itself. */
export function reportFaults(deployment: Deployment, kind: string, report: (finding: Finding) => void): void {
  for (const fault of allFaults(deployment)) if (fault.kind === kind) report(findingOf(fault, undefined));
}

function findingOf(fault: Fault, usual: string | undefined): Finding {
  const { span, message, related, repairs, severity, symptom, log, consequence = usual } = fault;
  return {
    span,
    message: consequence ? `${withoutEnd(message, '. \n')}. ${consequence}` : message,
    ...(related && { related }),
    ...(repairs && { fixes: repairs }),
    ...(severity && { severity }),
    ...(symptom && { symptom }),
    ...(log && { log }),
  };
}
