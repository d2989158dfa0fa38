/**
 * Python's `int(text)` for base 10: white space around it, one sign, underscores between digits. Undefined where Python raises
 * ValueError. Source: CPython `Objects/longobject.c` (`PyLong_FromString`).
 */
export function pythonInt(text: string): number | undefined {
  const plain = text.trim();
  return /^[+-]?\d+(?:_\d+)*$/.test(plain) ? Number(plain.replaceAll('_', '')) : undefined;
}

/** Python's `int(text, 0)`: a literal as in code, so with `0x`, `0o`, `0b`, and without leading zeros. */
export function pythonLiteralInt(text: string): number | undefined {
  const plain = text.trim();
  const match = /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)$/.exec(
    plain,
  );
  if (!match) return undefined;
  const size = Number((match[2] ?? '').replaceAll('_', '').toLowerCase());
  return match[1] === '-' ? -size : size;
}

/** Gunicorn's `auto_int`: as `pythonLiteralInt`, but a leading zero means octal. Source: gunicorn/config.py of 20.1.0. */
export function autoInt(text: string): number | undefined {
  return pythonLiteralInt(/^0\d/.test(text) ? text.replace('0', '0o') : text);
}

/** Seconds that somebody meant by `60s`, `2m`, `1h`, `90 sec`; undefined for anything else. */
export function meantSeconds(text: string): number | undefined {
  const match = /^(\d{1,6}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hours?)$/.exec(text.trim().toLowerCase());
  if (!match) return undefined;
  const unit = match[2]?.[0] ?? 's';
  return Number(match[1]) * (unit === 's' ? 1 : unit === 'm' ? 60 : 3600);
}
