import type { Rule } from '../lint/rule.js';

/** Rules that are loaded when somebody asks for them. */
export type LoadRules = () => Promise<readonly Rule[]>;

/** Those that come with gwlint. */
export const ownRules: LoadRules = async () => (await import('./judge.js')).rules;
