import type { Command, Launch } from '../../model/launch.js';
import type { AppServer } from '../../model/server.js';
import type { Reader } from '../reader.js';
import type { ServerContext } from './context.js';
import { gunicornServer } from './gunicorn/server.js';
import { otherServer } from './others/index.js';
import { programOf } from './program.js';
import { shadowFaults } from './shadow.js';
import { uwsgiServer } from './uwsgi/server.js';
import { serverVersion } from './version.js';

/** The application server that a command starts; undefined where it starts something else, or cannot be told. */
export function serverOf(reader: Reader, launch: Launch, command: Command): AppServer | undefined {
  const program = programOf(command.words);
  if (!program) return undefined;
  const { kind } = program;
  const version = kind === 'gunicorn' || kind === 'uwsgi' ? serverVersion(reader, launch.place, kind) : undefined;
  const context: ServerContext = {
    reader,
    launch,
    command,
    place: launch.place,
    program,
    ...(version && { version }),
  };
  const server = recognised(context);
  if (!server) return undefined;
  const shadowed = shadowFaults(context);
  return {
    ...server,
    ...(version && { version }),
    ...(shadowed.length > 0 && { faults: [...server.faults, ...shadowed] }),
  };
}

function recognised(context: ServerContext): AppServer | undefined {
  const { kind } = context.program;
  if (kind === 'gunicorn') return gunicornServer(context);
  return kind === 'uwsgi' ? uwsgiServer(context) : otherServer(context);
}
