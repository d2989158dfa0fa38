import { canonicalOption } from '../../../../facts/uwsgi.js';
import type { Fault } from '../../../../model/fault.js';
import { fault, replacement, type ServerContext, variableOf } from '../../context.js';
import { buildOf } from '../build.js';
import type { Entry, Loaded } from '../load.js';

/** Options that only the Python plugin has, and with which an application is loaded. */
const python = ['module', 'wsgi-file'];

/**
 * Debian's uWSGI has every language in a plugin of its own, which `plugins` must name. Speaks only where the repository installs
 * those packages.
 */
export function pluginFaults(context: ServerContext, loaded: Loaded): readonly Fault[] {
  if (loaded.open !== undefined) return [];
  const build = buildOf(context);
  const requested = loaded.entries.filter(entry => canonicalOption(entry.key) === 'plugins');
  if (requested.some(entry => entry.doubt !== undefined || loaded.blanks.reason(entry.value ?? '') !== undefined))
    return [];
  const loops = build.kind === 'pip' ? [] : loopFaults(loaded, requested);
  if (loops.length > 0 || build.kind !== 'debian' || !build.span) return loops;
  const path = context.program.word.text;
  // Debian's lies in /usr/bin; what lies elsewhere comes from a virtual environment or was built by hand.
  if (path.includes('/') && !/^\/usr\/s?bin\//.test(path)) return [];
  if (/uwsgi_python/.test(path) || loaded.entries.some(entry => entry.key === 'autoload')) return [];
  const related = [{ span: build.span, message: "Debian's packages are installed here" }];
  const wrong = requested.flatMap(entry => wrongNames(build.packages, entry, related));
  if (wrong.length > 0) return wrong;
  if (requested.length > 0 || variableOf(context, 'UWSGI_PLUGINS').state !== 'absent') return [];
  const first = loaded.entries.find(entry => python.includes(canonicalOption(entry.key)));
  if (!first) return [];
  const only = [...build.packages].filter(name => /^python\d?$/.test(name));
  const repairs = only.length === 1 && first.file ? insertLine(first, only[0] ?? '') : [];
  const message = `Debian's uWSGI loads no Python without "plugins": ${first.key} is ignored, and every request ends in 502`;
  return [
    fault('uwsgi/plugin', first.span, message, { repairs, related, log: '-- unavailable modifier requested: 0 --' }),
  ];
}

/** Options that exist only with the plugin of their own name; without it uWSGI takes them for placeholders. */
const loops: ReadonlySet<string> = new Set(['gevent', 'asyncio', 'greenlet', 'tornado', 'fiber']);

/** An event loop whose plugin is not named, while that of Python is: a sign of a uWSGI whose plugins are packages of their own. */
function loopFaults(loaded: Loaded, requested: readonly Entry[]): readonly Fault[] {
  const names = requested.map(entry => entry.value ?? '').join(',');
  if (!/(?:^|,)\s*python\d*\s*(?:,|$)/.test(names) || loaded.entries.some(entry => entry.key === 'autoload')) return [];
  return loaded.entries.flatMap(entry => {
    if (!loops.has(entry.key) || entry.doubt !== undefined || names.includes(entry.key)) return [];
    const message =
      `${entry.key} needs a plugin, and of the plugins only ${names} is loaded. A uWSGI whose plugins are packages of their own ignores it without a word: each ` +
      'worker takes one request at a time, and slow pages make all others wait until they are a 504';
    return [fault('uwsgi/plugin', entry.valueSpan, message)];
  });
}

function insertLine(entry: Entry, plugin: string): NonNullable<Fault['repairs']> {
  if (!entry.file?.path.endsWith('.ini')) return [];
  const at = { ...entry.span, end: entry.span.start };
  return [replacement(`Add plugins = ${plugin}`, at, `plugins = ${plugin}\n`, 'unsafe')];
}

/** A plugin of Python whose package is not among those that are installed, while another one is. */
function wrongNames(
  packages: ReadonlySet<string>,
  entry: Entry,
  related: NonNullable<Fault['related']>,
): readonly Fault[] {
  const installed = [...packages].filter(name => /^python\d?$/.test(name));
  return (entry.value ?? '').split(',').flatMap(text => {
    const name = text.trim();
    if (!/^python\d?$/.test(name) || installed.length === 0 || installed.includes(name)) return [];
    const only = installed.length === 1 ? installed[0] : undefined;
    const place = entry.valueSpan.file.text.slice(entry.valueSpan.start, entry.valueSpan.end) === name;
    const repairs = only !== undefined && place ? [replacement(`Write ${only}`, entry.valueSpan, only, 'unsafe')] : [];
    const message = `There is no plugin ${name}: the package that is installed brings ${installed.join(', ')}. uWSGI starts without Python, and every request ends in 502`;
    const log = `!!! UNABLE to load uWSGI plugin: ${name}_plugin.so: cannot open shared object file: No such file or directory !!!`;
    return [fault('uwsgi/plugin', entry.valueSpan, message, { repairs, related, log })];
  });
}
