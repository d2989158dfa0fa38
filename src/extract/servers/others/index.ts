import type { AppServer } from '../../../model/server.js';
import type { ServerContext } from '../context.js';
import { commandLineServerOf } from './command-line.js';
import { fastapiOf, flaskOf, runserverOf } from './development.js';
import { modWsgiOf } from './mod-wsgi.js';
import { pythonProgramOf } from './python-program.js';

/** Every server but Gunicorn and uWSGI, which have configuration files of their own. */
export function otherServer(context: ServerContext): AppServer | undefined {
  switch (context.program.kind) {
    case 'uvicorn':
    case 'hypercorn':
    case 'daphne':
    case 'waitress':
    case 'granian':
      return commandLineServerOf(context, context.program.kind);
    case 'runserver':
      return runserverOf(context);
    case 'flask':
      return flaskOf(context);
    case 'fastapi':
      return fastapiOf(context);
    case 'mod_wsgi':
      return modWsgiOf(context);
    case 'python program':
      return pythonProgramOf(context);
    default:
      return undefined;
  }
}
