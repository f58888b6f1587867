import { expect, test } from 'vitest';
import { findRoute, href } from './routes';

const paths = [
  '/',
  '/dashboards',
  '/dashboard/new',
  '/dashboard/import',
  '/d/abc',
  '/d/abc/a-slug',
  '/d/abc/a/b',
  '/login',
  '/profile',
  '/users',
  '/tokens',
  '/datasources',
  '/datasources/new',
  '/explore',
  '/graph',
  '/query',
  '/targets',
  '/targets/',
  '/discovery',
  '/service-discovery',
  '/status',
  '/status/storage',
  '/status/cardinality',
  '/status/config',
  '/status/flags',
  '/status/runtime',
  '/config',
  '/flags',
  '/tsdb-status',
  '/status/%zz',
  '/status/a/b',
  '/targetsx',
  '//targets',
];

test('every path opens the page it always opened', () => {
  const opened = paths.map((path) => {
    const match = findRoute(path);
    return `${path} → ${match ? `${match.id} ${match.canonicalPath}` : 'not found'}`;
  });
  expect(opened).toMatchInlineSnapshot(`
    [
      "/ → home /",
      "/dashboards → dashboards /dashboards",
      "/dashboard/new → newDashboard /dashboard/new",
      "/dashboard/import → importDashboard /dashboard/import",
      "/d/abc → dashboard /d/abc",
      "/d/abc/a-slug → dashboard /d/abc/a-slug",
      "/d/abc/a/b → not found",
      "/login → login /login",
      "/profile → profile /profile",
      "/users → users /users",
      "/tokens → tokens /tokens",
      "/datasources → dataSources /datasources",
      "/datasources/new → dataSource /datasources/new",
      "/explore → explore /explore",
      "/graph → explore /explore",
      "/query → explore /explore",
      "/targets → targets /targets",
      "/targets/ → targets /targets",
      "/discovery → discovery /discovery",
      "/service-discovery → discovery /discovery",
      "/status → status /status/runtime",
      "/status/storage → status /status/storage",
      "/status/cardinality → status /status/cardinality",
      "/status/config → status /status/config",
      "/status/flags → status /status/flags",
      "/status/runtime → status /status/runtime",
      "/config → status /status/config",
      "/flags → status /status/flags",
      "/tsdb-status → status /status/cardinality",
      "/status/%zz → not found",
      "/status/a/b → not found",
      "/targetsx → not found",
      "//targets → not found",
    ]
  `);
});

test('hrefs carry parameters and a query string, escaped', () => {
  expect(href('home')).toBe('/');
  expect(href('status', { section: 'a/b' })).toBe('/status/a%2Fb');
  expect(href('explore', {}, { expr: 'up == 1' })).toBe('/explore?expr=up+%3D%3D+1');
});
