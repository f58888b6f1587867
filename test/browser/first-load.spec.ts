import { expect, test } from './fixtures';
import { Transfers } from './measure';

const limitBytes = 130_000;

test('the first load of the home page is small, compressed and from here alone', async ({ page, site }) => {
  const transfers = new Transfers(page);
  await page.goto(site.url);
  await expect(page.getByRole('application', { name: /^CPU by mode: \d+ series/ })).toBeVisible();
  await page.waitForLoadState('networkidle');

  const bytes = await transfers.fileBytes();
  const total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  expect(bytes.size, 'document, theme, scripts and styles').toBeGreaterThanOrEqual(4);
  expect(total, JSON.stringify(Object.fromEntries(bytes))).toBeGreaterThan(10_000);
  expect(total, JSON.stringify(Object.fromEntries(bytes))).toBeLessThanOrEqual(limitBytes);
  expect(transfers.hosts).toEqual([new URL(site.url).host]);
  for (const request of transfers.files) {
    const response = await request.response();
    const length = (await response?.body())?.length ?? 0;
    if (length < 1400) continue;
    expect(await response?.headerValue('content-encoding'), request.url()).toMatch(/^(gzip|br|zstd)$/);
  }
});

test('coming back transfers only the document', async ({ page, site }) => {
  await page.goto(site.url);
  await expect(page.getByRole('application', { name: /^CPU by mode/ })).toBeVisible();
  const names = await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return entries.map(({ name }) => name).filter((name) => name.includes('/assets/'));
  });
  expect(names.length).toBeGreaterThan(1);
  await page.goto(`${site.url}/?again`);
  await expect(page.getByRole('application', { name: /^CPU by mode/ })).toBeVisible();
  const transferred = await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return entries
      .filter(({ name, transferSize }) => name.includes('/assets/') && transferSize > 0)
      .map(({ name }) => name);
  });
  expect(transferred, 'assets come from the cache').toEqual([]);
});

test('the editor comes with Explore, not before', async ({ page, site }) => {
  const transfers = new Transfers(page);
  await page.goto(site.url);
  await expect(page.getByRole('application', { name: /^CPU by mode/ })).toBeVisible();
  await page.waitForLoadState('networkidle');
  const before = (await transfers.fileBytes()).size;
  await page.getByRole('link', { name: 'Explore', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Query A' })).toHaveAttribute('aria-multiline', 'true');
  expect((await transfers.fileBytes()).size).toBeGreaterThan(before);
});
