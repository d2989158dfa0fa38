const listing = new Set(
  `pyproject.toml pyproject.lock pdm.toml pdm.lock uv.toml uv.lock poetry.toml poetry.lock pipfile pipfile.lock setup.py setup.cfg environment.yml
  environment.yaml containerfile`.split(/\s+/),
);
const scripts = ['.sh', '.bash', '.nix'];

/** True for the name of a file that lists or installs packages. */
export function declaresPackages(path: string): boolean {
  const folders = path.toLowerCase().split('/');
  const name = folders.pop() ?? '';
  if (listing.has(name) || folders.at(-1) === 'requirements' || name.includes('dockerfile')) return true;
  if (name.startsWith('requirements') && (name.endsWith('.txt') || name.endsWith('.in'))) return true;
  if (name.includes('constraints') && name.endsWith('.txt')) return true;
  return scripts.some(ending => name.endsWith(ending) && name.length > ending.length);
}
