import { imageFacts, imageName } from '../../facts/images.js';
import type { Setting } from '../../model/setting.js';
import { buildImage } from '../dockerfile/build.js';
import type { BuiltImage } from '../dockerfile/image.js';
import type { Reader } from '../reader.js';
import { gap, type NamedBuild, splitReference } from './build.js';
import { commandBuilds, mayBuild } from './commands.js';
import { fileBuilds, mayStateBuild } from './files.js';

/** The image behind a name; else why it cannot be looked into, where the repository builds something under the name. */
export type ImageTie = { readonly image: BuiltImage; readonly by: NamedBuild } | { readonly why?: string };

/**
 * The image that the repository itself builds under a name that it takes from a registry elsewhere: a container of a cluster, a service of a
 * production file. Only where all that builds under the name does it from one Dockerfile.
 */
export function tiedImage(reader: Reader, reference: string): ImageTie {
  return reader.once(`image ${reference}`, () => find(reader, reference));
}

function find(reader: Reader, reference: string): ImageTie {
  const { name, tag } = splitReference(reference);
  const unknown = (why: string): ImageTie => ({ why: `the image ${reference} ${why}` });
  if (imageFacts(reference)) return {};
  const named = matching(namedBuilds(reader), imageName(name));
  if (named.length === 0) return {};
  const same = named.filter(build => tag !== undefined && build.tag === tag);
  const builds = same.length > 0 ? same : named.filter(build => mayHaveTag(build, tag));
  const [first] = builds;
  if (!first)
    return unknown(`is built here under other tags (${[...new Set(named.map(build => build.tag))].join(', ')})`);
  if (builds.some(({ file }) => file === undefined)) return unknown('is built from a Dockerfile that cannot be told');
  const recipes = new Set(builds.map(({ file, context, target }) => JSON.stringify([file, context, target])));
  if (recipes.size > 1)
    return unknown(
      `is built from several Dockerfiles or stages (${[...new Set(builds.map(({ file }) => file))].join(', ')})`,
    );
  return build(reader, first) ?? unknown(`is built from ${first.file}, which cannot be read`);
}

/** A tag that is written out is that of one version: what the files say now need not be in an image with another. */
function mayHaveTag(build: NamedBuild, tag: string | undefined): boolean {
  const moving = (one: string | undefined) => one === undefined || one === '' || one === 'latest';
  return build.tag === undefined || (moving(build.tag) && moving(tag));
}

function build(reader: Reader, by: NamedBuild): ImageTie | undefined {
  const file = by.file === undefined ? undefined : reader.file(by.file);
  if (!file || by.target?.includes(gap)) return undefined;
  const args = new Map([...by.args].map(([name, value]) => [name, argument(by, name, value)]));
  const image = buildImage(reader, {
    file,
    context: by.context,
    args,
    ...(by.target !== undefined && { target: by.target }),
  });
  return image && { image, by };
}

function argument({ span }: NamedBuild, name: string, value: string): Setting<string> {
  const facts = { name, origin: 'config file' as const, span };
  return value.includes(gap)
    ? { ...facts, known: false, why: `${name} is given when the image is built` }
    : { ...facts, known: true, value };
}

/**
 * Builds under the name: under the whole of it; else under its end, where what stands before is not known; else under its last part, where one of
 * the two has no other.
 */
function matching(builds: readonly NamedBuild[], name: string): readonly NamedBuild[] {
  const whole = builds.filter(build => imageName(build.name) === name);
  if (whole.length > 0) return whole;
  const ends = builds.filter(build => {
    const at = build.name.lastIndexOf(gap);
    const tail = build.name.slice(at + 1);
    return at >= 0 && /^\/./.test(tail) && name.endsWith(tail);
  });
  if (ends.length > 0) return ends;
  const last = name.slice(name.lastIndexOf('/') + 1);
  return builds.filter(build => {
    const own = build.name.slice(build.name.lastIndexOf('/') + 1);
    return own === last && (own === build.name || last === name);
  });
}

/** All that the repository says about which image is built from what. */
function namedBuilds(reader: Reader): readonly NamedBuild[] {
  return reader.once('builds of images', () =>
    reader.files().flatMap(path => {
      const stated = mayStateBuild(path);
      if (!stated && !mayBuild(path)) return [];
      return reader.kept(`builds of ${path}`, [], () => {
        const file = reader.file(path);
        if (!file) return [];
        const asked = stated && /^(?:apiVersion:\s*["']?skaffold\/|services:|jobs:|steps:)/m.test(file.text);
        return [
          ...(asked && /image|docker|build/.test(file.text) ? fileBuilds(reader, file) : []),
          ...(mayBuild(path) ? commandBuilds(reader, file) : []),
        ];
      });
    }),
  );
}
