import type { Span, Step } from '../text/source.js';
import type { Address } from './endpoint.js';
import type { Fault } from './fault.js';
import type { Place } from './place.js';
import type { Setting } from './setting.js';
import type { Word } from './word.js';

export type LaunchKind =
  | 'systemd'
  | 'supervisor'
  | 'procfile'
  | 'compose'
  | 'dockerfile'
  | 'kubernetes'
  | 'script'
  | 'platform'
  | 'information';

/** A hosting platform with a router in front of the application, which answers in its place after `limit` seconds. */
export interface Platform {
  readonly name: string;
  readonly limit: number;
  /** What the user sees then: `503 and error H12`. */
  readonly seen: string;
  /** The file that tells which platform it is. */
  readonly span: Span;
}

/** One process as the system starts it: argv, environment and working directory are those of the final `exec`. */
export interface Command {
  readonly words: readonly Word[];
  readonly environment: ReadonlyMap<string, Setting<string>>;
  /** True when the process may see variables that no file states (a login shell, an `env_file` that is not there). */
  readonly environmentOpen: boolean;
  /** Absolute, inside the place. */
  readonly workingDirectory: Setting<string>;
  /** The command as it stands in the file: from the first to the last word. */
  readonly span: Span;
  /** How the launch led here: "the unit runs start.sh", "start.sh ends in exec gunicorn". */
  readonly via: readonly Step[];
  /** False when it is not certain that this command is reached (inside an `if` that cannot be decided). */
  readonly certain: boolean;
  /** The user that a step before it switches to (`sudo -u`, `gosu`, `su`); else that of the launch. */
  readonly user?: Setting<string>;
  /** Set by `umask` in a script on the way. */
  readonly umask?: Setting<number>;
}

export interface PassedSocket {
  readonly address: Setting<Address>;
  readonly span: Span;
  /** The unit asks for it, and the repository does not have the unit that opens it. */
  readonly absent?: true;
}

export interface MadeFolder {
  readonly path: string;
  readonly mode: number;
  readonly span: Span;
  /** The manager removes it, with all that is in it, when the service stops, at a restart too. */
  readonly removed: boolean;
}

/**
 * How something is started and by what. One launch may run several commands (a script that starts nginx and Gunicorn).
 */
export interface Launch {
  readonly kind: LaunchKind;
  /** The user's word for it: unit, program, process type, service. */
  readonly name: string;
  readonly place: Place;
  /** Where it stands: the ExecStart line, the `command:` value, the CMD instruction. */
  readonly span: Span;
  readonly commands: readonly Command[];
  /** Addresses that the manager opens and passes on (systemd `ListenStream`, supervisor fcgi-program). */
  readonly passedSockets: readonly PassedSocket[];
  readonly user?: Setting<string>;
  readonly group?: Setting<string>;
  readonly umask?: Setting<number>;
  readonly privateTmp?: Setting<boolean>;
  /** Seconds between the stop signal and SIGKILL. */
  readonly stopTimeout?: Setting<number>;
  readonly stopSignal?: Setting<string>;
  /** Folders that the manager makes for the user before it starts (systemd's RuntimeDirectory=), absolute inside the place. */
  readonly madeFolders?: readonly MadeFolder[];
  /** systemd's Type=, where it is written. */
  readonly serviceType?: Setting<string>;
  /** systemd's KillMode=, where it is written. */
  readonly killMode?: Setting<string>;
  /** What could not be followed, in plain words. */
  readonly unresolved: readonly Step[];
  /** Requests reach it through the router of this platform. */
  readonly platform?: Platform;
  /** What the manager itself refuses in its file. */
  readonly faults?: readonly Fault[];
}

/** Files that a launch goes through: where each step to a command stands, and the script in which the command itself does. */
export function filesOf({ commands }: Launch): readonly string[] {
  return commands.flatMap(({ via, span }) => [...via.map(step => step.span.file.path), span.file.path]);
}
