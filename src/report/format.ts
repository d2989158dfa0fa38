import type { Rule } from '../lint/rule.js';

/** What a format may ask for beside the findings. */
export interface FormatContext {
  readonly tool: { readonly name: string; readonly version: string };
  /** All rules, for their summaries. */
  readonly rules: readonly Rule[];
  /** The page about a rule, in Markdown. */
  readonly page: (rule: string) => string;
  /** Where the page stands in the web or on this machine; undefined where neither is known. */
  readonly link: (rule: string) => string | undefined;
}
