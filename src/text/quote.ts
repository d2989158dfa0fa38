/** A word as it must stand in a file of nginx: quoted where it is empty or holds what ends or begins a word there. */
export function quoteForNginx(value: string): string {
  const plain = value.replace(/\$\{\w+\}/g, '');
  if (value !== '' && !/[\s;{}"'#\\]/.test(plain)) return value;
  return `"${value.replace(/["\\]/g, found => `\\${found}`)}"`;
}
