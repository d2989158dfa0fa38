import type { Config, Given } from '../config/config.js';
import { levelChoice, optionsOf, type RuleChoice } from '../lint/choice.js';
import type { OptionValue, Rule, RuleOptions } from '../lint/rule.js';
import type { Known } from '../model/setting.js';
import { createLocate } from '../report/report.js';
import { printableJson, visible } from '../report/visible.js';
import type { Span } from '../text/source.js';
import type { Options } from './args.js';
import { configureTargets } from './configured.js';
import { cannotRun, type Io } from './output.js';
import { shownPath } from './project.js';
import { type Target, targetsOf } from './targets.js';
import type { Tool } from './tool.js';

/** One value that counts, and where it comes from: `default`, or `file:line:column`. */
interface Value {
  readonly setting: string;
  /** Of a setting with names: which one. */
  readonly name?: string;
  readonly value: OptionValue;
  readonly origin: string;
}

interface RuleValue {
  readonly id: string;
  readonly severity: string;
  readonly default: string;
  readonly options: RuleOptions;
  readonly origin: string;
}

const byDefault = 'default';

/** Prints the configuration that counts for a folder. Returns the exit code. */
export async function configCommand(options: Options, tool: Tool, io: Io): Promise<number> {
  if (options.paths.length > 1) return cannotRun('config takes one path', io);
  const found = targetsOf(options.paths, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const configured = await configureTargets(found.targets, options, io);
  const [one] = configured.ok ? configured.targets : [];
  if (!one) return 2;
  const { target, config } = one;
  const rules = await one.rules();
  const originOf = origins(target, io.cwd);
  const settings = valuesOf(config, originOf);
  const judged = rules.map(rule => ruleValue(rule, config.rules, originOf));
  const file = config.file ? shownPath(target, config.file.path, io.cwd) : null;
  if (options.outputs[0]?.format === 'json') {
    io.stdout(
      printableJson({ version: 1, tool: { name: tool.name, version: tool.version }, file, settings, rules: judged }),
    );
  } else io.stdout(configText(file, settings, judged));
  return 0;
}

type OriginOf = (span: Span | undefined) => string;

function origins(target: Target, cwd: string): OriginOf {
  const locate = createLocate();
  return span => {
    if (!span) return byDefault;
    const { line, column } = locate(span).start;
    return `${shownPath(target, span.file.path, cwd)}:${line}:${column}`;
  };
}

function valuesOf(config: Config, originOf: OriginOf): readonly Value[] {
  const one = (setting: string, given: Given<string> | undefined, standard: string): Value => ({
    setting,
    value: given?.value ?? standard,
    origin: originOf(given?.span),
  });
  const list = (setting: string, given: readonly Given<string>[]): readonly Value[] =>
    given.map(({ value, span }) => ({ setting, value, origin: originOf(span) }));
  const named = (setting: string, values: ReadonlyMap<string, Known<string>>): readonly Value[] =>
    [...values].map(([name, { value, span }]) => ({ setting, name, value, origin: originOf(span) }));
  return [
    one('level', config.level, 'info'),
    one('fail-on', config.failOn, 'warning'),
    ...list('exclude', config.exclude),
    ...list('plugins', config.plugins),
    ...config.stacks.map(({ name, value, span }) => ({ setting: 'stacks', name, value, origin: originOf(span) })),
    ...named('variables', config.variables),
    ...named('environment', config.environment),
    ...named('target-version', config.versions),
    ...config.paths.map(({ from, value, span }) => ({ setting: 'paths', name: from, value, origin: originOf(span) })),
    ...config.overrides.flatMap(({ value, rules }) =>
      rules.map(({ selector, level, span }) => ({
        setting: 'overrides',
        name: value.join(', '),
        value: `${selector}: ${level ?? 'on'}`,
        origin: originOf(span),
      })),
    ),
  ];
}

function ruleValue(rule: Rule, choices: readonly RuleChoice[], originOf: OriginOf): RuleValue {
  const choice = levelChoice(rule.id, choices);
  const level = choice?.level ?? 'on';
  const options = choices.find(({ selector, options: given }) => selector === rule.id && given);
  return {
    id: rule.id,
    severity: level === 'on' ? rule.severity : level,
    default: rule.severity,
    options: optionsOf(rule, choices),
    origin: originOf(choice?.span ?? options?.span),
  };
}

/** As YAML, which may be used again, with the origins behind. */
function configText(file: string | null, settings: readonly Value[], rules: readonly RuleValue[]): string {
  const lines: string[] = [
    `# ${file === null ? 'no configuration file: all is as it is by default' : `read from ${file}`}`,
  ];
  let last = '';
  for (const { setting, name, value, origin } of settings) {
    const behind = `  # ${origin}`;
    const single = setting === 'level' || setting === 'fail-on';
    if (single) lines.push(`${setting}: ${yamlText(value)}${behind}`);
    else {
      if (setting !== last) lines.push(`${setting}:`);
      lines.push(...itemLines(setting, name, value, behind));
    }
    last = setting;
  }
  const changed = rules.filter(({ origin }) => origin !== byDefault);
  if (changed.length > 0) lines.push('rules:');
  for (const { id, severity, options, origin } of changed) {
    const own = Object.entries(options).map(([option, value]) => `, ${option}: ${yamlText(value)}`);
    const text = own.length > 0 ? `{ severity: ${severity}${own.join('')} }` : severity;
    lines.push(`  ${id}: ${text}  # ${origin}`);
  }
  lines.push(
    `# ${changed.length > 0 ? 'the other rules' : 'all rules'} are as they are by default; gwlint config --json lists every one`,
  );
  return `${lines.map(visible).join('\n')}\n`;
}

function itemLines(setting: string, name: string | undefined, value: OptionValue, behind: string): readonly string[] {
  if (name === undefined) return [`  - ${yamlText(value)}${behind}`];
  if (setting === 'stacks') return [`  - name: ${yamlText(name)}${behind}`, `    files: ${yamlText(value)}`];
  if (setting === 'overrides') return [`  - files: ${yamlText(name.split(', '))}${behind}`, `    rules: { ${value} }`];
  return [`  ${yamlText(name)}: ${yamlText(value)}${behind}`];
}

/** A value so that YAML reads the same text again. */
function yamlText(value: OptionValue): string {
  if (Array.isArray(value)) return `[${value.map(yamlText).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  return /^[A-Za-z_/.][\w/.-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|~)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
