import type { Locator, Page } from '@playwright/test';
import { region } from './dashboard-page';
import { drawnHues } from './explore-page';
import { expect, test } from './fixtures';
import { layoutShift, watchLayoutShift } from './measure';

const firstGraphMilliseconds = 15_000;
const charts = ['CPU by mode', 'Memory', 'Network', 'Disk throughput'];

function chart(page: Page, title: string): Locator {
  return page.getByRole('application', { name: `${title}: ` });
}

const summary = (one: Locator) => one.getAttribute('aria-label');

test('a machine nobody configured is drawn within 15 s of the start, and moves', async ({
  page,
  startDefaults,
}) => {
  await watchLayoutShift(page);
  const server = await startDefaults();
  await page.goto(server.url);
  const cpu = chart(page, 'CPU by mode');
  const remaining = server.startedMilliseconds + firstGraphMilliseconds - Date.now();
  await expect(cpu).toHaveAccessibleName(/: \d+ series/, { timeout: remaining });
  await expect.poll(() => drawnHues(cpu), { timeout: remaining }).toBeGreaterThanOrEqual(2);
  for (const title of charts) {
    await expect(chart(page, title), title).toHaveAccessibleName(/: \d+ series/);
  }

  for (const title of ['CPU by mode', 'Memory']) {
    const before = await summary(chart(page, title));
    await expect.poll(() => summary(chart(page, title)), `${title} moves`).not.toBe(before);
  }
  expect(await layoutShift(page), 'nothing jumps while the numbers arrive').toBeLessThan(0.1);
});

test('a panel leads to its expression in Explore', async ({ page, site }) => {
  // Explore opens with the same range.
  await page.goto(`${site.url}/?from=now-1m&to=now`);
  await expect(chart(page, 'Disk throughput')).toHaveAccessibleName(/: \d+ series/);
  await region(page, 'Disk throughput').getByRole('button', { name: 'Menu of Disk throughput' }).click();
  await page.getByRole('menuitem', { name: 'Explore' }).click();
  await expect(page.getByRole('textbox', { name: 'Query A' })).toContainText('node_disk_read_bytes_total');
  expect(new URL(page.url()).searchParams.get('from')).toBe('now-1m');
});

test('a loaded home page holds still, in light and in dark', async ({ page, site }) => {
  await watchLayoutShift(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const backgrounds: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(site.url);
    await expect(chart(page, 'CPU by mode')).toHaveAccessibleName(/: \d+ series/);
    await expect.poll(() => drawnHues(chart(page, 'CPU by mode'))).toBeGreaterThanOrEqual(2);
    const before = await summary(chart(page, 'CPU by mode'));
    await expect.poll(() => summary(chart(page, 'CPU by mode'))).not.toBe(before);
    expect(await layoutShift(page), colorScheme).toBeLessThan(0.1);
    backgrounds.push(await background());
  }
  expect(backgrounds[0], 'the system decides').not.toBe(backgrounds[1]);
});
