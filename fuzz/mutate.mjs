// How inputs are changed, and the dice. An input is a list of texts by path.

/** Mulberry32: the same numbers for the same seed. */
export function createDice(seed) {
  let state = seed | 0;
  const below = count => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
  return { below, pick: list => list[below(list.length)] };
}

const marks = [
  ...[
    '{',
    '}',
    '"',
    "'",
    '\\',
    '$',
    '${',
    '#',
    ';',
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\ufeff',
    '(',
    ')',
    '[',
    ']',
    '=',
    ':',
    ',',
  ],
  ...[
    '%(',
    '{{',
    '}}',
    '{%',
    '%}',
    '<%',
    '<<EOF\n',
    '<<-"E"\n',
    '$(',
    '`',
    '&&',
    '|',
    '[[',
    ': ',
    '- ',
    '&a ',
    '*a',
    '<<: *a',
    '|\n',
  ],
  ...[
    '"""',
    "'''",
    'f"{',
    '\\\n',
    '\t',
    '    ',
    '\ud800',
    '\u2028',
    '\u00a0',
    '\u{1f600}',
    '9'.repeat(30),
    '../',
    '*',
    '~',
    '!',
  ],
  ...['<!--', '-->', '<![CDATA[', '&lt;', '/>', '[uwsgi]\n', '[program:x]\n', '[Service]\n', 'FROM x\n', 'web: '],
];

/** The longest text that is tried. */
const longest = 60_000;

/** Changes inputs, with words and lines out of the `corpus` of inputs that are known so far. */
export function createMutator(dice, corpus) {
  const { below, pick } = dice;
  const words = [...new Set(corpus.flatMap(files => [...files.values()].flatMap(text => text.split(/[\s;]+/))))];

  function mutateText(text) {
    const at = below(text.length + 1);
    const to = Math.min(text.length, at + below(40));
    const lines = text.split('\n');
    switch (below(10)) {
      case 0:
        return text.slice(0, at) + pick(marks) + text.slice(at);
      case 1:
        return text.slice(0, at) + text.slice(to);
      case 2:
        return text.slice(0, at) + pick(words) + text.slice(to);
      case 3:
        return text.slice(0, at) + text.slice(at, to).repeat(1 + below(50)) + text.slice(to);
      case 4:
        lines.splice(below(lines.length), 1);
        return lines.join('\n');
      case 5:
        lines.splice(below(lines.length), 0, pick(lines));
        return lines.join('\n');
      case 6:
        lines.splice(below(lines.length), 0, ...pick([...pick(corpus).values()]).split('\n'));
        return lines.join('\n');
      case 7:
        return text.slice(0, at);
      case 8:
        return text.slice(0, at) + pick(marks) + text.slice(at, to) + pick(marks) + text.slice(to);
      default:
        return text.replaceAll('\n', '\r\n');
    }
  }

  return files => {
    const out = new Map(files);
    for (let i = 1 + below(4); i > 0; i--) {
      const path = pick([...out.keys()]);
      const text = out.get(path) ?? '';
      if (below(20) === 0) out.set(pick([...pick(corpus).keys()]), text);
      else if (below(30) === 0 && out.size > 1) out.delete(path);
      else out.set(path, mutateText(text).slice(0, longest));
    }
    return out;
  };
}
