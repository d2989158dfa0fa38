import { addToSection } from '../../src/edits/ini.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import type { PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import { valueOf as knownValue } from '../../src/model/setting.js';
import { isAtLeast } from '../../src/model/version.js';

/** Calls that start a thread. */
const starters =
  /^(?:threading\.(?:Thread|Timer)\.start|_thread\.start_new_thread|apscheduler\..*\.BackgroundScheduler\.start)$/;

/**
 * Up to 2.0.26 uWSGI lets threads of the application run only while a request is worked off, unless enable-threads or threads is set. Newer
 * releases have it on, so this is a warning only where a distribution's build is at work.
 */
export const rule: Rule = {
  id: 'uwsgi/threads-disabled',
  summary: 'The application starts a thread, and uWSGI does not let threads run',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'safe',
  proof: ['background-thread-without-enable-threads'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const allowed = isAtLeast(server.version, '2.0.27');
        if (allowed === true || !withoutThreads(server)) continue;
        const call = startedThread(server);
        if (!call) continue;
        report({
          span: call.span,
          severity: allowed === false || inOldPackages(server) ? 'warning' : 'info',
          message:
            `${call.name}() runs while uWSGI loads the application, but neither enable-threads nor threads is set. Up to release 2.0.26 the thread ` +
            'stands still while its worker waits for a request: what it does in the background comes late or never.',
          related: [{ span: server.span, message: 'uWSGI is started here' }, ...call.chain],
          fixes: enabled(server),
        });
      }
    }
  },
};

function withoutThreads({ kind, settings, launch }: AppServer): boolean {
  const enabled = settings.get('enable-threads');
  if (kind !== 'uwsgi' || launch.kind === 'information' || settings.has('py-call-uwsgi-fork-hooks')) return false;
  if (!enabled?.known || enabled.value !== false || enabled.origin !== 'default') return false;
  // Loaded before the fork the thread is lost whatever is set.
  const [apps, lazy, master] = ['lazy-apps', 'lazy', 'master'].map(name => knownValue(settings.get(name)));
  return apps === true || lazy === true || master === false;
}

function startedThread({ entry }: AppServer): PyCall | undefined {
  return entry?.importCalls.find(call => call.certain && starters.test(call.name));
}

/** Releases of distributions whose uWSGI is older than 2.0.27. */
function inOldPackages({ settings, place: { image } }: AppServer): boolean {
  const plugins = settings.get('plugins');
  const packages = plugins?.known === true && /(?:^|,)\s*python\d*\s*(?:,|$)/.test(String(plugins.value));
  const old = /^(?:debian:(?:1[0-2]|buster|bullseye|bookworm)|ubuntu:(?:18|20|22|24)\.04)/;
  return packages && image?.known === true && old.test(image.value);
}

function enabled({ configFiles }: AppServer): readonly Fix[] {
  const [file, ...more] = configFiles;
  if (!file || more.length > 0 || !/\.ini$/.test(file.path)) return [];
  const edit = addToSection(file, 'uwsgi', ['enable-threads = true']);
  return edit ? [{ title: 'Add enable-threads = true', safety: 'safe', edits: [edit] }] : [];
}
