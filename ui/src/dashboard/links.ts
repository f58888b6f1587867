import { query, withBase } from '../router/location';
import type { Scope } from '../variables/scope';
import type { DashboardLink, DataLink } from './model';
import type { DashboardSession } from './session';

/** What a link in a dashboard may lead to: pages of this server, the web, mail. `null` for everything else. */
export function safeUrl(text: string): string | null {
  const trimmed = [...text.trim()].filter((character) => character > '\u001f').join('');
  if (trimmed === '') return null;
  if (/^(https?:)?\/\//i.test(trimmed) || /^mailto:/i.test(trimmed)) return trimmed;
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return null;
  // A path of Grafana's own is a path below the base path here.
  return trimmed.startsWith('/') ? withBase(trimmed) : trimmed;
}

export type ResolvedLink = { title: string; url: string; opensTab: boolean; tooltip?: string };

/** A link of a panel with its variables put in. */
export function resolvePanelLink(
  session: DashboardSession,
  link: DataLink & { tooltip?: unknown; keepTime?: unknown; includeVars?: unknown },
  scope: Scope,
): ResolvedLink | null {
  const put = (text: string) => session.interpolate(text, scope, undefined, 'percentencode');
  const url = safeUrl(put(link.url ?? ''));
  if (url === null) return null;
  const title = session.interpolate(link.title ?? '', scope, undefined, 'text');
  return { title: title || url, url, opensTab: Boolean(link.targetBlank) };
}

/** Adds time and variables to an address, as a dashboard link asks. */
export function withState(
  session: Pick<DashboardSession, 'time' | 'variables'>,
  url: string,
  link: Pick<DashboardLink, 'keepTime' | 'includeVars'>,
): string {
  const parameters: [string, string][] = [];
  if (link.keepTime) {
    const { from, to } = session.time.range.value;
    parameters.push(['from', from], ['to', to]);
  }
  if (link.includeVars) {
    // Only to be told of changes: the parameters themselves are read at once.
    session.variables.states.value;
    for (const [name, values] of Object.entries(session.variables.urlParameters())) {
      for (const value of values) parameters.push([name, value]);
    }
  }
  if (parameters.length === 0) return url;
  const [address, hash] = url.split('#', 2) as [string, string | undefined];
  const text = parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const joined = `${address}${address.includes('?') ? '&' : '?'}${text}`;
  return hash === undefined ? joined : `${joined}#${hash}`;
}

/** The parameters of the page that others see, so that a link shows the same. */
export function pageParameters(): URLSearchParams {
  const parameters = new URLSearchParams(query.peek());
  for (const name of ['editPanel', 'editview', 'kiosk']) parameters.delete(name);
  return parameters;
}
