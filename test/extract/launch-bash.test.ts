import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScript } from '../../src/extract/launch/shell.js';
import { createReader } from '../../src/extract/reader.js';
import { literalWord } from '../../src/model/word.js';
import { memoryHost } from '../support/memory.js';
import { hostAt } from './launch-support.js';

/** Scripts of ours, run by the real bash with programs that only print how they were called. */
interface Sample {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables to compare, beside the words and the working directory. */
  readonly variables?: readonly string[];
}

const samples: readonly Sample[] = [
  {
    title: 'quotes, escapes and continued lines',
    files: {
      'start.sh': `exec gunicorn --bind "0.0.0.0:8000" -n 'my app' \\\n  --access-logformat "%(h)s \\"%(r)s\\"" app:create_app\\(\\) a"b"'c'\\d "" ''\n`,
    },
  },
  {
    title: 'defaults, alternatives and nested expansions',
    files: {
      'start.sh': `PORT=\${PORT:-8000}
BIND="\${HOST-0.0.0.0}:\${PORT}"
: "\${WORKERS:=3}"
gunicorn -b "$BIND" -w $WORKERS \${EXTRA:+--preload} \${EMPTY:-\${OTHER:-last}} \${#BIND} app:app
`,
    },
    environment: { HOST: '127.0.0.1' },
  },
  {
    title: 'splitting of unquoted values',
    files: {
      'start.sh': `OPTS="--workers 2  --timeout 30"\nNONE=\ngunicorn $OPTS $NONE "$OPTS" "$NONE" -b :80\${OPTS}9 app:app\n`,
    },
  },
  {
    title: 'parameters, shift, set -- and "$@"',
    files: {
      'start.sh': `first=$1\nshift\necho ignored $#\nset -- gunicorn "$@" "$first" $#\nexec "$@"\n`,
    },
    arguments: ['app:app', '--bind', ':8000', 'two words'],
  },
  {
    title: 'cutting of paths',
    files: {
      'deploy/bin/start.sh': `cd "$(dirname "$0")/../.."\nF=/srv/app/gunicorn.conf.py\ngunicorn -c "\${F##*/}" --chdir "\${F%/*}" "\${F%%/app*}" "\${F#/srv/}" "$(basename "$F" .py)" "$(basename $F)" app\ncd deploy && uwsgi x.ini\n( cd bin; uvicorn a:b )\ngunicorn here\n`,
    },
  },
  {
    title: 'the folder of the script',
    files: {
      'deploy/start.sh': `DIR="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"\nROOT=$(readlink -f "$DIR/..")\ncd "$ROOT"\nexec gunicorn -c "$DIR/gunicorn.py" --chdir \${ROOT}/src app:app\n`,
    },
  },
  {
    title: 'sourced files, exported or not',
    files: {
      '.env': `# settings\nPORT=9001\nexport WORKERS=4\nNAME="my app"\n`,
      'start.sh': `set -a\n. ./.env\nset +a\nLOCAL=1\nexport LATE=2 WORKERS\nTEMPORARY=3 gunicorn -b ":$PORT" -n "$NAME" app:app\ngunicorn second\n`,
    },
    variables: ['PORT', 'WORKERS', 'NAME', 'LOCAL', 'LATE', 'TEMPORARY'],
  },
  {
    title: 'variables from export $(cat .env | xargs)',
    files: {
      '.env': `# comment\nPORT=9002\nMODE=prod\n`,
      'start.sh': `export $(grep -v '^#' .env | xargs)\ngunicorn -b 127.0.0.1:$PORT app:app\n`,
    },
    variables: ['PORT', 'MODE'],
  },
  {
    title: 'conditions that constants decide',
    files: {
      'config.ini': 'x',
      'start.sh': `MODE=production
if [ "$MODE" = "production" ] && [ -f config.ini ]; then A=1; else A=2; fi
if [[ $MODE == prod* && ! -d config.ini ]]; then B=1; else B=2; fi
[ -z "$NOTHING" ] && C=1 || C=2
test -e missing.ini && D=1 || D=2
if [ "$A" -eq 1 -a "$B" -ge 1 ]; then E=1; elif true; then E=2; fi
[[ ( $MODE = x || $MODE != y ) && -n $MODE ]] && F=1
case "$MODE" in dev|test) G=1 ;; prod*) G=2 ;; *) G=3 ;; esac
gunicorn $A $B $C $D $E $F $G
`,
    },
    environment: { NOTHING: '' },
  },
  {
    title: 'functions, local variables and return',
    files: {
      'start.sh': `run() {
  local name=$1
  if [ "$name" = skip ]; then return 0; fi
  gunicorn -n "$name" "\${@:-x}" app:app
}
function both { run "$1"; run "$2"; }
both web api
run skip
uvicorn after:all
`,
    },
  },
  {
    title: 'loops over words',
    files: {
      'start.sh': `for port in 8001 8002; do\n  gunicorn --daemon -b 127.0.0.1:$port app:app\ndone\nfor x in a b c; do [ $x = b ] && break; uvicorn $x:app; done\nuwsgi last.ini\n`,
    },
  },
  {
    title: 'arrays',
    files: {
      'start.sh': `ARGS=(--bind ":8000" --workers "2")\nARGS+=(--name "two words")\ngunicorn "\${ARGS[@]}" \${ARGS[1]} app:app\n`,
    },
  },
  {
    title: 'exec ends a script, exit a way through it',
    files: {
      'start.sh': `[ -n "$1" ] || exit 1\nif [ "$1" = web ]; then exec gunicorn web:app; fi\nexec gunicorn other:app\nuwsgi never.ini\n`,
    },
    arguments: ['web'],
  },
  {
    title: 'commands that start others',
    files: {
      'scripts/run.sh': `exec gunicorn --from script "$@"\n`,
      'start.sh': `env A=1 B="x y" gunicorn env\nnohup gunicorn nohup >/dev/null\nnice -n 5 gunicorn nice\ntimeout 60 gunicorn timeout\nsh -c 'gunicorn -b ":$1" "$0" "$@"' name 80 90\nbash -e scripts/run.sh --flag\n( gunicorn sub )\n{ gunicorn group; }\nexec -a other gunicorn exec\n`,
    },
    variables: ['A', 'B'],
  },
  {
    title: 'here-documents and comments are no commands',
    files: {
      'start.sh': `cat > /dev/null <<EOF\ngunicorn not:me\nEOF\n# gunicorn nor:me\ncat <<-'END' >/dev/null\n\tgunicorn not:me\n\tEND\ngunicorn me:app # gunicorn nor:me\n`,
    },
  },
];

