import type { Rule } from '../lint/rule.js';
import { groupsOf } from '../lint/select.js';
import { nearest } from '../text/near.js';
import type { Options } from './args.js';
import { type Command, commands, type OptionRow, options } from './options.js';
import { cannotRun, type Io } from './output.js';

const rows: readonly OptionRow[] = options;
const subcommands = commands.filter(({ name }) => name !== 'lint');

const shells = { bash, zsh, fish } as const;

/** The words that stand behind these commands; behind the others stand paths. */
const operands: Partial<Record<Command, 'rules' | 'shells' | 'nothing'>> = {
  explain: 'rules',
  rules: 'nothing',
  lsp: 'nothing',
  completion: 'shells',
};

/** Prints what a shell needs to complete gwlint's words. Returns the exit code. */
export function completionCommand({ paths }: Options, rules: readonly Rule[], io: Io): number {
  const [shell = '', ...more] = paths;
  const names = Object.keys(shells);
  if (!Object.hasOwn(shells, shell) || more.length > 0) {
    const near = nearest(shell, names);
    return cannotRun(`completion takes ${names.join(', ')}${near ? `; did you mean ${near}?` : ''}`, io);
  }
  io.stdout(
    shells[shell as keyof typeof shells]([...groupsOf(rules.map(({ id }) => id)), ...rules.map(({ id }) => id)]),
  );
  return 0;
}

function wordsOf({ takes, completes }: OptionRow, rules: readonly string[]): readonly string[] | undefined {
  if (typeof takes === 'object') return takes;
  return completes === 'rule' ? rules : undefined;
}

function spellings({ name, short }: OptionRow): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function bash(rules: readonly string[]): string {
  const values = rows
    .filter(({ takes, optional }) => takes !== undefined && !optional)
    .map(row => {
      const words = row.completes === 'rule' ? '$rules' : (wordsOf(row, rules)?.join(' ') ?? '');
      return `        ${spellings(row).join('|')}) _gwlint_reply "${words}"; return ;;\n`;
    });
  const flags = commands.map(({ name }) => {
    const own = rows.filter(({ of, listed }) => (listed ?? of).includes(name)).map(row => `--${row.name}`);
    return `            ${name}) _gwlint_reply "${own.join(' ')}" ;;\n`;
  });
  const behind = subcommands.map(({ name }) => {
    const what = { rules: '$rules', shells: Object.keys(shells).join(' '), nothing: '' }[operands[name] ?? 'nothing'];
    return what === '' ? '' : `        ${name}) _gwlint_reply "${what}" ;;\n`;
  });
  return `# bash completion of gwlint. To have it in every shell: gwlint completion bash >~/.local/share/bash-completion/completions/gwlint
# Where no word is offered, bash offers files.

_gwlint_reply() {
    local head= last="$current" word
    # Of a list only the part behind the last comma is open.
    if [[ $current == *,* ]]; then head="\${current%,*}," last="\${current##*,}"; fi
    while IFS= read -r word; do COMPREPLY+=("$head$word"); done < <(compgen -W "$1" -- "$last")
}

_gwlint() {
    local rules='${rules.join(' ')}'
    local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command=lint word
    COMPREPLY=()
    # The sign in --option=value is a word of its own.
    [[ $current == = ]] && current=
    [[ $previous == = ]] && previous="\${COMP_WORDS[COMP_CWORD - 2]}"
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        case $word in
            ${subcommands.map(({ name }) => name).join('|')}) command=$word; break ;;
        esac
    done
    case $previous in
${values.join('')}    esac
    if [[ $current == -* ]]; then
        case $command in
${flags.join('')}        esac
        return
    fi
    case $command in
        lint)
            _gwlint_reply '${subcommands.map(({ name }) => name).join(' ')}'
            if ((\${#COMPREPLY[@]})); then
                compopt -o filenames 2>/dev/null
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
            fi
            ;;
${behind.join('')}    esac
}

complete -o bashdefault -o default -F _gwlint gwlint
`;
}

