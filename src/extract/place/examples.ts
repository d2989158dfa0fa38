/** `nginx.conf.example`, `nginx.example.conf`, `example.nginx.conf` for `nginx.conf`. */
export function isExampleOf(name: string, wanted: string): boolean {
  if (name === wanted || !/example|sample|template|tmpl|tpl|dist|default|j2|jinja|\.in$/i.test(name)) return false;
  const stem = wanted.replace(/\.[^.]*$/, '');
  return stem !== '' && name.includes(stem);
}
