import type { Locator, Page } from '@playwright/test';
import { drawnHues } from './explore-page';
import { expect, test } from './fixtures';
import { layoutShift, watchLayoutShift } from './measure';

const firstGraphMilliseconds = 15_000;
const charts = ['CPU by mode', 'Memory', 'Network throughput', 'Disk throughput', 'Load average'];

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
  await expect(page.getByText(/^\d+ cores?$/)).toBeVisible();
  await expect(page.getByRole('meter').first()).toBeVisible();

  for (const title of ['CPU by mode', 'Memory']) {
    const before = await summary(chart(page, title));
    await expect.poll(() => summary(chart(page, title)), `${title} moves`).not.toBe(before);
  }
  expect(await layoutShift(page), 'nothing jumps while the numbers arrive').toBeLessThan(0.1);
});

test('every chart leads to its expression in Explore', async ({ page, site }) => {
  // Explore opens with the same range.
  await page.goto(`${site.url}/?from=now-1m&to=now`);
  await expect(chart(page, 'Load average')).toHaveAccessibleName(/: \d+ series/);
  const links = page.getByRole('link', { name: 'Open in Explore' });
  await expect(links).toHaveCount(charts.length);
  await links.nth(charts.indexOf('Load average')).click();
  await expect(
    page.getByRole('region', { name: 'Query A' }).getByRole('table', { name: 'Legend' }),
  ).toContainText('node_load15');
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
    await expect(page.getByRole('link', { name: 'All targets' })).toBeVisible();
    const before = await summary(chart(page, 'CPU by mode'));
    await expect.poll(() => summary(chart(page, 'CPU by mode'))).not.toBe(before);
    expect(await layoutShift(page), colorScheme).toBeLessThan(0.1);
    backgrounds.push(await background());
  }
  expect(backgrounds[0], 'the system decides').not.toBe(backgrounds[1]);
});
