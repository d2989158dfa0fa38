const declaring =
  /(?:^|\/)(?:requirements[^/]*\.(?:txt|in)|(?:pyproject|pdm|uv|poetry)\.(?:toml|lock)|pipfile(?:\.lock)?|setup\.(?:py|cfg)|environment\.ya?ml|[^/]*constraints[^/]*\.txt|requirements\/[^/]+|[^/]*dockerfile[^/]*|containerfile|[^/]+\.(?:sh|bash|nix))$/i;

/** True for the name of a file that lists or installs packages. */
export function declaresPackages(path: string): boolean {
  return declaring.test(path);
}
