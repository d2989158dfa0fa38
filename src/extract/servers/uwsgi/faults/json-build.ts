import type { Fault } from '../../../../model/fault.js';
import { fault, type ServerContext } from '../../context.js';
import { buildOf } from '../build.js';
import type { Loaded } from '../load.js';

/**
 * A JSON configuration for a uWSGI that pip builds: without the headers of jansson or yajl, which no Python image brings, JSON is not
 * built in. Source: uwsgiconfig.py of 2.0.30 (`json = auto`).
 */
export function jsonBuildFaults(context: ServerContext, loaded: Loaded): readonly Fault[] {
  const named = loaded.jsonFiles[0];
  if (!named || (context.launch.kind !== 'dockerfile' && context.launch.kind !== 'compose')) return [];
  const build = buildOf(context);
  if (build.kind !== 'pip' || !build.span || mentionsLibrary(context)) return [];
  const message =
    'pip builds uWSGI without JSON where neither jansson nor yajl is installed, and nothing here installs them: uWSGI does not start';
  const related = [{ span: build.span, message: 'uWSGI is installed here' }];
  const log = `unable to load configuration from ${named.name}`;
  return [fault('uwsgi/config-not-loaded', named.span, message, { related, log })];
}

function mentionsLibrary(context: ServerContext): boolean {
  return context.reader.files().some(path => {
    if (!/dockerfile|containerfile|\.sh$|\.ya?ml$|packages|apt/i.test(path)) return false;
    const file = context.reader.file(path);
    return file !== undefined && /jansson|yajl|conda/i.test(file.text);
  });
}
