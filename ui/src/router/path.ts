/** The names after a colon in a path pattern: `/status/:section` gives `{section: string}`. */
export type PathParams<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? { [K in Name]: string } & PathParams<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? { [K in Name]: string }
    : Record<never, string>;

/** Matches a path (below the base path, starting with `/`) against a pattern. */
export function matchPath<P extends string>(pattern: P, path: string): PathParams<P> | null {
  const wanted = pattern.split('/');
  const got = (path.length > 1 ? path.replace(/\/+$/, '') : path).split('/');
  if (wanted.length !== got.length) return null;
  const params: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const segment = wanted[i]!;
    if (segment.startsWith(':')) {
      if (got[i] === '') return null;
      try {
        params[segment.slice(1)] = decodeURIComponent(got[i]!);
      } catch {
        return null;
      }
    } else if (segment !== got[i]) {
      return null;
    }
  }
  return params as PathParams<P>;
}

export function buildPath<P extends string>(pattern: P, params: PathParams<P>): string {
  return pattern.replace(/:([^/]+)/g, (_, name: string) =>
    encodeURIComponent((params as Record<string, string>)[name] ?? ''),
  );
}
