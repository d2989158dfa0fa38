import type { Rule } from '../../src/lint/rule.js';

/** The entry file, or a first-party module that it imports, does not parse: the server cannot load the application. */
export const rule: Rule = {
  id: 'python/syntax-error',
  summary: 'A module that the server imports does not parse',
  severity: 'error',
  symptom: 'start',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        for (const module of server.entry?.modules ?? []) {
          const [problem] = module.problems;
          if (!problem || !module.certain) continue;
          report({
            span: problem.span,
            message:
              `${module.file.path} does not parse: ${problem.message}. ${server.kind} imports it when it loads the application, so ` +
              (server.kind === 'uwsgi'
                ? 'no application is there: every request is answered with 500.'
                : `${server.kind} does not start, and the gateway answers with 502.`),
            related: [...module.chain, { span: server.span, message: `${server.kind} is started here` }],
            symptom: server.kind === 'uwsgi' ? '500' : '502',
            log: 'SyntaxError: invalid syntax',
          });
        }
      }
    }
  },
};
