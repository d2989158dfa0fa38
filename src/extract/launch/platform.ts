import { platforms } from '../../facts/platforms.js';
import type { Platform } from '../../model/launch.js';
import { folderOf } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import type { Reader } from '../reader.js';

/** The platform that a Procfile is written for, where a file beside it can only be meant for that one. Many read a Procfile. */
export function platformOf(reader: Reader, procfile: SourceFile): Platform | undefined {
  const folder = folderOf(procfile.path);
  const beside = (name: string): SourceFile | undefined => reader.file(folder === '' ? name : `${folder}/${name}`);
  const configured = reader
    .files()
    .filter(path => inFolder(path, folder, /^\.(?:ebextensions|platform|elasticbeanstalk)\//));
  if (configured.length > 0) {
    // A file that speaks of a time may change it.
    const changed = configured.some(path => /timeout/i.test(reader.file(path)?.text ?? ''));
    const sign = changed ? undefined : reader.file(configured[0] ?? '');
    return sign && { ...platforms.beanstalk, span: span(sign, 0, 0) };
  }
  const sign =
    beside('heroku.yml') ??
    holding(beside('app.json'), /heroku/i) ??
    holding(beside('requirements.txt'), /^[ \t]*(?:django-heroku|django-on-heroku)\b/im);
  return sign && { ...platforms.heroku, span: span(sign, 0, 0) };
}

function inFolder(path: string, folder: string, below: RegExp): boolean {
  if (folder === '') return below.test(path);
  return path.startsWith(`${folder}/`) && below.test(path.slice(folder.length + 1));
}

function holding(file: SourceFile | undefined, word: RegExp): SourceFile | undefined {
  return file && word.test(file.text) ? file : undefined;
}
