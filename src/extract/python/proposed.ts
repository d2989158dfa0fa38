import { baseName, folderOf } from '../../model/place.js';
import type { Reader } from '../reader.js';

/**
 * True where nothing in the repository looks like other settings than the module that the code proposes (`setdefault`): no second file called
 * after settings, no file beside it that is named for a stage of deployment, and no other value of the variable in code. Then a deployment
 * that names another module has to bring it from elsewhere.
 */
export function isOnlySettings(reader: Reader, path: string): boolean {
  return (
    !reader
      .once('python settings files', () => reader.files().filter(isSettings))
      .some(one => one !== path && !isPackageOf(one, path)) &&
    !reader.list(folderOf(path)).some(name => stage.test(name))
  );
}

const stage =
  /^(?:local|dev|devel|development|prod|production|stag|stage|staging|live|deploy|base|common|defaults?|docker|heroku|test|testing|ci)(?:\.py)?$/;

/** The same names as Django's own template and the customs of its users: `settings.py`, `settings_prod.py`, `settings/prod.py`. */
function isSettings(path: string): boolean {
  if (!path.endsWith('.py') || /(?:^|\/)(?:migrations|tests?|node_modules|site-packages)\//.test(path)) return false;
  return /settings/i.test(baseName(path)) || /(?:^|\/)settings\//.test(path);
}

/** The `__init__.py` of the folder that the module lies in. */
function isPackageOf(one: string, path: string): boolean {
  return baseName(one) === '__init__.py' && folderOf(one) === folderOf(path);
}
