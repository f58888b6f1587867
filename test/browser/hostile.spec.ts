import type { Page } from '@playwright/test';
import { panel, region, saveDashboard } from './dashboard-page';
import { ExplorePage } from './explore-page';
import { expect, test } from './fixtures';
import { attack, hostile, hostileFailure } from './target';

/** Nothing of what the target sent became a part of the page. A refused inline handler would stand on the console. */
async function expectHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: 'attacked' in window,
    images: document.querySelectorAll('img[src="x"]').length,
    scripts: [...document.scripts].filter(({ text }) => text.includes('attacked')).length,
  }));
  expect(found).toEqual({ ran: false, images: 0, scripts: 0 });
}

test.afterEach(async ({ page }) => {
  await expectHarmless(page);
});

const url = 'from=now-1m&to=now';

test('label values that are HTML are text in legend, tooltip and table', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=hostile_visits_total&tab=both&${url}`);
  const inLegend = attack.replaceAll('"', '\\"');
  await expect(explore.legend('A')).toContainText(inLegend);
  await expect(explore.rows('A').filter({ hasText: attack })).toHaveCount(1);

  // The arrow keys move the crosshair: it opens the tooltip and is spoken.
  await explore.chart('A').press('ArrowLeft');
  await expect(page.getByRole('tooltip')).toContainText(inLegend);
  await expect(explore.query('A').getByText(/^\d{4}-.*attacked/)).toHaveText(/ 1(,|$)/);
});

test('help that is HTML is text in completion and metric browser', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${url}`);
  await explore.editorIsReady('A');
  await explore.editor('A').pressSequentially('hostile_v');
  await expect(page.getByText(attack)).toBeVisible();
  await explore.editor('A').press('Escape');

  await explore.query('A').getByRole('button', { name: 'Metric browser' }).first().click();
  const browser = page.getByRole('dialog', { name: 'Metric browser' });
  await browser.getByRole('searchbox', { name: 'Search metrics' }).fill('hostile');
  const metric = browser.getByRole('button', { name: /^hostile_visits_total/ });
  await expect(metric).toContainText(attack);
  await metric.click();
  await expect(browser.getByRole('paragraph').filter({ hasText: attack })).toBeVisible();
  await expect(browser.getByRole('button', { name: `${attack} 1`, exact: true })).toBeVisible();
});

test('target labels and errors that are HTML are text on Targets and Discovery', async ({ page, site }) => {
  site.hostile.become(hostileFailure);
  try {
    await page.goto(`${site.url}/targets?search=motto`);
    const target = page.getByRole('region', { name: 'hostile' }).getByRole('listitem');
    await expect(target).toContainText(`motto="${attack}"`);
    await expect(target).toContainText('Down');
    await expect(target, 'the reason phrase').toContainText(`server returned HTTP status 500 ${attack}`);
    await target.getByRole('button', { name: /^Details/ }).click();
    await expect(target.getByRole('row').filter({ hasText: 'motto' })).toContainText(attack);
    await expectHarmless(page);

    await page.goto(`${site.url}/discovery?search=motto`);
    await expect(page.getByRole('region', { name: 'hostile' })).toContainText(`motto="${attack}"`);
  } finally {
    site.hostile.become(hostile);
  }
});

test('an address that carries HTML writes nothing of it into the page', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=${encodeURIComponent(`up{job='${attack}'}`)}&${url}`);
  await expect(explore.query('A').getByRole('heading', { name: 'Empty result' })).toBeVisible();
  await expect(explore.query('A').getByText(/has job=/)).toContainText('window.attacked=1');
  await expectHarmless(page);
  await page.goto(`${site.url}/status/${encodeURIComponent(attack.split('<script>')[0] ?? '')}`);
  await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toContainText('window.attacked=1');
});

test('every text of a dashboard is text', async ({ page, site }) => {
  const bad = 'javascript:window.attacked=1';
  const titled = panel(`Up ${attack} $v`, 'up', [0, 0, 12, 8], {
    description: `About ${attack}`,
    links: [
      { title: `Runs ${attack}`, url: bad },
      { title: 'Mail', url: 'mailto:ops@example.com' },
    ],
    targets: [{ refId: 'A', expr: 'up', legendFormat: `${attack} {{job}}` }],
  });
  await saveDashboard(site.url, {
    uid: 'hostile',
    title: `Board ${attack}`,
    tags: [attack],
    templating: {
      list: [
        {
          name: 'v',
          label: `Label ${attack}`,
          type: 'custom',
          query: attack,
          current: { text: attack, value: attack },
        },
        { name: 'q', type: 'query', query: 'label_values(hostile_visits_total, page)', includeAll: true },
      ],
    },
    links: [{ type: 'link', title: `Link ${attack}`, url: bad }],
    annotations: {
      list: [{ name: `Notes ${attack}`, enable: true, iconColor: attack, expr: 'up', titleFormat: attack }],
    },
    panels: [
      titled,
      { ...titled, id: 990, type: attack, gridPos: { x: 12, y: 0, w: 12, h: 8 }, title: 'Unknown' },
    ],
  });
  await page.goto(`${site.url}/d/hostile`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(attack);
  const first = region(page, `Up ${attack} ${attack}`);
  await expect(first.getByRole('application')).toHaveAccessibleName(/\d+ series/);
  await expect(region(page, 'Unknown')).toContainText(attack);
  await first.getByRole('button', { name: /^Description of/ }).click();
  await expect(first.getByRole('dialog')).toContainText(`About ${attack}`);
  await page.keyboard.press('Escape');
  await first.getByRole('button', { name: /^Links of/ }).click();
  await expect(first.getByRole('dialog').getByRole('link')).toHaveText(['Mail']);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^q: / }).click();
  await expect(page.getByRole('listbox', { name: 'q' }).getByRole('option').last()).toBeVisible();
  await page.keyboard.press('Escape');
  for (const link of await page.getByRole('link').all()) {
    expect(await link.getAttribute('href')).not.toContain('javascript:');
  }
  await page.goto(`${site.url}/dashboards`);
  await expect(page.getByRole('link', { name: `Board ${attack}` })).toBeVisible();
});
