import {
  adminAuthorization,
  api,
  boxOf,
  choose,
  expectCurves,
  panel,
  region,
  saveDashboard,
  variable,
} from './dashboard-page';
import { expect, test } from './fixtures';
import { layoutShift, watchLayoutShift } from './measure';

const query = (name: string, text: string, more: object = {}) => ({
  name,
  type: 'query',
  query: text,
  refresh: 1,
  sort: 1,
  ...more,
});

test('variables follow each other over three levels', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'chain',
    title: 'Chain',
    templating: {
      list: [
        // Out of order on purpose: what depends on it stands before it.
        query('name', 'label_values(up{job="$job", instance="$instance"}, __name__)', {
          includeAll: true,
          multi: true,
          current: { text: ['All'], value: ['$__all'] },
        }),
        query('instance', 'label_values(up{job="$job"}, instance)'),
        query('job', 'label_values(up, job)', { current: { text: 'shop', value: 'shop' } }),
      ],
    },
    panels: [panel('Up of $job', 'up{job="$job", instance="$instance"}', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/chain`);
  await expect(variable(page, 'job')).toHaveAccessibleName('job: shop');
  await expect(variable(page, 'instance')).toHaveAccessibleName(`instance: ${site.shop.address}`);
  await expect(variable(page, 'name')).toHaveAccessibleName('name: All');
  await expectCurves(page, 'Up of shop', 1);

  await choose(page, 'job', 'node');
  await expect(variable(page, 'instance')).toHaveAccessibleName(/instance: 127\.0\.0\.1:\d+/);
  await expect(variable(page, 'instance')).not.toHaveAccessibleName(`instance: ${site.shop.address}`);
  await expectCurves(page, 'Up of node', 1);
  expect(new URL(page.url()).searchParams.get('var-job')).toBe('node');

  await page.goBack();
  await expect(variable(page, 'job')).toHaveAccessibleName('job: shop');
  await expect(variable(page, 'instance')).toHaveAccessibleName(`instance: ${site.shop.address}`);
});

test('several values are chosen by keyboard, and searched', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'several',
    title: 'Several',
    templating: {
      list: [
        query('mode', 'label_values(node_cpu_seconds_total, mode)', {
          multi: true,
          includeAll: true,
          current: { text: ['All'], value: ['$__all'] },
        }),
      ],
    },
    panels: [panel('CPU', 'sum by (mode) (node_cpu_seconds_total{job="node",mode=~"$mode"})', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/several`);
  const button = variable(page, 'mode');
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Search mode' })).toBeFocused();
  await page.keyboard.type('idle');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('user');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(button).toHaveAccessibleName('mode: idle + user');
  await expect(button).toBeFocused();
  await expectCurves(page, 'CPU', 2);
  expect(new URL(page.url()).searchParams.getAll('var-mode')).toEqual(['idle', 'user']);
});

test('a panel repeats for 20 values, and only those in sight ask', async ({ page, site }) => {
  const values = Array.from({ length: 20 }, (_, index) => `v${index + 1}`);
  await saveDashboard(site.url, {
    uid: 'repeat',
    title: 'Repeat',
    templating: {
      list: [
        {
          name: 'n',
          type: 'custom',
          query: values.join(','),
          multi: true,
          includeAll: true,
          current: { text: ['All'], value: ['$__all'] },
        },
      ],
    },
    panels: [
      panel('Copy $n', 'count(up) + 0 * count(up{job="$n"} or up)', [0, 0, 24, 6], {
        repeat: 'n',
        maxPerRow: 2,
      }),
      panel('Below', 'count(up)', [0, 6, 24, 6]),
    ],
  });
  const asked = new Set<string>();
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/monopod/v1/view')) return;
    const { queries } = request.postDataJSON() as { queries: { target: { expr: string } }[] };
    for (const { target } of queries) asked.add(target.expr);
  });
  await page.goto(`${site.url}/d/repeat`);
  await expectCurves(page, 'Copy v1', 1);
  await expectCurves(page, 'Copy v2', 1);
  const first = await boxOf(region(page, 'Copy v1'));
  const second = await boxOf(region(page, 'Copy v2'));
  expect(second.y).toBe(first.y);
  expect(second.width).toBe(first.width);
  await expect(region(page, 'Below')).toHaveCount(0);
  expect(asked.size).toBeLessThan(20);

  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expectCurves(page, 'Copy v20', 1);
  await expectCurves(page, 'Below', 1);
  await expect(region(page, 'Copy v1')).toHaveCount(0);
});

