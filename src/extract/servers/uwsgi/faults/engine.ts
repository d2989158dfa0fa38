import type { Fault } from '../../../../model/fault.js';
import { fault } from '../../context.js';
import type { Loaded } from '../load.js';
import type { Settings } from '../settings.js';

/** What can leave one request for another (uwsgi.schedule_to_main): core/uwsgi.c and the plugins of 2.0.21. */
const engines = ['ugreen', 'greenlet', 'stackless', 'gevent', 'asyncio', 'tornado', 'fiber', 'coroae', 'loop'];

/** `async = 10` alone: ten requests are taken, and each is worked off to its end before the next. uWSGI prints "DANGER". */
export function engineFaults(loaded: Loaded, settings: Settings): readonly Fault[] {
  const cores = settings.text('async');
  const number = settings.number('async');
  if (loaded.open !== undefined || !cores?.known || !cores.span || !number.known || number.value < 2) return [];
  if (engines.some(name => settings.lists(name).length > 0)) return [];
  const message =
    `${cores.name} = ${number.value} lets a worker take ${number.value} requests at once, but nothing is set that could leave one for another (ugreen, greenlet, gevent): ` +
    'it works them off one by one. A slow request makes all others wait, until 504';
  return [
    {
      ...fault('limits/too-few-workers', cores.span, message, {
        severity: 'warning',
        log: '*** DANGER *** async mode without coroutine/greenthread engine loaded !!!',
      }),
      symptom: '504',
    },
  ];
}
