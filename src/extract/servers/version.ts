import { imageName, imageTag, packagedServer } from '../../facts/images.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { declaresPackages, packageList } from '../packages.js';
import type { Reader } from '../reader.js';
import { targetVersion } from '../version.js';

const largestFile = 2_000_000;

/**
 * The version of a server's package: what the user named, else what the repository pins (requirements, lock files, `pip install name==1.2`),
 * else the distribution's package in an image whose release is known. Pins that do not agree, and ranges, tell nothing.
 */
export function serverVersion(reader: Reader, place: Place, name: 'gunicorn' | 'uwsgi'): Setting<string> | undefined {
  return targetVersion(reader, name) ?? pinnedVersion(reader, name) ?? packagedVersion(reader, place, name);
}

/** The one version of a package of Python's that all files of the repository that pin it agree on. */
export function pinnedVersion(reader: Reader, name: string): Setting<string> | undefined {
  return reader.once(`pinned version of ${name}`, () => findPin(reader, name));
}

function findPin(reader: Reader, name: string): Setting<string> | undefined {
  let found: (Setting<string> & { readonly known: true }) | undefined;
  for (const path of reader.files()) {
    if (!declaresPackages(path)) continue;
    const file = reader.file(path);
    if (!file || file.text.length > largestFile) continue;
    const { text, place } = packageList(file);
    for (const { version, at } of pinsIn(text, name)) {
      if (found && found.value !== version) return undefined;
      found ??= {
        name,
        origin: 'config file',
        span: place(at, at + version.length),
        known: true,
        value: version,
      };
    }
  }
  return found;
}

interface Pin {
  readonly version: string;
  readonly at: number;
}

/** Looks at each place where the package is named: what stands behind the name, and before it, tells the form. */
function pinsIn(text: string, name: string): readonly Pin[] {
  const lower = text.toLowerCase().replaceAll('_', '-');
  const pins: Pin[] = [];
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const line = text.slice(Math.max(text.lastIndexOf('\n', at - 1) + 1, at - 200), at);
    if (/[\w./-]$/.test(line) || /^\s*#/.test(line)) continue;
    const from = at + name.length;
    const found = pinBehind(text.slice(from, from + 300), line) ?? pinOfLock(text, from);
    if (found) pins.push({ ...found, at: from + found.at });
  }
  return pins;
}

const forms: readonly RegExp[] = [
  // requirements, pip install, setup.py, pyproject.toml, environment.yml of conda
  /^ {0,4}(?:\[[^\]\n]{0,200}\])? {0,4}={1,3} {0,4}v?(\d[\d.]{0,30})(?![\w.*])/,
  // poetry.lock, uv.lock, pdm.lock
  /^"\r?\nversion = "(\d[\d.]{0,30})"/,
];

/** Pipfile, and Poetry's table in pyproject.toml: `gunicorn = "20.1.0"`, `gunicorn = {version = "20.1.0", ...}`. */
const exact = /^ {0,4}= {0,4}(?:\{ {0,4}version {0,4}= {0,4})?["'](?:==)?(\d[\d.]{0,30})["']/;

function pinBehind(behind: string, line: string): Pin | undefined {
  const match =
    forms.map(form => form.exec(behind)).find(found => found !== null) ?? (line === '' ? exact.exec(behind) : null);
  const version = match?.[1];
  return match && version !== undefined ? { version, at: match[0].lastIndexOf(version) } : undefined;
}

/** Pipfile.lock: `"gunicorn": {"hashes": [...], "version": "==20.1.0"}`. */
function pinOfLock(text: string, from: number): Pin | undefined {
  if (!/^"\s{0,4}:\s{0,4}\{/.test(text.slice(from, from + 12))) return undefined;
  const end = text.indexOf('}', from);
  const inside = text.slice(from, end < 0 ? from : Math.min(end, from + 20_000));
  const match = /"version": "==(\d[\d.]{0,30})"/.exec(inside);
  const version = match?.[1];
  return match && version !== undefined ? { version, at: match.index + match[0].lastIndexOf(version) } : undefined;
}

/** Where nothing but the distribution's package can be meant: no file of the repository installs it with pip. */
function packagedVersion(reader: Reader, place: Place, name: 'gunicorn' | 'uwsgi'): Setting<string> | undefined {
  const { image } = place;
  if (!image?.known) return undefined;
  const value = packagedServer(name, imageName(image.value), imageTag(image.value));
  if (value === undefined || !reader.once(`${name} comes in a package`, () => onlyPackaged(reader, name)))
    return undefined;
  const { span: at } = image;
  return { name, origin: 'image', ...(at && { span: at }), known: true, value };
}

function onlyPackaged(reader: Reader, name: string): boolean {
  let packaged = false;
  for (const path of reader.files()) {
    if (!declaresPackages(path)) continue;
    const file = reader.file(path);
    const text = file ? packageList(file).text : '';
    if (text.length > largestFile || !text.toLowerCase().includes(name)) continue;
    for (const line of text.replaceAll('\\\r\n', ' ').replaceAll('\\\n', ' ').split('\n')) {
      if (!line.toLowerCase().includes(name) || /^\s*#/.test(line)) continue;
      // A line that only starts it says nothing; a list of packages does.
      if (
        /\bpip3?\b/.test(line) ||
        /(?:^|\/)(?:requirements|pipfile|pyproject|setup|poetry|uv|pdm|environment|constraints)/i.test(path)
      )
        return false;
      packaged ||= /\bapt(?:-get)?\b/.test(line) && /\binstall\b/.test(line);
    }
  }
  return packaged;
}
