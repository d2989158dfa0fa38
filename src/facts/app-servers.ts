import table from './app-servers.json' with { type: 'json' };
import { once } from './once.js';

interface OptionRow {
  readonly flags: readonly string[];
  readonly off?: readonly string[];
  readonly type?: string;
  readonly default?: unknown;
  readonly env?: string;
  readonly repeats?: boolean;
}

export interface CommandLineServer {
  readonly options: Readonly<Record<string, OptionRow>>;
  /** Seconds an idle connection is kept; absent where the source states none. */
  readonly keepAliveSeconds?: number;
  /** Attribute that is looked for when the target names none; null where one must be named. */
  readonly defaultAttribute: string | null;
}

interface ServerRow {
  readonly options: Readonly<Record<string, OptionRow>>;
  readonly keepAliveSeconds?: number;
  readonly appForm: { readonly defaultAttr: string | null };
}

const rows = once(() => table.servers as unknown as Readonly<Record<string, ServerRow>>);

/** Options and defaults of a server with a command line of its own: uvicorn, hypercorn, daphne, waitress, granian. */
export function commandLineServer(kind: string): CommandLineServer | undefined {
  const row = Object.hasOwn(rows(), kind) ? rows()[kind] : undefined;
  if (!row) return undefined;
  const { options, keepAliveSeconds, appForm } = row;
  return {
    options,
    ...(keepAliveSeconds !== undefined && { keepAliveSeconds }),
    defaultAttribute: appForm.defaultAttr,
  };
}
