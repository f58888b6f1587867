import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './fixtures';
import { Monopod } from './site';
import { expose, openShop, Target } from './target';

/** A target whose label never ends: 300 series, none of them twice. */
const explosive = (scrape: number) =>
  Array.from({ length: 300 }, (_, i) => `sessions{id="${scrape * 300 + i}"} 1\n`).join('');

test('a target that begins too many series is named, on Status and on Targets', async ({ page }) => {
  const directory = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
  const shop = await Target.start(openShop);
  const bad = await Target.start((response, scrape) => expose(response, explosive(scrape)));
  const config = join(directory, 'prometheus.yml');
  writeFileSync(
    config,
    `
global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
  - {job_name: shop, static_configs: [{targets: ["${shop.address}"]}]}
  - {job_name: explosive, static_configs: [{targets: ["${bad.address}"]}]}
`,
  );
  const server = await Monopod.start(directory, [
    `--config.file=${config}`,
    '--memory.limit=512MB',
    '--scrape.max-series-per-target=500',
  ]);
  try {
    const url = `http://${bad.address}/metrics`;
    const reason = 'one target may have at most 500 series';

    await page.goto(`${server.url}/status/runtime`);
    const memory = page
      .getByRole('main')
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Memory budget' }) });
    await expect(memory).toContainText('Normal');
    await expect(memory).toContainText('512 MiB · --memory.limit');
    await expect(memory).toContainText('at most 500');
    await expect(memory.getByRole('meter', { name: 'Memory held' })).toHaveAttribute(
      'aria-valuenow',
      /^\d+$/,
    );
    await expect(memory).toContainText('Series of one target are left out');
    await expect(memory, 'what the server says').toContainText(reason);

    await memory.getByRole('link', { name: url }).click();
    await expect(page).toHaveURL(/\/targets\?.*pool=explosive/);
    const target = page.getByRole('main').getByRole('region', { name: 'explosive' }).getByRole('listitem');
    await expect(target, 'the target itself is up').toContainText('Up');
    await expect(target).toContainText(/\d+ series are left out\./);
    await expect(target).toContainText('drop it with metric_relabel_configs');
    await expect(target).toContainText(reason);

    await page.goto(`${server.url}/targets?pool=shop`);
    const healthy = page.getByRole('main').getByRole('region', { name: 'shop' }).getByRole('listitem');
    await expect(healthy).toContainText('Up');
    await expect(healthy, 'others lose nothing').not.toContainText('left out');
  } finally {
    await page.close();
    await server.stop();
    await Promise.all([shop.stop(), bad.stop()]);
    rmSync(directory, { recursive: true });
  }
});
