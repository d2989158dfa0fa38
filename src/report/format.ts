/** What a format may ask for beside the findings. */
export interface FormatContext {
  readonly tool: { readonly name: string; readonly version: string };
  /** The page about a rule, in Markdown; undefined where there is none. */
  readonly page: (rule: string) => string | undefined;
  /** Where the page stands in the web or on this machine; undefined where neither is known. */
  readonly link: (rule: string) => string | undefined;
}
