import { joinInside } from '../../model/place.js';
import { defaultSetting, type Setting } from '../../model/setting.js';
import { resolveIn, type ServerContext, startFolder, variableOf } from './context.js';

/**
 * Folders on the module search path: those the server puts first, the folder it is started in where `startFolderCounts`, then
 * PYTHONPATH. Relative ones are resolved from the start folder. Unknown where one of them is.
 */
export function searchFolders(
  context: ServerContext,
  first: readonly Setting<string>[],
  startFolderCounts = true,
): Setting<readonly string[]> {
  const start = startFolder(context);
  const wanted: Setting<string>[] = [...first, ...(startFolderCounts ? [start] : [])];
  const variable = variableOf(context, 'PYTHONPATH');
  if (variable.state === 'set') wanted.push(...pythonPath(variable.setting));
  const folders: string[] = [];
  for (const folder of wanted) {
    if (!folder.known)
      return {
        name: 'the module search path',
        origin: folder.origin,
        known: false,
        why: folder.why,
        ...(folder.span && { span: folder.span }),
      };
    const resolved = resolveIn(start, folder.value);
    if ('why' in resolved)
      return { name: 'the module search path', origin: folder.origin, known: false, why: resolved.why };
    if (!folders.includes(resolved.path)) folders.push(resolved.path);
  }
  return defaultSetting('the module search path', folders);
}

/** An empty part of PYTHONPATH is the working directory. */
function pythonPath(setting: Setting<string>): readonly Setting<string>[] {
  if (!setting.known) return [setting];
  return setting.value.split(':').map(part => ({ ...setting, value: joinPart(part) }));
}

function joinPart(part: string): string {
  return part.startsWith('/') ? joinInside('/', part) : part === '' ? '.' : part;
}
