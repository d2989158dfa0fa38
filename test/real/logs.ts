import { existsSync, readFileSync } from 'node:fs';

/** A log line without what differs from run to run: date, process and connection numbers, the folder of the copy. */
export function normalLine(line: string, root: string): string {
  return line
    .replace(/[\r\n]+$/, '')
    .replaceAll(root, '{root}')
    .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (\[\w+\]) \d+#\d+: (?:\*\d+ )?/, '$1 ')
    .replace(/^nginx: (\[\w+\])/, '$1')
    .replace(/^\[\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4}\] \[\d+\] /, '')
    .replace(/\(pid: ?\d+\)|\(pid \d+\)|\bpid[: ]+\d+/g, text => text.replace(/\d+/, 'N'))
    .replace(/\[\d+\](?=$| )/g, '[N]');
}

/** Lines of a log that are not blank; none where there is no such file. */
export function logLines(path: string, root: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => normalLine(line, root));
}
