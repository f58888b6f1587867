import type { Locator, Page } from '@playwright/test';
import { ExplorePage } from './explore-page';
import { badRequests, expect, lostConnections, test } from './fixtures';

const pages = [
  { path: '/', heading: '' },
  { path: '/explore?expr=shop_orders_total&tab=both&from=now-1m&to=now', heading: 'Explore' },
  { path: '/targets', heading: 'Targets' },
  { path: '/discovery', heading: 'Discovery' },
  { path: '/status/runtime', heading: 'Status' },
  { path: '/status/storage', heading: 'Status' },
  { path: '/status/cardinality', heading: 'Status' },
  { path: '/status/config', heading: 'Status' },
  { path: '/status/flags', heading: 'Status' },
];

function title(page: Page, name: string): Locator {
  return page.getByRole('heading', { level: 1, name, exact: true });
}

function navigation(page: Page): Locator {
  return page.getByRole('navigation', { name: 'Main' });
}

async function openPalette(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+k');
  const input = page.getByRole('combobox', { name: /^Search pages/ });
  await expect(input).toBeFocused();
  return input;
}

test('the palette finds a page and a metric', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/discovery`);
  await expect(title(page, 'Discovery')).toBeVisible();

  const input = await openPalette(page);
  await input.pressSequentially('targ');
  await expect(page.getByRole('listbox').getByRole('option', { selected: true })).toHaveText(/^Targets/);
  await input.press('Enter');
  await expect(title(page, 'Targets')).toBeVisible();

  await openPalette(page);
  await input.pressSequentially('shop_orders');
  const metric = page
    .getByRole('group', { name: 'Metrics' })
    .getByRole('option', { name: 'shop_orders_total' });
  await expect(metric).toHaveAttribute('aria-selected', 'true');
  await input.press('Enter');
  await expect(explore.editor('A')).toHaveText('shop_orders_total');
  await expect(explore.chart('A')).toBeVisible();

  await openPalette(page);
  await page.keyboard.press('Escape');
  await expect(input).toHaveCount(0);
});

test('keys lead to every page, and a list tells them', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  await expect(title(page, 'Targets')).toBeVisible();
  for (const [key, name] of [
    ['d', 'Discovery'],
    ['s', 'Status'],
    ['t', 'Targets'],
    ['e', 'Explore'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect(title(page, name)).toBeVisible();
  }
  // On Explore the editor has the focus: what is typed belongs to it.
  const editor = new ExplorePage(page).editor('A');
  await expect(editor).toBeFocused();
  await new ExplorePage(page).editorIsReady('A');
  await page.keyboard.type('gh?');
  await expect(editor).toHaveText('gh?');
  await expect(title(page, 'Explore')).toBeVisible();

  await page.goto(`${site.url}/targets`);
  await expect(title(page, 'Targets')).toBeVisible();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Search everything');
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
});

test('the skip link and the navigation are the first stops of the Tab key', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  await expect(title(page, 'Targets')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Monopod' })).toBeFocused();
});

test('the chosen theme stays after a reload', async ({ page, site }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${site.url}/targets`);
  await expect(title(page, 'Targets')).toBeVisible();
  const light = await background();

  await page.keyboard.press('t');
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await expect(title(page, 'Targets')).toBeVisible();
  expect(await background()).toBe(dark);

  await navigation(page).getByRole('button', { name: 'Settings' }).click();
  const themes = page.getByRole('radiogroup', { name: 'Theme' });
  await expect(themes.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await themes.getByRole('radio', { name: 'System' }).click();
  await expect.poll(background).toBe(light);
});

test('Korean is a choice in the settings, and stays', async ({ page, site }) => {
  await page.goto(`${site.url}/targets`);
  await navigation(page).getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: '한국어' });
  const korean = page.getByRole('navigation', { name: '주 메뉴' });
  await expect(korean.getByRole('link', { name: '타깃' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('radiogroup', { name: '상태' })).toBeVisible();
  await korean.getByRole('link', { name: '탐색', exact: true }).click();
  await expect(page.getByRole('button', { name: '쿼리 추가' })).toBeVisible();
});

