/**
 * Folder names that say what kind of deployment file lies in them, not which project: `deploy/nginx/site.conf` belongs to the
 * project at the root.
 */
const deploymentFolder =
  /^(?:\.?deploy(?:ment|ments)?|config(?:s|uration)?|conf|conf\.d|etc|ops|infra(?:structure)?|nginx|uwsgi|gunicorn|systemd|supervisor|supervisord|supervisor\.d|system|sites-(?:available|enabled)|scripts?|bin|server|servers|servers?-?config|apps-(?:available|enabled)|vassals|init|init\.d|services|web-?server|proxy|prod|production|staging|docker|files|provision(?:ing)?|setup|install|installer|misc|tools|utils?|snippets|templates|include|includes|run|lib|usr|local|share|default|[\w@.-]+\.(?:service|socket)\.d)$/i;

/** The folder of the project that a host file belongs to: its own, without the folders that only sort deployment files. */
export function projectFolder(folder: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  while (parts.length > 0 && deploymentFolder.test(parts[parts.length - 1] ?? '')) parts.pop();
  return parts.join('/');
}
