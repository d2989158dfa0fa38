import type { Span } from '../text/source.js';
import type { Fact, GatewayPath, HopPath, PathReport, RoutePath, ServerPath, StackPath } from './path.js';
import type { Locate } from './report.js';
import { maskSecrets } from './secrets.js';
import { createStyle, type Style } from './style.js';
import { visible, wrap } from './visible.js';

export interface PathTextOptions {
  readonly colour: boolean;
  readonly width: number;
  readonly locate: Locate;
  /** The path of a file as the user knows it. */
  readonly show: (path: string) => string;
}

interface Printer extends PathTextOptions {
  readonly style: Style;
}

/** Width of the labels in front of facts. */
const labelWidth = 15;

/** The ways of requests as an outline: stack, gateway, route, server. */
export function pathText({ stacks, unresolved, tasks }: PathReport, options: PathTextOptions): string {
  const printer = { ...options, style: createStyle(options.colour) };
  const blocks = stacks.map(stack => stackLines(stack, printer));
  const open = unresolved.map(({ span, why }) => line(1, `${where(span, printer)}: ${why}`, printer));
  if (open.length > 0) blocks.push([printer.style.strong('Could not be followed'), ...open.flat()]);
  const started = tasks.flatMap(({ name, command, span }) =>
    line(1, `${name} (${where(span, printer)}): ${command}`, printer),
  );
  if (started.length > 0)
    blocks.push([printer.style.strong('Commands that start a server, which nothing ties to a gateway'), ...started]);
  return blocks.length === 0
    ? 'No gateway and no application server was found.\n'
    : `${blocks.map(one => one.join('\n')).join('\n\n')}\n`;
}

function stackLines(
  { title, why, gateways, otherServers, unseen, files }: StackPath,
  printer: Printer,
): readonly string[] {
  const { style } = printer;
  return [
    style.strong(visible(title)),
    ...line(1, `one stack because ${why}`, printer),
    ...gateways.flatMap(gateway => gatewayLines(gateway, printer)),
    ...otherServers.flatMap(server => [
      '',
      ...line(1, 'no route is seen to reach', printer),
      ...serverLines(2, server, printer),
    ]),
    ...(unseen.length === 0 ? [] : ['', '  nothing is seen that answers requests']),
    ...unseen.flatMap(one => line(2, one, printer)),
    '',
    '  files',
    ...files.flatMap(one => line(2, `${printer.show(one.path)}: ${one.why}`, printer)),
  ];
}

function gatewayLines({ kind, place, file, placed, routes }: GatewayPath, printer: Printer): readonly string[] {
  const { style } = printer;
  return [
    '',
    `  ${style.strong(kind)} ${visible(printer.show(file))} on ${visible(place)}`,
    ...(placed ? line(2, `placed there: ${placed.message} (${where(placed.span, printer)})`, printer) : []),
    ...(routes.length === 0 ? line(2, 'passes nothing on', printer) : []),
    ...routes.flatMap(route => routeLines(route, printer)),
  ];
}

function routeLines(route: RoutePath, printer: Printer): readonly string[] {
  const { title, at, listens, serverNames, pass, timeouts, hops, unresolved } = route;
  const names = serverNames.filter(Boolean).join(' ');
  return [
    `    ${printer.style.strong(visible(title))}  ${printer.style.faint(where(at, printer))}`,
    ...listens.flatMap(one => labelled(3, 'listens', factText(one, printer), printer)),
    ...(names ? labelled(3, 'names', names, printer) : []),
    ...labelled(3, 'passes', `${pass.directive} ${pass.target} (${where(pass.at, printer)})`, printer),
    ...timeouts.flatMap(one => labelled(3, one.role, namedFact(one, printer), printer)),
    ...(unresolved === undefined ? [] : labelled(3, 'not known', unresolved, printer)),
    ...hops.flatMap(hop => hopLines(hop, printer)),
  ];
}

function hopLines({ address, match, why, server }: HopPath, printer: Printer): readonly string[] {
  const sure = match === 'address' ? '' : match === 'only candidate' ? ', probably meant' : ', nobody is tied to it';
  return [
    ...labelled(3, 'dials', `${address.value ?? 'an address that is not known'}${sure}: ${why}`, printer),
    ...(server ? serverLines(4, server, printer) : []),
  ];
}

function serverLines(depth: number, server: ServerPath, printer: Printer): readonly string[] {
  const { kind, place, startedBy, at, via, listens, listensComplete, app, entry, facts } = server;
  const indent = '  '.repeat(depth);
  const module =
    entry &&
    `${entry.file === undefined ? entry.name : printer.show(entry.file)}${entry.state === 'found' ? '' : ` (${entry.state})`}`;
  return [
    `${indent}${printer.style.strong(kind)} on ${visible(place)}  ${printer.style.faint(where(at, printer))}`,
    ...labelled(depth + 1, 'started by', startedBy, printer),
    ...via.flatMap(step => labelled(depth + 1, '', `${step.message} (${where(step.span, printer)})`, printer)),
    ...listens.flatMap(one => labelled(depth + 1, 'listens', factText(one, printer), printer)),
    ...(listensComplete ? [] : labelled(depth + 1, '', 'it may listen elsewhere too', printer)),
    ...(app ? labelled(depth + 1, 'loads', factText(app, printer), printer) : []),
    ...(entry ? labelled(depth + 1, 'module', [module, ...entry.frameworks].join(', '), printer) : []),
    ...facts.flatMap(one => labelled(depth + 1, one.role, namedFact(one, printer), printer)),
  ];
}

function namedFact(one: Fact, printer: Printer): string {
  return factText(one, printer, [one.name]);
}

/** The value, and in brackets what it is called, where it comes from and what it hides. */
function factText({ value, why, origin, at, hidden }: Fact, printer: Printer, names: readonly string[] = []): string {
  const source = origin === 'default' ? ['default'] : [origin, ...(at ? [where(at, printer)] : [])];
  const instead = hidden.map(
    one => `hides ${one.value ?? 'a value that is not known'}${one.at ? ` in ${where(one.at, printer)}` : ''}`,
  );
  return `${value ?? `not known: ${why}`} (${[...names, ...source, ...instead].join(', ')})`;
}

function labelled(depth: number, label: string, text: string, printer: Printer): readonly string[] {
  const indent = ' '.repeat(depth * 2 + labelWidth);
  const [first = '', ...rest] = wrap(clean(text), printer.width, indent);
  return [
    `${'  '.repeat(depth)}${printer.style.faint(label.padEnd(labelWidth))}${first.slice(indent.length)}`,
    ...rest,
  ];
}

function line(depth: number, text: string, { width }: Printer): readonly string[] {
  return wrap(clean(text), width, '  '.repeat(depth));
}

function where(span: Span, { locate, show }: Printer): string {
  return `${visible(show(span.file.path))}:${locate(span).start.line}`;
}

function clean(text: string): string {
  return visible(maskSecrets(text));
}
