import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { Monopod } from './site';

/** A server where everybody edits, unless the arguments say otherwise. */
export async function withEditors(
  page: Page,
  use: (server: Monopod, directory: string) => Promise<void>,
  args: string[] | ((directory: string) => string[]) = ['--auth.anonymous-role=Editor'],
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'monopod-editor-'));
  const server = await Monopod.start(directory, typeof args === 'function' ? args(directory) : args);
  try {
    await use(server, directory);
  } finally {
    // A page that is open when its server ends would say so on the console.
    for (const open of page.context().pages()) await open.close();
    await server.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Stores a dashboard as scripts do; the text is kept sign for sign. */
export async function storeSource(url: string, source: string): Promise<void> {
  const response = await fetch(`${url}/api/dashboards/db`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: `{"dashboard": ${source}, "overwrite": false}`,
  });
  expect(response.status, await response.text()).toBe(200);
}

export async function sourceOf(url: string, uid: string): Promise<string> {
  const response = await fetch(`${url}/api/monopod/v1/dashboards/${uid}/source`);
  expect(response.status).toBe(200);
  return response.text();
}

type Stored = {
  version: number;
  title: string;
  panels: { id: number; title: string; type: string; gridPos: object }[];
};

export async function stored(url: string, uid: string): Promise<Stored> {
  const response = await fetch(`${url}/api/dashboards/uid/${uid}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { dashboard: Stored }).dashboard;
}

/** The uid of the dashboard that a page shows. */
export function uidOf(page: Page): string {
  const uid = /\/d\/([\w-]+)/.exec(page.url())?.[1];
  if (!uid) throw new Error(`${page.url()} is no dashboard`);
  return uid;
}

export async function boxOf(
  locator: Locator,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('nothing is shown there');
  return box;
}

/** The dashboard page while it is edited, by roles and names. */
export class DashboardEditor {
  constructor(readonly page: Page) {}

  get save(): Locator {
    return this.page.getByRole('dialog', { name: 'Save dashboard' });
  }

  async startEditing(): Promise<void> {
    await this.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect(this.page.getByRole('toolbar', { name: 'Editing' })).toBeVisible();
  }

  /** Adds a panel of a kind; its editor opens. */
  async addPanel(kind: string, title: string): Promise<void> {
    await this.page.getByRole('toolbar', { name: 'Editing' }).getByRole('button', { name: 'Add' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add a panel' });
    await dialog.getByRole('button', { name: kind, exact: true }).click();
    await this.setTitle(title);
  }

  async setTitle(title: string): Promise<void> {
    await this.page
      .getByRole('complementary', { name: 'Panel options' })
      .getByRole('region', { name: 'Panel', exact: true })
      .getByRole('textbox', { name: 'Title', exact: true })
      .fill(title);
    await expect(this.page.getByRole('heading', { level: 2, name: title }).first()).toBeVisible();
  }

  async setQuery(expr: string): Promise<void> {
    const editor = this.page.getByRole('textbox', { name: 'Query A', exact: true });
    await expect(editor).toHaveAttribute('aria-multiline', 'true');
    await editor.fill(expr);
  }

  async backToGrid(): Promise<void> {
    await this.page.getByRole('button', { name: 'Back to the dashboard' }).click();
    await expect(this.page.getByRole('group', { name: 'Panels' })).toBeVisible();
  }

  handle(title: string): Locator {
    return this.page.getByRole('button', { name: `Move ${title}`, exact: true });
  }

  /** Saves with a message, and waits until it is done. */
  async saveAs(message: string): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.save.getByRole('textbox', { name: 'Message' }).fill(message);
    await this.save.getByRole('button', { name: 'Save dashboard' }).click();
    await expect(this.save).toBeHidden();
  }
}