test('a row opens and closes, and asks for its panels only then', async ({ page, site }) => {
  const inside = panel('Inside', 'count(up)', [0, 1, 12, 6]);
  await saveDashboard(site.url, {
    uid: 'rows',
    title: 'Rows',
    panels: [
      {
        id: 900,
        type: 'row',
        title: 'More',
        collapsed: true,
        gridPos: { x: 0, y: 0, w: 24, h: 1 },
        panels: [inside],
      },
      panel('After', 'count(up)', [0, 1, 12, 6]),
    ],
  });
  await page.goto(`${site.url}/d/rows`);
  const row = page.getByRole('button', { name: /^More/ });
  await expect(row).toHaveAttribute('aria-expanded', 'false');
  await expect(row).toContainText('1 panel');
  await expectCurves(page, 'After');
  await expect(region(page, 'Inside')).toHaveCount(0);
  await row.focus();
  await page.keyboard.press('Enter');
  await expectCurves(page, 'Inside');
  const above = await boxOf(region(page, 'Inside'));
  const below = await boxOf(region(page, 'After'));
  expect(below.y).toBeGreaterThan(above.y);
  await row.click();
  await expect(region(page, 'Inside')).toHaveCount(0);
});

test('one panel over the whole page, by key and by URL, and back', async ({ page, site }) => {
  const wide = panel('Wide', 'count(up)', [0, 0, 12, 6]);
  await saveDashboard(site.url, {
    uid: 'single',
    title: 'Single',
    panels: [wide, panel('Other', 'up', [12, 0, 12, 6])],
  });
  await page.goto(`${site.url}/d/single`);
  await expectCurves(page, 'Wide', 1);
  const small = await boxOf(region(page, 'Wide'));
  await region(page, 'Wide').focus();
  await page.keyboard.press('v');
  await expect(page).toHaveURL(/viewPanel=/);
  await expect(region(page, 'Other')).toHaveCount(0);
  await expectCurves(page, 'Wide', 1);
  const large = await boxOf(region(page, 'Wide'));
  expect(large.width).toBeGreaterThan(small.width * 1.8);
  expect(large.height).toBeGreaterThan(small.height * 1.5);
  await page.keyboard.press('Escape');
  await expect(region(page, 'Other')).toBeVisible();

  await page.goto(`${site.url}/d/single?viewPanel=panel-${wide.id}`);
  await expectCurves(page, 'Wide', 1);
  await expect(region(page, 'Other')).toHaveCount(0);
});

