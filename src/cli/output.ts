import { visible } from '../report/visible.js';

/** The process as the command line sees it, so that tests can be one. */
export interface Io {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string | Uint8Array) => void;
  readonly stderr: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns?: number;
  /** All of standard input; empty where this is absent. */
  readonly stdin?: () => Promise<Uint8Array>;
  /** Asks the person at the terminal; undefined when there is no answer any more. Absent where nobody sits there. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Folder in which answers about small folders are kept where the user says nothing of a cache; absent for none. */
  readonly answers?: string;
  /** Ends a run that would go on for ever. */
  readonly stop?: AbortSignal;
}

/** The same process, with nothing to say beside its findings. */
export function silent(io: Io): Io {
  return { ...io, stderr: () => undefined };
}

/** One line on stderr. */
export function say(io: Io, text: string): void {
  io.stderr(`gwlint: ${visible(text)}\n`);
}

/** Says why nothing can be done. Returns the exit code. */
export function cannotRun(problem: string, io: Io): number {
  say(io, problem);
  return 2;
}

/** https://no-color.org and https://force-color.org; the option outranks both. */
export function wantsColour(io: Io, option: 'auto' | 'always' | 'never'): boolean {
  if (option !== 'auto') return option === 'always';
  const force = io.env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0';
  if (io.env['NO_COLOR']) return false;
  return io.isTerminal && io.env['TERM'] !== 'dumb';
}

/** Whether the terminal shows links (OSC 8); those that do not may print their addresses as text. Never where there is no colour. */
export function wantsLinks(io: Io, option: 'auto' | 'always' | 'never'): boolean {
  if (!wantsColour(io, option)) return false;
  const { env } = io;
  if (env['FORCE_HYPERLINK'] !== undefined && env['FORCE_HYPERLINK'] !== '') return env['FORCE_HYPERLINK'] !== '0';
  if (!io.isTerminal || env['CI'] || env['TMUX'] || env['STY']) return false;
  if (env['WT_SESSION'] || env['KONSOLE_VERSION'] || env['DOMTERM']) return true;
  if (Number(env['VTE_VERSION'] ?? 0) >= 5000) return true;
  if (/^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio)$/.test(env['TERM_PROGRAM'] ?? '')) return true;
  return /kitty|alacritty|foot|ghostty|wezterm/.test(env['TERM'] ?? '');
}
