import type { Fault } from '../../model/fault.js';
import type { Command } from '../../model/launch.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { SourceFile, Span, Step } from '../../text/source.js';

/** A file that a command line writes while it runs: what the repository holds at that path is not what will be there. */
export interface GeneratedFile {
  /** Absolute, inside the place. */
  readonly path: string;
  readonly span: Span;
  /** `envsubst` renders `source`; `copy` and `link` take it as it is; `content` is a here-document; `changed`: not known. */
  readonly how: 'envsubst' | 'copy' | 'link' | 'content' | 'changed';
  /** Absolute path inside the place. */
  readonly source?: string;
  /** Text of a here-document in which nothing is expanded, at its place in the script. */
  readonly content?: SourceFile;
  readonly certain: boolean;
}

/** What running a script, or following a command, comes down to. */
export interface ShellOutcome {
  /** Programs that are started, in order, each as its own `exec` sees it. Commands that only prepare (mkdir, echo) are left out. */
  readonly commands: readonly Command[];
  /** What could not be followed and may start something. */
  readonly unresolved: readonly Step[];
  readonly generated: readonly GeneratedFile[];
  /** What a shell would refuse, in the texts that were followed. */
  readonly faults: readonly Fault[];
}

/** How a script begins. */
export interface ShellStart {
  readonly place: Place;
  readonly environment: ReadonlyMap<string, Setting<string>>;
  readonly environmentOpen: boolean;
  readonly workingDirectory: Setting<string>;
  /** `$1` and so on. */
  readonly parameters: readonly Word[];
  /** More parameters may be given, or others: a script started by hand. */
  readonly parametersOpen?: boolean;
  /** `$0`: absolute path inside the place. */
  readonly script?: string;
  readonly via: readonly Step[];
  readonly certain: boolean;
  readonly user?: Setting<string>;
  /**
   * In an open environment: the `8000` of `${PORT:-8000}` is taken as the value where no file says otherwise. For scripts
   * that are started by hand, where nothing but the file says what the value is.
   */
  readonly defaultsHold?: boolean;
}
