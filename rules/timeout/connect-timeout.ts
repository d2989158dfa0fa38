import { setDirectiveValue } from '../../src/edits/nginx.js';
import type { Rule } from '../../src/lint/rule.js';
import { seconds, where } from '../../src/model/describe.js';

/** nginx's documentation of proxy_connect_timeout: it "cannot usually exceed 75 seconds". */
const most = 75;

/** A long wait for the connection is mostly meant for slow answers, which is what the read timeout is for. */
export const rule: Rule = {
  id: 'timeout/connect-timeout',
  summary: 'A wait for the connection that the operating system ends long before',
  severity: 'info',
  symptom: '504',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      for (const { kind, routes } of gateways) {
        for (const { connectTimeout: wait, title } of routes) {
          if (kind !== 'nginx' || !wait.known || !wait.span || wait.value <= most) continue;
          const read = wait.name.replace('_connect_', '_read_');
          report({
            span: wait.span,
            subject: title,
            message:
              `${wait.name} is ${seconds(wait.value)} (${where(wait.span)}): it limits the handshake of TCP alone, which the operating system gives up after ` +
              `about ${most} s to two minutes. A slow answer through ${title} is a matter of ${read}; when the server is gone, users wait that much longer for their 504.`,
            fixes: [
              {
                title: `Set ${wait.name} to ${most}s`,
                safety: 'unsafe',
                edits: [setDirectiveValue(wait.span, `${most}s`)],
              },
            ],
          });
        }
      }
    }
  },
};