test.describe('in a Korean browser', () => {
  test.use({ locale: 'ko-KR' });

  test('Korean needs no choice', async ({ page, site }) => {
    await page.goto(site.url);
    await expect(page.getByRole('navigation', { name: '주 메뉴' })).toBeVisible();
    await expect(page.getByRole('application', { name: /^CPU by mode: 시리즈 \d+개/ })).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 700 }, hasTouch: true });

  for (const { path, heading } of pages) {
    test(`${path.split('?')[0]} has no sideways scroll and its navigation at hand`, async ({
      page,
      site,
    }) => {
      await page.goto(site.url + path);
      if (heading) await expect(title(page, heading)).toBeVisible();
      await page.waitForLoadState('networkidle');
      for (const name of ['Home', 'Explore', 'Targets', 'Discovery']) {
        await expect(navigation(page).getByRole('link', { name, exact: true })).toBeInViewport({ ratio: 1 });
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(375);
    });
  }

  test('a tap on the navigation opens a page', async ({ page, site }) => {
    await page.goto(site.url);
    await navigation(page).getByRole('link', { name: 'Targets' }).tap();
    await expect(title(page, 'Targets')).toBeVisible();
  });
});

test('a configuration that cannot be loaded is told on every page until it is mended', async ({
  page,
  ownSite,
}) => {
  // Without what the shell asks by itself every ten seconds: the server tells.
  await page.addInitScript(() => {
    const plain = window.setTimeout;
    const impatient = (call: () => void, milliseconds?: number) =>
      (milliseconds ?? 0) >= 10_000 ? 0 : plain(call, milliseconds);
    Object.assign(window, { setTimeout: impatient });
  });
  await page.goto(`${ownSite.url}/targets`);
  await expect(title(page, 'Targets')).toBeVisible();
  ownSite.writeConfig('scrape_configs:\n  - job_nam: shop\n');
  const banner = page.getByRole('alert').filter({ hasText: 'The last configuration could not be loaded' });
  await expect(banner).toBeVisible();
  await expect(banner, 'what is wrong, and where').toContainText(
    'prometheus.yml:2: scrape_configs[0].job_nam: unknown key; did you mean "job_name"?',
  );
  await expect(
    page.getByRole('region', { name: 'shop' }).getByRole('listitem'),
    'what was loaded before goes on',
  ).toHaveCount(1);

  await banner.getByRole('link', { name: 'Show configuration' }).click();
  await expect(page.getByRole('main')).toContainText('job_name: shop');
  await expect(banner).toBeVisible();

  ownSite.mendConfig();
  await expect(banner).toHaveCount(0);
});

test('a tab holds one stream of events, whatever page is open', async ({ page, site }) => {
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'eventsource') streams.push(request.url());
  });
  await page.goto(`${site.url}/targets`);
  await expect.poll(() => streams).toHaveLength(1);
  for (const name of ['Discovery', 'Explore', 'Targets']) {
    await navigation(page)
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click();
    await expect(title(page, name)).toBeVisible();
  }
  expect(streams).toHaveLength(1);
});

test.describe('at an address that is no page', () => {
  test.use({ expectedErrors: [badRequests] });

  test('the UI says so and leads home', async ({ page, site }) => {
    for (const path of ['/nothing', '/no/such/page']) {
      const response = await page.goto(site.url + path);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole('main')).toContainText(path);
      await expect(page.getByRole('heading', { name: /^There is no page here/ })).toBeVisible();
    }
    await page.getByRole('main').getByRole('link').click();
    await expect(page.getByRole('application', { name: /^CPU by mode: / })).toBeVisible();
  });
});

test.describe('when the server goes away', () => {
  test.use({ expectedErrors: [lostConnections] });

  test('a banner tells it, and everything comes back by itself', async ({ page, ownSite }) => {
    await page.goto(ownSite.url);
    const cpu = page.getByRole('application', { name: 'CPU by mode: ' });
    // The first curves of a machine just found: the whole range is asked for next, and nobody answers.
    await expect(cpu).toHaveAccessibleName(/: \d+ series/);
    await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));

    await ownSite.server.kill();
    const banner = page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' });
    await expect(banner).toBeVisible();
    await expect(cpu, 'what was seen stays').toHaveAccessibleName(/: \d+ series/);

    await ownSite.server.restart();
    await expect(banner).toHaveCount(0);
    await expect(page.getByText('The server is back')).toBeVisible();
    const before = await cpu.getAttribute('aria-label');
    await expect.poll(() => cpu.getAttribute('aria-label')).not.toBe(before);
    expect(await page.evaluate(() => 'isFirstLoad' in window), 'without a reload').toBe(true);
  });

  test('an outage so short that the banner is hardly seen is told afterwards', async ({ page, site }) => {
    await page.goto(`${site.url}/targets`);
    await expect(page.getByRole('region', { name: 'shop' })).toContainText('Up');
    await page.route('**/api/monopod/v1/discovery*', (route) => route.abort('connectionrefused'), {
      times: 1,
    });
    await expect(page.getByText('The server is back')).toBeVisible();
  });
});
