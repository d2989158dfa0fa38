// Judges a folder and prints one line for each error: for a deployment script that must not go on when something will not start.
//
//   node check.mjs [folder]
import { analyze, diskHost, lineStarts, loadConfig, positionAt } from 'gwlint';

const folder = process.argv[2] ?? '.';
const { rules, config } = await loadConfig(folder);
const { deployment, diagnostics } = await analyze(diskHost(folder), { rules, config });

for (const stack of deployment.stacks) {
  console.log(`${stack.title}: ${stack.gateways.length} gateways, ${stack.servers.length} servers`);
}
const errors = diagnostics.filter(({ severity }) => severity === 'error');
for (const { rule, span, message } of errors) {
  const { line, column } = positionAt(lineStarts(span.file.text), span.start);
  console.log(`${span.file.path}:${line}:${column} ${rule}: ${message}`);
}
process.exitCode = errors.length > 0 ? 1 : 0;
