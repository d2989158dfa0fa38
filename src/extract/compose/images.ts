import type { ContainerStack } from '../../model/parts.js';
import { baseName, folderOf, joinInside, joinRepo, type Place } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import { buildImage } from '../dockerfile/build.js';
import { missingCopies } from '../dockerfile/faults.js';
import { startContainer } from '../dockerfile/start.js';
import type { Reader } from '../reader.js';

/** A stack for each Dockerfile that no compose file names: the one container that its image starts. */
export function imageStacks(reader: Reader, dockerfiles: readonly SourceFile[]): readonly ContainerStack[] {
  return dockerfiles.flatMap(file => imageStack(reader, file) ?? []);
}

function imageStack(reader: Reader, file: SourceFile): ContainerStack | undefined {
  const context = guessContext(reader, file);
  const image = buildImage(reader, { file, context: context.folder, contextUncertain: context.uncertain });
  const last = reader.dockerfile(file)?.stages.at(-1);
  if (!image || !last) return undefined;
  const place: Place = {
    id: file.path,
    kind: 'image',
    title: `the image of ${file.path}`,
    names: [],
    networks: [],
    ports: [],
    claims: image.claims,
    environment: new Map([...reader.assumptions.environment, ...image.environment]),
    // Whoever starts the container may set more, and nobody has written it down.
    environmentOpen: true,
    mounts: image.mounts,
    workingDirectory: image.workingDirectory,
    ...(image.user && { user: image.user }),
    image: image.base,
    packages: image.packages,
    opaque: !image.entrypoint && !image.cmd,
    dependsOn: [],
    extraNames: new Map(),
    span: last.from.span,
  };
  const start = startContainer(reader, {
    kind: 'dockerfile',
    name: baseName(file.path),
    place,
    entrypoint: image.entrypoint,
    cmd: image.cmd,
    span: last.from.span,
    ...(image.stopSignal && { stopSignal: image.stopSignal }),
    unresolved: image.unresolved,
    faults: missingCopies(reader, file, possibleContexts(file), { sure: false }),
  });
  return {
    id: file.path,
    title: file.path,
    why: 'a Dockerfile that no compose file names',
    places: [start.place],
    launches: start.launch ? [start.launch] : [],
    files: image.files,
  };
}

/**
 * The folder that an image is built in: the one in which the files that COPY names are found, the Dockerfile's own first, then the
 * repository's root, then the folders between. Uncertain where nothing tells them apart.
 */
function guessContext(reader: Reader, file: SourceFile): { readonly folder: string; readonly uncertain: boolean } {
  const own = folderOf(file.path);
  if (own === '') return { folder: '', uncertain: false };
  const named = namedSources(reader, file);
  const candidates = possibleContexts(file);
  const there = (folder: string) =>
    named.filter(source => reader.kind(joinRepo(folder, source) ?? '') !== 'missing').length;
  if (named.length > 0) {
    const counts = candidates.map(folder => ({ folder, count: there(folder) }));
    const whole = counts.filter(one => one.count === named.length);
    if (whole[0]) return { folder: whole[0].folder, uncertain: false };
    const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
    return { folder: best.folder, uncertain: true };
  }
  const holdsCode = reader
    .list(own)
    .some(name => /\.(?:py|toml|conf|ini)$|^(?:requirements|Pipfile|manage)/.test(name));
  return { folder: holdsCode ? own : '', uncertain: true };
}

/** The Dockerfile's own folder, the repository's root, the folders between. */
function possibleContexts(file: SourceFile): readonly string[] {
  const own = folderOf(file.path);
  const above = own.split('/').map((_, index, parts) => parts.slice(0, parts.length - index).join('/'));
  return [...new Set([own, '', ...above])];
}

/** Sources of COPY and ADD that are written out, come from the context, and are not the whole context. */
function namedSources(reader: Reader, file: SourceFile): readonly string[] {
  const found: string[] = [];
  for (const stage of reader.dockerfile(file)?.stages ?? []) {
    for (const instruction of stage.instructions) {
      if ((instruction.name !== 'COPY' && instruction.name !== 'ADD') || instruction.flags.has('from')) continue;
      for (const word of instruction.words.slice(0, -1)) {
        const plain = joinInside('/', word.text).slice(1);
        if (plain !== '' && !/[*?[$<:]/.test(plain)) found.push(plain);
      }
    }
  }
  return found;
}
