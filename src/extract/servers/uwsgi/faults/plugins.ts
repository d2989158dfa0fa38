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
  if (build.kind !== 'debian' || !build.span) return [];
  const requested = loaded.entries.filter(entry => canonicalOption(entry.key) === 'plugins');
  if (requested.some(entry => entry.doubt !== undefined || loaded.blanks.reason(entry.value ?? '') !== undefined))
    return [];
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