const stub =
  '#!/bin/bash\n{ printf "%s\\x1f" "$PWD" "${0##*/}" "$@"; printf "\\x1e"; for v in $SHOWN; do printf "%s\\x1f" "$v=${!v}"; done; printf "\\x1d"; } >> "$SEEN"\n';

describe('what scripts start, compared with bash', () => {
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'gwlint-bash-')));
    mkdirSync(join(folder, 'bin'));
    for (const name of ['gunicorn', 'uvicorn', 'uwsgi']) {
      writeFileSync(join(folder, 'bin', name), stub);
      chmodSync(join(folder, 'bin', name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  samples.forEach((sample, index) => {
    it(sample.title, () => {
      const script = Object.keys(sample.files).find(path => path.endsWith('start.sh')) ?? '';
      const root = join(folder, String(index));
      for (const [path, text] of Object.entries(sample.files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      const variables = sample.variables ?? [];
      const seen = join(root, '.seen');
      writeFileSync(seen, '');
      execFileSync('bash', [join(root, script), ...(sample.arguments ?? [])], {
        cwd: root,
        stdio: 'ignore',
        env: { ...sample.environment, PATH: `${folder}/bin:/usr/bin:/bin`, SEEN: seen, SHOWN: variables.join(' ') },
      });
      const real = execFileSync('cat', [seen], { encoding: 'utf8' })
        .split('\x1d')
        .slice(0, -1)
        .map(entry => {
          const [words = '', shown = ''] = entry.split('\x1e');
          return { words: words.split('\x1f').slice(0, -1), variables: shown.split('\x1f').slice(0, -1) };
        });

      const reader = createReader(memoryHost(sample.files), {});
      const file = reader.file(script);
      if (!file) throw new Error('no script');
      const span = { file, start: 0, end: 0 };
      const outcome = runScript(reader, file, {
        place: hostAt(root),
        environment: new Map(
          Object.entries(sample.environment ?? {}).map(([name, value]) => [
            name,
            { name, origin: 'environment', known: true, value },
          ]),
        ),
        environmentOpen: false,
        workingDirectory: { name: 'cwd', origin: 'default', known: true, value: root },
        parameters: (sample.arguments ?? []).map(text => literalWord(text, span)),
        script: join(root, script),
        via: [],
        certain: true,
      });
      const ours = outcome.commands.map(command => ({
        words: [
          command.workingDirectory.known ? command.workingDirectory.value : '?',
          ...command.words.map(word => (word.known ? word.text : `?${word.text}`)),
        ],
        variables: variables.map(name => {
          const value = command.environment.get(name);
          return `${name}=${value?.known ? value.value : ''}`;
        }),
      }));
      expect(ours).toEqual(real);
      expect(outcome.commands.every(command => command.certain)).toBe(true);
      expect(outcome.unresolved).toEqual([]);
    });
  });
});

it('makes one setting of a variable for all commands that see it, and each command sees what was set before it', () => {
  const text =
    'export A=1 B=1\ngunicorn one\nB=2 gunicorn two\nif [ "$(date +%u)" = 1 ]; then export A=3; fi\ngunicorn three\n';
  const reader = createReader(memoryHost({ 'start.sh': text }), {});
  const file = reader.file('start.sh');
  if (!file) throw new Error('no script');
  const { commands } = runScript(reader, file, {
    place: hostAt('/srv'),
    environment: new Map(),
    environmentOpen: false,
    workingDirectory: { name: 'cwd', origin: 'default', known: true, value: '/srv' },
    parameters: [],
    script: '/srv/start.sh',
    via: [],
    certain: true,
  });
  const [one, two, three] = commands.map(({ environment }) => environment);
  expect(one?.get('A')).toMatchObject({ value: '1' });
  expect(two?.get('A')).toBe(one?.get('A'));
  expect(two?.get('B')).toMatchObject({ value: '2' });
  expect(three?.get('A')).toMatchObject({ known: false, why: 'it depends on a condition' });
  expect(three?.get('B')).toBe(one?.get('B'));
});
