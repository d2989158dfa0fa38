import type { Rule } from '../../src/lint/rule.js';
import type { Gateway, NginxDirective, NginxScope } from '../../src/model/gateway.js';
import { scopesOf } from '../../src/model/inherit.js';

/** nginx puts what stands behind the location's path right behind alias: without its slash the two words grow together. */
export const rule: Rule = {
  id: 'routing/alias-slash',
  summary: 'alias without the slash that its location ends with',
  severity: 'warning',
  symptom: '404',
  fix: 'safe',
  proof: ['alias-without-slash'],

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      for (const { scope, alias } of gateways.flatMap(aliases)) {
        const [modifier, path] =
          scope.opener?.args.length === 2 ? scope.opener.args : [undefined, scope.opener?.args[0]];
        const [target] = alias.args;
        if (!path?.known || !target?.known || alias.stock || !/^(?:\^~)?$/.test(modifier?.text ?? '')) continue;
        // A last letter that is no letter may be meant as the beginning of file names.
        if (!/^\/.*\/$/.test(path.text) || target.text.includes('$') || !/[A-Za-z0-9]$/.test(target.text)) continue;
        // A file, in a location that is spelled like a folder.
        if (/\.\w{2,5}$/.test(target.text)) continue;
        const file = 'app.css';
        report({
          span: target.span,
          message:
            `location ${path.text} ends with a slash and alias ${target.text} does not: ${path.text}${file} is looked for as ${target.text}${file}. ` +
            'Every file below it is a 404.',
          related: [{ span: path.span, message: 'the slash here' }],
          fixes: [{ title: `Write ${target.text}/`, safety: 'safe', edits: [slashBehind(target.span)] }],
          log: `open() "${target.text}${file}" failed (2: No such file or directory)`,
        });
      }
    }
  },
};

function slashBehind(span: NginxDirective['span']) {
  const quoted = /["']$/.test(span.file.text.slice(span.start, span.end));
  const at = span.end - (quoted ? 1 : 0);
  return { span: { ...span, start: at, end: at }, text: '/' };
}

function aliases(gateway: Gateway): readonly { readonly scope: NginxScope; readonly alias: NginxDirective }[] {
  return scopesOf(gateway).flatMap(scope =>
    scope.context === 'location'
      ? scope.directives.filter(({ name }) => name === 'alias').map(alias => ({ scope, alias }))
      : [],
  );
}