test('kiosk shows panels alone, and Escape leaves it', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'kiosk',
    title: 'Kiosk',
    panels: [panel('Up', 'count(up)', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/kiosk?kiosk`);
  await expectCurves(page, 'Up', 1);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();

  await page.goto(`${site.url}/d/kiosk?kiosk=tv`);
  await expect(page.getByRole('heading', { level: 1, name: 'Kiosk' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Time range' })).toHaveCount(0);
});

test('links carry time and variables, and lead to dashboards with the same tags', async ({ page, site }) => {
  await saveDashboard(site.url, { uid: 'sibling', title: 'Sibling', tags: ['family'] });
  await saveDashboard(site.url, {
    uid: 'links',
    title: 'Links',
    tags: ['family'],
    templating: { list: [{ name: 'env', type: 'custom', query: 'a,b', current: { text: 'b', value: 'b' } }] },
    links: [
      { type: 'link', title: 'Docs of $env', url: 'https://example.com/?q=${env}', targetBlank: true },
      {
        type: 'dashboards',
        title: 'Family',
        tags: ['family'],
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
      { type: 'link', title: 'Bad', url: 'javascript:window.attacked=1' },
    ],
    panels: [
      panel('Linked', 'count(up)', [0, 0, 12, 6], {
        links: [{ title: 'Runbook $env', url: '/explore?expr=$env' }],
      }),
    ],
  });
  await page.goto(`${site.url}/d/links?from=now-5m&to=now`);
  const links = page.getByRole('navigation', { name: 'Links' });
  await expect(links.getByRole('link', { name: 'Docs of b' })).toHaveAttribute(
    'href',
    'https://example.com/?q=b',
  );
  await expect(links.getByRole('link', { name: 'Bad' })).toHaveCount(0);
  await region(page, 'Linked').getByRole('button', { name: 'Links of Linked' }).click();
  await expect(page.getByRole('link', { name: 'Runbook b' })).toHaveAttribute('href', /\/explore\?expr=b$/);
  await page.keyboard.press('Escape');
  await links.getByRole('button', { name: 'Family' }).click();
  await links.getByRole('link', { name: 'Sibling' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sibling' })).toBeVisible();
  const parameters = new URL(page.url()).searchParams;
  expect(Object.fromEntries(parameters)).toEqual({ from: 'now-5m', to: 'now', 'var-env': 'b' });
});

test('annotations of a query are turned off and on; those of people are listed and changed', async ({
  page,
  site,
}) => {
  await saveDashboard(site.url, {
    uid: 'notes',
    title: 'Notes',
    annotations: {
      list: [
        { name: 'Broken', enable: true, iconColor: 'red', expr: 'up{' },
        { name: 'Alive', enable: true, iconColor: 'green', expr: 'up{job="shop"}', titleFormat: '{{job}}' },
      ],
    },
    panels: [panel('Up', 'count(up)', [0, 0, 24, 8])],
  });
  await page.setExtraHTTPHeaders({ Authorization: adminAuthorization });
  await api.post(site.url, '/api/annotations', {
    dashboardUID: 'notes',
    time: Date.now() - 20_000,
    text: 'deployed 1.2',
    tags: ['deploy'],
  });
  await page.goto(`${site.url}/d/notes`);
  const bar = page.getByRole('group', { name: 'Annotations' });
  await expect(bar.getByRole('checkbox', { name: 'Alive' })).toBeChecked();
  await expect(bar.getByRole('alert')).toContainText(/parse error|unexpected/);
  await bar.getByRole('checkbox', { name: 'Alive' }).uncheck();
  await expect(bar.getByRole('checkbox', { name: 'Alive' })).not.toBeChecked();

  await bar.getByRole('button', { name: '1 annotation' }).click();
  const list = page.getByRole('list', { name: 'Annotations' });
  await expect(list).toContainText('deployed 1.2');
  await list.getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog', { name: 'Change annotation' });
  await form.getByRole('textbox', { name: 'Text' }).fill('deployed 1.3');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toHaveCount(0);
  await bar.getByRole('button', { name: '1 annotation' }).click();
  await expect(list).toContainText('deployed 1.3');
  await list.getByRole('button', { name: 'Delete' }).click();
  await expect(bar.getByRole('button', { name: '1 annotation' })).toHaveCount(0);
});

test('a link to share holds the time as it was', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'share',
    title: 'Share',
    panels: [panel('Up', 'count(up)', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/share`);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share the dashboard' });
  const link = dialog.getByRole('textbox', { name: 'Link' });
  await expect(link).toHaveValue(/\/d\/share\?from=\d{13}&to=\d{13}$/);
  await dialog.getByRole('checkbox', { name: /Lock/ }).uncheck();
  await expect(link).toHaveValue(/\/d\/share\?from=now-1m&to=now$/);
});

