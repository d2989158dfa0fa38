import type { Span } from '../text/source.js';

/** A command of a task runner that starts a server: for a person to know. Nobody says that it is what runs behind a gateway. */
export interface Task {
  /** As one calls it: `make run`, `npm run serve`, `poe dev`. */
  readonly name: string;
  /** The server's command in the end. */
  readonly command: string;
  /** Where it stands. */
  readonly span: Span;
}
