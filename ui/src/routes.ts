import type { ComponentType } from 'preact';
import { buildPath, matchPath, type PathParams } from './router/path';

/** What a route's component receives. */
export type PageProps<P extends string = string> = { params: PathParams<P> };

export type RouteId = keyof typeof routes;

export type Route<P extends string = string> = {
  /** Pattern of the canonical path. */
  path: P;
  /** Other paths that open the page, as Prometheus's own UI names them; the query string is kept. */
  aliases: Record<string, Partial<PathParams<P>>>;
  /** Longer patterns with the same parameters and more; such a path stays as it is. */
  also: readonly string[];
  /** Every page is a chunk of its own. */
  load(): Promise<ComponentType<PageProps<P>>>;
};

function route<P extends string>(
  path: P,
  load: Route<P>['load'],
  aliases: Route<P>['aliases'] = {},
  also: Route<P>['also'] = [],
): Route<P> {
  return { path, load, aliases, also };
}

export const routes = {
  home: route('/', () => import('./pages/home/page').then((page) => page.HomePage)),
  dashboards: route('/dashboards', () =>
    import('./pages/dashboards/page').then((page) => page.DashboardsPage),
  ),
  newDashboard: route('/dashboard/new', () =>
    import('./pages/dashboard/page').then((page) => page.NewDashboardPage),
  ),
  importDashboard: route('/dashboard/import', () =>
    import('./pages/dashboard/edit/import/page').then((page) => page.ImportPage),
  ),
  dashboard: route('/d/:uid', () => import('./pages/dashboard/page').then((page) => page.DashboardPage), {}, [
    '/d/:uid/:slug',
  ]),
  login: route('/login', () => import('./pages/login/page').then((page) => page.LoginPage)),
  profile: route('/profile', () => import('./pages/profile/page').then((page) => page.ProfilePage)),
  users: route('/users', () => import('./pages/users/page').then((page) => page.UsersPage)),
  tokens: route('/tokens', () => import('./pages/tokens/page').then((page) => page.TokensPage)),
  dataSources: route('/datasources', () =>
    import('./pages/datasources/page').then((page) => page.DataSourcesPage),
  ),
  dataSource: route('/datasources/:uid', () =>
    import('./pages/datasources/edit-page').then((page) => page.DataSourcePage),
  ),
  explore: route('/explore', () => import('./pages/explore/page').then((page) => page.ExplorePage), {
    '/graph': {},
    '/query': {},
  }),
  targets: route('/targets', () => import('./pages/targets/page').then((page) => page.TargetsPage)),
  discovery: route('/discovery', () => import('./pages/discovery/page').then((page) => page.DiscoveryPage), {
    '/service-discovery': {},
  }),
  status: route('/status/:section', () => import('./pages/status/page').then((page) => page.StatusPage), {
    '/status': { section: 'runtime' },
    '/config': { section: 'config' },
    '/flags': { section: 'flags' },
    '/tsdb-status': { section: 'cardinality' },
  }),
};

type PathOf<Id extends RouteId> = (typeof routes)[Id]['path'];

/** The path of a page below the base path: `href('status', {section: 'flags'})`. */
export function href<Id extends RouteId>(
  id: Id,
  ...[params, search]: PathOf<Id> extends `${string}:${string}`
    ? [params: PathParams<PathOf<Id>>, search?: Record<string, string>]
    : [params?: Record<never, string>, search?: Record<string, string>]
): string {
  const path = buildPath(routes[id].path as string, (params ?? {}) as PathParams<string>);
  const query = search ? new URLSearchParams(search).toString() : '';
  return query ? `${path}?${query}` : path;
}

export type RouteMatch = { id: RouteId; params: Record<string, string>; canonicalPath: string };

/** Finds the page of a path, an alias included; `null` where there is none. */
export function findRoute(path: string): RouteMatch | null {
  for (const [id, { path: pattern, aliases, also }] of Object.entries(routes) as [RouteId, Route][]) {
    const params = matchPath(pattern, path) as Record<string, string> | null;
    if (params) return { id, params, canonicalPath: buildPath(pattern, params as PathParams<string>) };
    for (const longer of also) {
      const found = matchPath(longer, path) as Record<string, string> | null;
      if (found) return { id, params: found, canonicalPath: path };
    }
    for (const [alias, aliasParams] of Object.entries(aliases)) {
      if (!matchPath(alias, path)) continue;
      return {
        id,
        params: aliasParams as Record<string, string>,
        canonicalPath: buildPath(pattern, aliasParams as PathParams<string>),
      };
    }
  }
  return null;
}
