import { batch, computed, signal } from '@preact/signals';

/**
 * Where the user is. The URL is the state of every page: a component reads it
 * through these signals and writes it through `navigate` and `setQuery`, and
 * whatever is not in the URL is gone after a reload on purpose.
 *
 * Paths are below the base path, which the server states in `<base href>`,
 * relative to the address that it was asked for.
 */
const basePath =
  typeof document === 'undefined' ? '' : new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');

function currentPath(): string {
  if (typeof window === 'undefined') return '/';
  const { pathname } = window.location;
  return (pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname) || '/';
}

const search = signal(typeof window === 'undefined' ? '' : window.location.search);

export const path = signal(currentPath());
export const query = computed(() => new URLSearchParams(search.value));

/** The address of a path below the base path, for `href` and `fetch`. */
export function withBase(target: string): string {
  return basePath + target;
}

function readWindow(): void {
  batch(() => {
    path.value = currentPath();
    search.value = window.location.search;
  });
}

export type HistoryEntry = 'push' | 'replace';

/** Goes to `target`, a path below the base path with or without a query string. */
export function navigate(target: string, entry: HistoryEntry = 'push'): void {
  if (entry === 'push') {
    window.history.pushState(null, '', withBase(target));
    // Another page begins at its top; another state of the same page stays where it is.
    if (target.split(/[?#]/)[0] !== path.peek()) window.scrollTo(0, 0);
  } else {
    window.history.replaceState(null, '', withBase(target));
  }
  readWindow();
}

/** Changes these query parameters and leaves the others; `null` and `[]` remove one. */
export function setQuery(
  changes: Record<string, string | readonly string[] | null>,
  entry: HistoryEntry = 'replace',
): void {
  const next = new URLSearchParams(search.peek());
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) next.append(name, item);
  }
  const encoded = encodeQuery(next);
  navigate(path.peek() + (encoded && `?${encoded}`) + window.location.hash, entry);
}

/** Like `URLSearchParams.toString`, but leaves what PromQL is full of readable. */
export function encodeQuery(params: URLSearchParams): string {
  const readable = (text: string) =>
    encodeURIComponent(text).replace(/%(2C|2F|3A|5B|5D|7B|7D|22|40|24|20)/g, (escaped, hex: string) => {
      if (hex === '20') return '+';
      return hex === '22' || hex === '7B' || hex === '7D' ? escaped : decodeURIComponent(escaped);
    });
  return [...params].map(([name, value]) => `${readable(name)}=${readable(value)}`).join('&');
}

/** Starts following the history and plain clicks on links into this application. */
export function startRouter(): void {
  // A relative base would move along with the address.
  document.querySelector('base')?.setAttribute('href', `${basePath}/`);
  window.addEventListener('popstate', readWindow);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link?.href || link.target || link.hasAttribute('download') || link.dataset.external !== undefined)
      return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || !url.pathname.startsWith(`${basePath}/`)) return;
    event.preventDefault();
    navigate(url.pathname.slice(basePath.length) + url.search + url.hash);
  });
}
