/** Folders that hold other people's code, caches or build products: nothing in them is what the user deploys by hand. */
const skippedNames: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'bower_components',
  'site-packages',
  'dist-packages',
  '__pycache__',
  '__pypackages__',
  '.venv',
  'venv',
  'virtualenv',
  '.virtualenv',
  '.tox',
  '.nox',
  '.eggs',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.terraform',
  'vendor',
  'vendored',
  '_vendor',
  'third_party',
]);

export function isSkippedName(name: string): boolean {
  return skippedNames.has(name) || name.endsWith('.egg-info') || name.endsWith('.dist-info');
}

/** A virtual environment by whatever name (`pyvenv.cfg`: PEP 405), or what setuptools leaves in `build` and `dist`. */
export function isProduct(name: string, inside: readonly string[], beside: ReadonlySet<string>): boolean {
  if (inside.includes('pyvenv.cfg')) return true;
  if (!beside.has('setup.py') && !beside.has('pyproject.toml') && !beside.has('setup.cfg')) return false;
  if (name === 'build') return inside.some(entry => entry === 'lib' || /^(?:bdist|lib|temp|scripts)[.-]/.test(entry));
  return name === 'dist' && inside.some(entry => entry.endsWith('.whl') || entry.endsWith('.tar.gz'));
}
