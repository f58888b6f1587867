import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import type { Site } from './site';
import { brokenShop, openShop } from './target';

const failure = 'server returned HTTP status 500 Internal Server Error';

function pool(page: Page, name: string): Locator {
  return page.getByRole('main').getByRole('region', { name, exact: true });
}

function targetsOf(page: Page, name: string): Locator {
  return pool(page, name).getByRole('listitem');
}

async function openDetails(page: Page, site: Site): Promise<Locator> {
  await pool(page, 'shop')
    .getByRole('button', { name: `Details: http://${site.shop.address}/metrics` })
    .click();
  return targetsOf(page, 'shop').first();
}

test('every pool and target stands there with its health', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  await expect(page.getByRole('heading', { name: 'Targets', level: 1 })).toBeVisible();
  await expect(page.getByRole('img', { name: '3 up, 0 down, 0 not scraped yet' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'All 3' })).toBeChecked();
  await expect(pool(page, 'skipped').getByRole('heading')).toHaveText('skipped');
  await expect(targetsOf(page, 'shop')).toHaveCount(1);
  const shop = targetsOf(page, 'shop').first();
  await expect(shop).toContainText('Up');
  await expect(shop.getByRole('link', { name: `http://${site.shop.address}/metrics` })).toBeVisible();
  await expect(shop).toContainText('team="storefront"');
  await expect(shop.getByRole('time')).toHaveText(/just now|\d+ s ago/);
});

test('a target that breaks is shown down with the reason and what to do, and up when it heals', async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}/targets`);
  const shop = targetsOf(page, 'shop').first();
  await expect(shop).toContainText('Up');
  // A reload would lose it.
  await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));

  site.shop.become(brokenShop);
  try {
    await expect(shop).toContainText('Down');
    await expect(shop, 'what was reported').toContainText(failure);
    await expect(shop, 'what it means').toContainText(
      'The target failed while it answered: 500 Internal Server Error.',
    );
    await expect(shop, 'what to do').toContainText('look into the log of the target');
    await expect(page.getByRole('radio', { name: 'Down 1' })).toBeVisible();
    await expect(page.getByRole('img', { name: '2 up, 1 down, 0 not scraped yet' })).toBeVisible();
    await expect(
      page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Targets/ }),
      'the navigation counts it',
    ).toContainText('1');
  } finally {
    site.shop.become(openShop);
  }
  await expect(shop).toContainText('Up');
  await expect(shop).not.toContainText(failure);
  await expect(page.getByRole('img', { name: '3 up, 0 down, 0 not scraped yet' })).toBeVisible();
  expect(await page.evaluate(() => 'isFirstLoad' in window), 'without a reload').toBe(true);
});

test('the filters narrow the list and stay in the address', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  const main = page.getByRole('main');
  await expect(targetsOf(page, 'node')).toHaveCount(1);

  const search = page.getByRole('searchbox', { name: 'Filter by label, address or error' });
  await search.fill('team=storefront');
  await expect(main.getByRole('region')).toHaveCount(1);
  await expect(targetsOf(page, 'shop')).toHaveCount(1);
  await page.reload();
  await expect(search).toHaveValue('team=storefront');
  await expect(main.getByRole('region')).toHaveCount(1);
  await expect(targetsOf(page, 'shop')).toHaveCount(1);

  await page.getByRole('radio', { name: /^Down/ }).click();
  await expect(page).toHaveURL(/[?&]health=down/);
  await expect(page.getByRole('heading', { name: 'No target matches' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('radio', { name: /^Down/ })).toBeChecked();
  await expect(page.getByRole('heading', { name: 'No target matches' })).toBeVisible();
  await page.goBack();
  await expect(targetsOf(page, 'shop')).toHaveCount(1);

  await page.getByRole('radio', { name: /^Down/ }).click();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(main.getByRole('region')).toHaveCount(4);
  await page.getByRole('combobox', { name: 'Scrape pool' }).selectOption('node');
  await expect(main.getByRole('region')).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Scrape pool' })).toHaveValue('node');
  await expect(targetsOf(page, 'node')).toHaveCount(1);
});

test('what a changed configuration scrapes appears in an open page', async ({ page, ownSite }) => {
  await page.goto(`${ownSite.url}/targets`);
  await expect(targetsOf(page, 'shop')).toHaveCount(1);
  await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));

  ownSite.writeConfig(
    `${ownSite.goodConfig}  - {job_name: branch, static_configs: [{targets: ["${ownSite.shop.address}"]}]}\n`,
  );
  await expect(targetsOf(page, 'branch')).toContainText('Up');
  await expect(targetsOf(page, 'shop')).toHaveCount(1);
  ownSite.mendConfig();
  await expect(pool(page, 'branch')).toHaveCount(0);
  expect(await page.evaluate(() => 'isFirstLoad' in window), 'without a reload').toBe(true);
});

test("a target's labels stand beside what discovery found, and each rule with what it did", async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}/targets`);
  const shop = await openDetails(page, site);
  const labels = shop.getByRole('region', { name: 'Labels before and after relabelling' });
  await expect(labels.getByRole('row')).toHaveText([
    /Discovered.*Target/,
    `+addedinstanceabsent${site.shop.address}`,
    '+addedteamabsentstorefront',
    '+addedtownabsentharbour-town',
    '−removedbranchharbourabsent',
    'keptjobshopshop',
  ]);

  const rules = shop.getByRole('region', { name: 'Relabelling, rule by rule' });
  await rules.getByRole('button').click();
  await expect(rules.getByRole('listitem')).toHaveText([
    /^1replaceteam ← "storefront".*team="storefront"$/,
    /^2replacetown ← branch.*town="harbour-town"$/,
    /^3labeldropbranch.*branch="harbour"$/,
  ]);
  await expect(shop.getByRole('region', { name: 'Last hour' }).getByRole('application')).toHaveCount(3);

  await shop.getByRole('link', { name: 'Explore its metrics' }).click();
  await expect(page.getByRole('region', { name: 'Result rows' })).toContainText('shop_queue_length');
});

test('a dropped target is found on Discovery with the rule that dropped it', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  await pool(page, 'skipped').getByRole('link', { name: '1 dropped' }).click();
  await expect(page.getByRole('heading', { name: 'Discovery', level: 1 })).toBeVisible();
  const found = targetsOf(page, 'skipped').first();
  await expect(found).toContainText('__address__="127.0.0.1:1"');
  await expect(found).toContainText('dropped by rule 1 of relabel_configs');

  await found.getByRole('button', { name: 'Show details of 127.0.0.1:1' }).click();
  const rules = found.getByRole('region', { name: 'Relabelling, rule by rule' });
  await expect(rules).toContainText('env =~ dev');
  await expect(rules).toContainText('Rule 1');
});

test('Discovery is searched by any label', async ({ page, site }) => {
  await page.goto(`${site.url}/discovery`);
  const main = page.getByRole('main');
  await expect(main.getByRole('region')).toHaveCount(4);
  const search = page.getByRole('searchbox', { name: /^Why is this not scraped/ });
  await search.fill('harbour');
  await expect(main.getByRole('region')).toHaveCount(1);
  await expect(pool(page, 'shop')).toContainText('town="harbour-town"');
  await search.fill('atlantis');
  await expect(page.getByRole('heading', { name: 'No job found anything with “atlantis”' })).toBeVisible();
});