test('a panel is inspected: its data, what was asked and what it cost', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'inspect',
    title: 'Inspect',
    panels: [panel('Up', 'count(up)', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/inspect?refresh=off`);
  await expectCurves(page, 'Up', 1);
  await region(page, 'Up').focus();
  await page.keyboard.press('m');
  const menu = page.getByRole('menu', { name: 'Menu of Up' });
  await expect(menu.getByRole('menuitem', { name: /^View/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await menu.getByRole('menuitem', { name: /^Inspect/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Inspect: Up' });
  await expect(dialog.getByText(/^\d+ rows$/)).toBeVisible();
  await dialog.getByRole('radio', { name: 'Query' }).click();
  await expect(dialog).toContainText('count(up)');
  await expect(dialog).toContainText('Took');
  await dialog.getByRole('radio', { name: 'JSON' }).click();
  await expect(dialog).toContainText('"type": "timeseries"');
});

test('ad hoc filters go into every selector', async ({ page, site }) => {
  await saveDashboard(site.url, {
    uid: 'filters',
    title: 'Filters',
    templating: { list: [{ name: 'f', type: 'adhoc', filters: [] }] },
    panels: [panel('Up', 'up{instance!=""} + on (instance) up', [0, 0, 24, 6])],
  });
  await page.goto(`${site.url}/d/filters?var-f=job|=|shop`);
  await expectCurves(page, 'Up', 1);
  await page.getByRole('button', { name: 'Remove the filter on job' }).click();
  await expectCurves(page, 'Up', 3);
  await page.getByRole('button', { name: 'Add filter' }).click();
  await page.getByRole('combobox', { name: 'Label' }).fill('job');
  await page.getByRole('combobox', { name: 'Value' }).fill('node');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expectCurves(page, 'Up', 1);
  expect(new URL(page.url()).searchParams.get('var-f')).toBe('job|=|node');
});

test('what others change is shown at once, and a deletion is told', async ({ page, site }) => {
  const before = panel('Before', 'count(up)', [0, 0, 24, 6]);
  const first = { uid: 'live', title: 'Live', panels: [before] };
  await saveDashboard(site.url, first);
  await page.goto(`${site.url}/d/live`);
  await expectCurves(page, 'Before', 1);
  await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));
  await expect
    .poll(async () => {
      await saveDashboard(site.url, { ...first, panels: [{ ...before, title: 'Now' }] });
      return region(page, 'Now').count();
    }, 'the stream of events may not be open yet')
    .toBe(1);
  await expect(page.getByText('Changed by admin').first()).toBeVisible();
  await expectCurves(page, 'Now', 1);
  await api.delete(site.url, '/api/dashboards/uid/live');
  await expect(page.getByRole('alert').filter({ hasText: 'Deleted by admin' })).toBeVisible();
  await expectCurves(page, 'Now', 1);
  expect(await page.evaluate(() => 'isFirstLoad' in window), 'without a reload').toBe(true);
});

test('nothing moves while panels load', async ({ page, site }) => {
  await watchLayoutShift(page);
  await saveDashboard(site.url, {
    uid: 'still',
    title: 'Still',
    templating: { list: [query('job', 'label_values(up, job)')] },
    panels: [
      panel('One', 'up{job="$job"}', [0, 0, 12, 8], { type: 'stat' }),
      panel('Two', 'rate(node_cpu_seconds_total[$__rate_interval])', [12, 0, 12, 8]),
      panel('Three', 'node_load1', [0, 8, 24, 8]),
    ],
  });
  await page.goto(`${site.url}/d/still`);
  await expectCurves(page, 'Two');
  await expectCurves(page, 'Three');
  expect(await layoutShift(page)).toBeLessThan(0.05);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 700 }, hasTouch: true });

  test('panels stand one below the other, and nothing scrolls sideways', async ({ page, site }) => {
    await saveDashboard(site.url, {
      uid: 'phone',
      title: 'Phone',
      templating: { list: [query('job', 'label_values(up, job)', { includeAll: true })] },
      panels: [panel('Left', 'up', [0, 0, 12, 6]), panel('Right', 'up', [12, 0, 12, 6])],
    });
    await page.goto(`${site.url}/d/phone`);
    await expectCurves(page, 'Left');
    const left = await boxOf(region(page, 'Left'));
    const right = await boxOf(region(page, 'Right'));
    expect(left.x).toBe(right.x);
    expect(right.y).toBeGreaterThan(left.y + left.height - 1);
    await variable(page, 'job').tap();
    await expect(page.getByRole('listbox', { name: 'job' })).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  });
});

test.describe('what goes wrong', () => {
  test.use({ expectedErrors: [/Failed to load resource: the server responded with a status of (4..|503)/] });

  test('an unknown dashboard is told, with a way on', async ({ page, site }) => {
    await page.goto(`${site.url}/d/no-such-uid`);
    await expect(page.getByRole('heading', { level: 1, name: 'There is no such dashboard' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('no-such-uid');
    await page.getByRole('main').getByRole('link', { name: 'All dashboards' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Dashboards' })).toBeVisible();
  });

  test('a wrong query, a wrong regex and an unknown kind are told where they are', async ({ page, site }) => {
    await saveDashboard(site.url, {
      uid: 'wrong',
      title: 'Wrong',
      templating: {
        list: [
          query('bad', 'query_result(sum(()))'),
          query('regex', 'label_values(up, job)', { regex: '/(/' }),
          query('good', 'label_values(up, job)'),
        ],
      },
      panels: [
        panel('Broken', 'sum(', [0, 0, 8, 6]),
        panel('Strange', 'up', [8, 0, 8, 6], { type: 'acme-map-panel' }),
        panel('Fine', 'count(up)', [16, 0, 8, 6]),
      ],
    });
    await page.goto(`${site.url}/d/wrong`);
    await expectCurves(page, 'Fine', 1);
    await expect(region(page, 'Broken')).toContainText(/parse error|unexpected/);
    await expect(region(page, 'Strange')).toContainText('acme-map-panel');
    const bar = page.getByRole('group', { name: 'Variables' });
    await expect(bar.getByRole('alert')).toHaveCount(2);
    await expect(bar.getByRole('alert').first()).toContainText('The values of bad could not be loaded');
    await expect(variable(page, 'good')).toHaveAccessibleName('good: hostile');
  });

  test('a slow source holds up nobody else, and what was seen stays', async ({ page, site }) => {
    await saveDashboard(site.url, {
      uid: 'slow',
      title: 'Slow',
      panels: [panel('Up', 'count(up)', [0, 0, 12, 6])],
    });
    await page.goto(`${site.url}/d/slow?refresh=off`);
    await expectCurves(page, 'Up', 1);
    const views: (() => void)[] = [];
    let isSlow = true;
    await page.route('**/api/monopod/v1/view', async (route) => {
      if (!isSlow) return route.continue();
      await new Promise<void>((go) => views.push(go));
      await route.fulfill({ status: 503, json: { message: 'the storage is busy' } });
    });
    const refresh = page.getByRole('button', { name: 'Refresh now' });
    await refresh.click();
    await expect(region(page, 'Up')).toHaveAttribute('aria-busy', 'true');
    await refresh.click();
    await refresh.click();
    expect(views.length, 'refreshes do not pile up').toBe(1);
    await expectCurves(page, 'Up', 1);
    isSlow = false;
    for (const go of views) go();
    // The refresh that waited asks again, and gets its answer.
    await expect(region(page, 'Up')).toHaveAttribute('aria-busy', 'false');
    await expect(region(page, 'Up').getByRole('button', { name: 'Errors of Up' })).toHaveCount(0);
    await expectCurves(page, 'Up', 1);
  });
});