function zsh(rules: readonly string[]): string {
  const spec = (row: OptionRow): string => {
    const text = row.help.replace(/[[\]:\\]/g, '\\$&');
    const value = row.takes === undefined ? '' : `:${row.optional ? ':' : ''}${row.name}:${zshValues(row)}`;
    const names = spellings(row).map(
      name => `${name}${row.takes !== undefined && name.startsWith('--') ? (row.optional ? '=-' : '=') : ''}`,
    );
    const many = row.many ? "'*'" : names.length > 1 ? `'(${spellings(row).join(' ')})'` : '';
    return names.length > 1
      ? `${many}{${names.join(',')}}${single(`[${text}]${value}`)}`
      : `${many}${single(`${names[0]}[${text}]${value}`)}`;
  };
  const specs = (name: Command): string =>
    rows
      .filter(({ of, listed }) => (listed ?? of).includes(name))
      .map(row => `                ${spec(row)} \\\n`)
      .join('');
  const rest: Record<'rules' | 'shells' | 'nothing' | 'paths', string> = {
    rules: "'*:rule:_gwlint_rules'",
    shells: `'2:shell:(${Object.keys(shells).join(' ')})'`,
    nothing: "'*: :'",
    paths: "'*:path:_files'",
  };
  return `#compdef gwlint
# zsh completion of gwlint. To have it in every shell: gwlint completion zsh >FOLDER/_gwlint, with FOLDER in $fpath

_gwlint_rules() {
    local -a rules=(${rules.join(' ')})
    _values -s , rule $rules
}

_gwlint_operand() {
    local -a words=(
${subcommands.map(({ name, help }) => `        ${single(`${name}:${help}`)}\n`).join('')}    )
    ((CURRENT == 2)) && _describe -t commands command words
    _files
}

_gwlint() {
    local command=lint word
    for word in $words[2,CURRENT-1]; do
        case $word in
            ${subcommands.map(({ name }) => name).join('|')}) command=$word; break ;;
        esac
    done
    case $command in
        lint)
            _arguments -s \\
${specs('lint')}                '*:path:_gwlint_operand'
            ;;
${subcommands
  .map(
    ({ name }) => `        ${name})
            _arguments -s \\
${specs(name)}                '1:command:(${name})' ${rest[operands[name] ?? 'paths']}
            ;;
`,
  )
  .join('')}    esac
}

if [[ $funcstack[1] == _gwlint ]]; then _gwlint "$@"; else compdef _gwlint gwlint; fi
`;
}

function zshValues(row: OptionRow): string {
  if (typeof row.takes === 'object') return `(${row.takes.join(' ')})`;
  if (row.completes === 'rule') return '_gwlint_rules';
  return row.completes === 'file' ? '_files' : '';
}

function fish(rules: readonly string[]): string {
  const list = rules.join(' ');
  const lines = rows.map(row => {
    const words = wordsOf(row, rules);
    const shownIn = row.listed ?? row.of;
    const when = shownIn.length === commands.length ? '' : ` -n '__gwlint_in ${shownIn.join(' ')}'`;
    const short = row.short === undefined ? '' : ` -s ${row.short}`;
    const value =
      row.takes === undefined
        ? ''
        : row.optional
          ? ''
          : words
            ? ` -x -a ${row.completes === 'rule' ? "'(__gwlint_rules)'" : single(words.join(' '))}`
            : row.completes === 'file'
              ? ' -r -F'
              : ' -x';
    return `complete -c gwlint${when} -l ${row.name}${short}${value} -d ${single(row.help)}\n`;
  });
  return `# fish completion of gwlint. To have it in every shell: gwlint completion fish >~/.config/fish/completions/gwlint.fish

function __gwlint_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word ${subcommands.map(({ name }) => name).join(' ')}
            echo $word
            return
        end
    end
    echo lint
end

function __gwlint_in
    contains -- (__gwlint_command) $argv
end

function __gwlint_rules
    set -l rules ${list}
    # Of a list only the part behind the last comma is open.
    set -l head (string match -r '^(?:--[a-z-]+=)?(.*,)' -- (commandline -ct))[2]
    for rule in $rules
        echo "$head$rule"
    end
end

${subcommands.map(({ name, help }) => `complete -c gwlint -n '__gwlint_in lint' -a ${name} -d ${single(help)}\n`).join('')}complete -c gwlint -n '__gwlint_in explain' -f -a '(__gwlint_rules)'
complete -c gwlint -n '__gwlint_in completion' -f -a '${Object.keys(shells).join(' ')}'
complete -c gwlint -n '__gwlint_in rules' -f
${lines.join('')}`;
}

/** In single quotes; none of the texts holds a quote that fish and zsh would read differently. */
function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
