/** Endings that never hold a configuration we read; what is left is looked at. */
const otherEndings = new Set(
  `py pyi pyc js mjs cjs ts tsx jsx vue svelte css scss sass less htm html md rst adoc png jpg jpeg gif svg ico webp woff woff2 ttf eot otf pdf zip gz
  tgz bz2 xz tar whl jar class so o a exe dll db sqlite sqlite3 lock map csv tsv sql po mo pot ipynb mp3 mp4 m4v mov avi wav ogg webm proto graphql
  go rs c h cc cpp hpp java kt rb php pl swift lua r pem crt key csr gpg asc sum mod rules patch diff log min sample-data geojson parquet pkl npy bin
  dat`.split(/\s+/),
);

/** True for a file that is looked at by nobody, or only where another one names it. */
export function isOther(path: string): boolean {
  return otherEndings.has(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}
