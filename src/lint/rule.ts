import type { Deployment } from '../model/deployment.js';
import type { Symptom } from '../model/symptom.js';
import type { Edit, Span, Step } from '../text/source.js';
import type { SuppressionUse } from './suppress.js';

export type { Symptom };

/**
 * `error`: with these files the stack does not start, or requests that reach this place fail. `warning`: it fails under a
 * condition that production brings. `info`: advice; never changes the exit code.
 */
export type Severity = 'error' | 'warning' | 'info';

/** All edits apply or none do; they may touch several files. `safe`: no request that works today is answered differently. */
export interface Fix {
  readonly title: string;
  readonly safety: 'safe' | 'unsafe';
  readonly edits: readonly Edit[];
}

export interface Finding {
  /** The line that the user would edit; where both ends could be edited, the gateway's. */
  readonly span: Span;
  /** Names both ends, the values and where each comes from; says what will happen. One to three plain sentences. */
  readonly message: string;
  /** Words of the message that name one of several that have the same cause (a location): findings that differ in them alone are told as one. */
  readonly subject?: string;
  /** The other end and the evidence, each with its own sentence. */
  readonly related?: readonly Step[];
  /** Two or more fixes are alternatives: an editor offers all, `--fix` takes none by itself. */
  readonly fixes?: readonly Fix[];
  /** `proved` (the default): the files alone decide. `likely`: a suspicion. */
  readonly confidence?: 'proved' | 'likely';
  /** Where this finding is weaker than the rule. */
  readonly severity?: Severity;
  /** Where this finding differs from the rule. */
  readonly symptom?: Symptom;
  /** The line that the server will log, so that a search for it leads here. */
  readonly log?: string;
}

/** What every reporter and the editor receive: plain data, no behaviour. */
export interface Diagnostic extends Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: 'proved' | 'likely';
  readonly symptom: Symptom;
  readonly related: readonly Step[];
  readonly fixes: readonly Fix[];
}

export interface Rule {
  /** `<group>/<name>`: also its file, its page and its fixture folder. */
  readonly id: string;
  /** One line for lists: names the bad thing. */
  readonly summary: string;
  readonly severity: Severity;
  readonly symptom: Symptom;
  /** What kind of fix it may offer. */
  readonly fix: 'safe' | 'unsafe' | 'alternatives' | 'none';
  /** Scenarios with real servers that show it, by name under `fixtures/stacks`. */
  readonly proof?: readonly string[];
  /** What a user may set in the configuration; only what no file can tell. */
  readonly options?: Readonly<Record<string, RuleOption>>;
  /** `options`: a value for each of the rule's options; absent where the rule is asked directly, with its defaults. */
  check(deployment: Deployment, report: (finding: Finding) => void, options?: RuleOptions): void;
  /** Asked when all rules have spoken, about the comments that silence findings. */
  checkIgnores?(uses: readonly SuppressionUse[], known: KnownRules, report: (finding: Finding) => void): void;
}

export interface KnownRules {
  /** Ids of the rules that were asked. */
  readonly ran: readonly string[];
  /** Ids of all rules that there are; absent where the caller does not say. */
  readonly all?: readonly string[];
}

export type OptionValue = number | string | boolean | readonly string[];
export type RuleOptions = Readonly<Record<string, OptionValue>>;

/** An option of a rule; the type of its default is the type of its values. */
export interface RuleOption {
  readonly default: OptionValue;
  /** One sentence for the documentation. */
  readonly help: string;
  /** Of a number, which is then a whole one. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of a text: the words that are allowed. */
  readonly values?: readonly string[];
}
