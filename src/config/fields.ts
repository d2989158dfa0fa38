/** The settings of a configuration file, in the order in which documentation and `gwlint config` show them. */
export const fields = {
  rules: 'What is reported and how gravely, by rule, by group, or for `all`.',
  overrides: 'Other choices for some files.',
  exclude: 'Files and folders that are left out, as in a `.gitignore`.',
  stacks: 'Files that form one stack, where their folders do not tell.',
  variables: 'Values that templates (envsubst, Jinja, ERB, Helm) are filled in with.',
  environment: 'Environment variables of what is started, where no file sets them.',
  'target-version': 'Versions of the programs that will run.',
  paths: 'Paths of the host, or names of folders, and what stands for them in the repository.',
  plugins: 'Modules with rules of your own. They are run, so they need `--allow-plugins`.',
  level: 'Findings that are weaker are not shown.',
  'fail-on': 'The weakest finding that makes the exit code 1.',
} as const;

export type FieldName = keyof typeof fields;

export const levels = ['error', 'warning', 'info'] as const;
export const ruleLevels = ['off', 'on', ...levels] as const;
export const failOns = ['error', 'warning', 'never'] as const;
