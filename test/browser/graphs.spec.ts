import type { Locator, Page } from '@playwright/test';
import { expectCurves, panel, region, saveDashboard } from './dashboard-page';
import { expect, test } from './fixtures';

/** How many pixels of a panel's canvas have a colour that is no grey. */
async function colouredPixels(within: Locator): Promise<number> {
  return within.locator('canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const channels = [...data.slice(i, i + 3)];
      if (Number(data[i + 3]) > 60 && Math.max(...channels) - Math.min(...channels) > 40) count++;
    }
    return count;
  });
}

const legend = { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] };

async function boxOf(plot: Locator) {
  const box = await plot.boundingBox();
  if (!box) throw new Error('the plot is not in the page');
  return box;
}

async function hover(page: Page, plot: Locator, across: number): Promise<void> {
  const box = await boxOf(plot);
  await page.mouse.move(box.x + box.width * across - 4, box.y + box.height / 3);
  await page.mouse.move(box.x + box.width * across, box.y + box.height / 3);
}

test('every kind over axes draws what it is given, and says it in words', async ({ page, site }) => {
  const states = {
    color: { mode: 'thresholds' },
    mappings: [
      {
        type: 'value',
        options: { 1: { text: 'Healthy', color: 'green' }, 0: { text: 'Down', color: 'red' } },
      },
    ],
  };
  const kinds: [type: string, words: RegExp, more: object][] = [
    ['heatmap', /heatmap, .*Counts from/, { options: { calculate: true, color: { scheme: 'Spectral' } } }],
    ['histogram', /bars, \d+ categories/, {}],
    ['state-timeline', /rows of states, .*Healthy/, { fieldConfig: { defaults: states, overrides: [] } }],
    ['status-history', /rows of states, .*Healthy/, { fieldConfig: { defaults: states, overrides: [] } }],
    ['barchart', /bars, [1-9]\d* categories/, {}],
  ];
  await saveDashboard(site.url, {
    uid: 'kinds',
    title: 'Kinds',
    panels: kinds.map(([type, , more], index) =>
      panel(
        `A ${type}`,
        type === 'barchart' ? 'sum by (job) (up)' : 'up',
        [(index % 3) * 8, Math.floor(index / 3) * 8, 8, 8],
        {
          type,
          ...(type === 'barchart'
            ? { targets: [{ refId: 'A', expr: 'sum by (job) (up)', format: 'table', instant: true }] }
            : {}),
          ...more,
        },
      ),
    ),
  });
  await page.goto(`${site.url}/d/kinds`);
  for (const [type, words] of kinds) {
    const plot = region(page, `A ${type}`).getByRole('img', { name: words });
    await expect(plot, type).toBeVisible();
    await expect.poll(() => colouredPixels(plot), { message: type }).toBeGreaterThan(100);
  }
});

test('a legend leaves one series or hides one, by mouse and by keyboard, and sorts', async ({
  page,
  site,
}) => {
  await saveDashboard(site.url, {
    uid: 'legend',
    title: 'Legend',
    panels: [
      panel('Up', 'up', [0, 0, 24, 12], {
        options: { legend },
        targets: [{ refId: 'A', expr: 'up', legendFormat: '{{job}}' }],
      }),
    ],
  });
  await page.goto(`${site.url}/d/legend`);
  await expectCurves(page, 'Up');
  const table = region(page, 'Up').getByRole('table', { name: 'Legend' });
  const entries = table.getByRole('button', { pressed: true });
  const all = await entries.count();
  expect(all).toBeGreaterThan(1);
  await expect(table.getByRole('columnheader')).toHaveText([/Name/, /Last \*/, /Max/]);

  const shop = table.getByRole('button', { name: /^shop/ });
  await shop.click();
  await expect(entries).toHaveText([/shop/]);
  await shop.press('Enter');
  await expect(entries).toHaveCount(all);
  await shop.click({ modifiers: ['Control'] });
  await expect(entries).toHaveCount(all - 1);
  await expect(shop).toHaveAttribute('aria-pressed', 'false');

  await table.getByRole('button', { name: 'Max' }).click();
  await expect(table.getByRole('columnheader', { name: /Max/ })).toHaveAttribute('aria-sort', 'descending');
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of dashboards look like that
test('a tooltip that was clicked stays with its links, and those that would run are left out', async ({
  page,
  site,
}) => {
  const links = [
    { title: 'Details of ${__field.labels.job}', url: '/explore?expr=up{job="${__field.labels.job}"}' },
    { title: 'Evil', url: 'javascript:alert(1)' },
    { title: 'Evil too', url: 'data:text/html,x' },
  ];
  await saveDashboard(site.url, {
    uid: 'links',
    title: 'Links',
    panels: [
      panel('Up', 'up{job="shop"}', [0, 0, 24, 10], {
        fieldConfig: { defaults: { links }, overrides: [] },
        options: { tooltip: { mode: 'multi' } },
      }),
    ],
  });
  await page.goto(`${site.url}/d/links`);
  await expectCurves(page, 'Up', 1);
  await hover(page, region(page, 'Up').getByRole('application'), 0.95);
  await expect(page.getByRole('tooltip')).toContainText('shop');
  await page.mouse.down();
  await page.mouse.up();
  const pinned = page.getByRole('dialog').filter({ hasText: 'shop' });
  await expect(pinned.getByRole('link')).toHaveText(['Details of shop']);
  await page.mouse.move(5, 5);
  await expect(pinned).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(pinned).toHaveCount(0);
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of dashboards look like that

test('a shared tooltip opens on every panel, and dragging on one zooms them all', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'shared',
    title: 'Shared',
    graphTooltip: 2,
    panels: [panel('Left', 'up', [0, 0, 12, 8]), panel('Right', 'up', [12, 0, 12, 8])],
  });
  await page.goto(`${site.url}/d/shared?from=now-2m&to=now`);
  await expectCurves(page, 'Left');
  await expectCurves(page, 'Right');
  const left = region(page, 'Left').getByRole('application');
  await hover(page, left, 0.97);
  await expect(page.getByRole('tooltip')).toHaveCount(2);
  await page.mouse.move(5, 5);
  await expect(page.getByRole('tooltip')).toHaveCount(0);

  const box = await boxOf(left);
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{13}&to=\d{13}/);
  const width = (url: string) => {
    const { searchParams } = new URL(url);
    return Number(searchParams.get('to')) - Number(searchParams.get('from'));
  };
  const zoomed = width(page.url());
  expect(zoomed).toBeLessThan(120_000);
  await left.dblclick({ position: { x: box.width / 2, y: 40 } });
  await expect.poll(() => width(page.url())).toBeGreaterThan(zoomed);
});
