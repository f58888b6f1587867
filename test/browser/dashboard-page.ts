// Dashboards as tests make and see them.

import { expect, type Locator, type Page } from '@playwright/test';

export type Json = Record<string, unknown>;

/** What the admin of every test server shows; `site.ts` sets the password. */
export const adminPassword = 'browser-tests-on-loopback';
export const adminAuthorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;

async function send(url: string, method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: adminAuthorization },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Json;
}

export const api = {
  post: (url: string, path: string, body: unknown) => send(url, 'POST', path, body),
  delete: (url: string, path: string) => send(url, 'DELETE', path),
};

/** Saves a dashboard over what has its uid. */
export async function saveDashboard(url: string, dashboard: Json & { uid: string }): Promise<void> {
  const whole = {
    schemaVersion: 42,
    time: { from: 'now-1m', to: 'now' },
    templating: { list: [] },
    panels: [],
    ...dashboard,
  };
  await api.post(url, '/api/dashboards/db', { dashboard: whole, overwrite: true, folderUid: '' });
}

let nextId = 1;

/** A panel that shows one expression. */
export function panel(
  title: string,
  expr: string,
  place: [x: number, y: number, w: number, h: number],
  more: Json = {},
) {
  const [x, y, w, h] = place;
  return {
    id: nextId++,
    type: 'timeseries',
    title,
    gridPos: { x, y, w, h },
    fieldConfig: { defaults: {}, overrides: [] },
    options: {},
    targets: [{ refId: 'A', expr }],
    ...more,
  };
}

/** A panel by its title, as assistive technology finds it. */
export function region(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true });
}

/** Where something stands; it must be shown. */
export async function boxOf(one: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await one.boundingBox();
  if (!box) throw new Error('it has no place on the page');
  return box;
}

/** The graph of a panel once it has curves. */
export async function expectCurves(page: Page, title: string, count?: number): Promise<void> {
  const graph = region(page, title).getByRole('application');
  await expect(graph).toHaveAccessibleName(new RegExp(`${count ?? '[1-9]\\d*'} series`));
}

/** The button that shows and changes a variable. */
export function variable(page: Page, label: string): Locator {
  return page
    .getByRole('group', { name: 'Variables' })
    .getByRole('button', { name: new RegExp(`^${label}: `) });
}

/** Chooses one value of a variable. */
export async function choose(page: Page, label: string, value: string): Promise<void> {
  await variable(page, label).click();
  await page.getByRole('listbox', { name: label }).getByRole('option', { name: value, exact: true }).click();
}
