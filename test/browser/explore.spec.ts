import { doubleClick, drag, drawnHues, ExplorePage, rangeOf } from './explore-page';
import { badRequests, expect, test } from './fixtures';
import { instantValues } from './site';

/** Narrow enough that a server that just started has points on its grid. */
const lastMinute = 'from=now-1m&to=now';
const books = '{kind="books"}';
const music = '{kind="music"}';

test('a query is typed with completion, run, and its series stand in the legend', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${lastMinute}`);
  await explore.editorIsReady('A');
  const editor = explore.editor('A');
  await expect(editor, 'the empty query is ready to type').toBeFocused();

  const option = page
    .getByRole('listbox', { name: 'Completions' })
    .getByRole('option', { name: /^shop_orders_total/ });
  // The list takes no key in its first moment, so that nobody accepts what just appeared.
  await expect(async () => {
    await editor.fill('');
    await editor.pressSequentially('shop_or');
    await expect(option).toHaveAttribute('aria-selected', 'true', { timeout: 3000 });
    await expect(option).toContainText('counter');
    await expect(page.getByText('Orders taken, by kind.')).toBeVisible({ timeout: 3000 });
    await editor.press('Tab');
    await expect(editor).toHaveText('shop_orders_total', { timeout: 500 });
  }).toPass();

  await editor.press('Enter');
  await expect(explore.series('A')).toHaveText([books, music]);
  await expect(explore.chart('A')).toHaveAccessibleName(/^Query A: shop_orders_total: 2 series/);
  await expect.poll(() => drawnHues(explore.chart('A')), 'curves of two colours').toBeGreaterThanOrEqual(2);
  expect(new URL(page.url()).searchParams.get('expr')).toBe('shop_orders_total');
});

test('Enter runs a name that is typed to its end while the list of completions is open', async ({
  page,
  site,
}) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${lastMinute}`);
  await explore.editorIsReady('A');
  const editor = explore.editor('A');
  const first = page.getByRole('listbox', { name: 'Completions' }).getByRole('option').first();
  await editor.pressSequentially('up');
  await expect(first).toHaveText(/^up/);
  // The list takes no key in its first moment: only one that was moved in takes Enter.
  await expect(async () => {
    await editor.press('ArrowDown');
    await expect(first).not.toHaveAttribute('aria-selected', 'true', { timeout: 500 });
  }).toPass();
  await expect(async () => {
    await editor.press('ArrowUp');
    await expect(first).toHaveAttribute('aria-selected', 'true', { timeout: 500 });
  }).toPass();
  await editor.press('Enter');
  await expect(explore.series('A')).toHaveCount(3);
  await expect(editor).toHaveText('up');
});

test('samples younger than the last step are shown', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  // No point of a grid of thirty days lies within the life of this server.
  await page.goto(`${site.url}/explore?expr=shop_orders_total&from=now-90d&to=now&step=30d`);
  await expect(explore.series('A')).toHaveText([books, music]);
  await expect.poll(() => drawnHues(explore.chart('A'), 4)).toBeGreaterThanOrEqual(2);
});

test('label values are completed inside of a selector', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${lastMinute}`);
  await explore.editorIsReady('A');
  const options = page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
  await explore.editor('A').pressSequentially('shop_orders_total{');
  await expect(options.filter({ hasText: 'kind' })).toBeVisible();
  await explore.editor('A').pressSequentially('kind="');
  await expect(options).toHaveText(['books', 'music']);
});

test('a second query has a graph of its own, or both share one', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=shop_orders_total&${lastMinute}`);
  await expect(explore.series('A')).toHaveCount(2);

  await page.getByRole('button', { name: 'Add query' }).click();
  await explore.run('B', 'shop_queue_length');
  await expect(explore.series('B')).toHaveText([/^shop_queue_length\{.*job="shop"/]);
  await expect(explore.series('A'), 'the first keeps its own').toHaveCount(2);

  await page.getByRole('checkbox', { name: 'One graph for all queries' }).check();
  await expect(page.getByRole('application', { name: /^Explore: 3 series/ })).toBeVisible();
  await expect(explore.chart('A')).toHaveCount(0);

  await explore.query('A').getByRole('button', { name: 'Switch query A off' }).click();
  await expect(page.getByRole('application', { name: /^Explore: 1 series/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('application', { name: /^Explore: 1 series/ })).toBeVisible();
  await expect(explore.query('A').getByRole('button', { name: 'Switch query A on' })).toBeVisible();
});

test('dragging zooms, a reload shows the very same, a double click zooms out', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await expect
    .poll(() => instantValues(site.url, 'count(shop_orders_total offset 16s)'), { timeout: 30_000 })
    .toEqual([2]);
  const to = Date.now();
  const from = to - 40_000;
  await page.goto(`${site.url}/explore?expr=shop_orders_total&from=${from}&to=${to}`);
  await expect(explore.series('A')).toHaveCount(2);

  await drag(explore.chart('A'), 0.65, 0.9);
  await expect.poll(() => rangeOf(page).from).not.toBe(from);
  const zoomed = rangeOf(page);
  const share = (zoomed.to - zoomed.from) / (to - from);
  expect(share, 'a quarter of the chart, whose axis takes some of the width').toBeGreaterThan(0.23);
  expect(share).toBeLessThan(0.32);
  const middle = ((zoomed.from + zoomed.to) / 2 - from) / (to - from);
  expect(middle, 'where the pointer dragged').toBeGreaterThan(0.7);
  expect(middle).toBeLessThan(0.85);

  await expect(explore.series('A')).toHaveCount(2);
  const shown = async () => ({
    text: await explore.editor('A').textContent(),
    range: await page.getByRole('button', { name: / – / }).textContent(),
    legend: await explore.legend('A').getByRole('row').allInnerTexts(),
    chart: await explore.chart('A').getAttribute('aria-label'),
    url: page.url(),
  });
  const seconds = (milliseconds: number) => new Date(milliseconds).toISOString().slice(17, 19);
  await expect(explore.chart('A'), 'the graph follows').toHaveAccessibleName(
    new RegExp(`:${seconds(zoomed.from)} – .*:${seconds(zoomed.to)}\\.`),
  );
  await explore.editorIsReady('A');
  const before = await shown();
  await page.reload();
  await explore.editorIsReady('A');
  await expect(explore.series('A')).toHaveCount(2);
  expect(await shown()).toEqual(before);

  await doubleClick(explore.chart('A'));
  await expect.poll(() => rangeOf(page).from).toBeLessThan(zoomed.from);
  const wider = rangeOf(page);
  expect((wider.to - wider.from) / (zoomed.to - zoomed.from)).toBeCloseTo(2, 2);
  await page.goBack();
  await expect.poll(() => rangeOf(page)).toEqual(zoomed);
});

test('a click in the legend leaves one series, a second click brings all back', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=shop_orders_total&${lastMinute}`);
  await expect(explore.series('A')).toHaveText([books, music]);
  await explore.legend('A').getByRole('button', { name: music }).click();
  await expect(explore.series('A')).toHaveText([music]);
  await explore.legend('A').getByRole('button', { name: music }).click();
  await expect(explore.series('A')).toHaveText([books, music]);
});

test('the table shows values, sorts and filters', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=shop_orders_total&${lastMinute}`);
  await explore.query('A').getByRole('radio', { name: 'Table' }).click();
  await expect(page).toHaveURL(/[?&]tab=table/);
  const rows = explore.rows('A');
  await expect(rows).toHaveText([/^kind.*Value/, /^books\d+$/, /^music\d+$/]);
  const numbers = async () => (await rows.getByRole('cell').allInnerTexts()).map(Number);
  const [, first, , second] = await numbers();
  expect(first, 'three books are sold for each piece of music').toBe(3 * (second ?? Number.NaN));

  const byValue = rows.getByRole('columnheader', { name: 'Value' });
  await byValue.getByRole('button').click();
  await expect(byValue).toHaveAttribute('aria-sort', 'descending');
  await expect(rows).toHaveText([/Value/, /^books/, /^music/]);
  await byValue.getByRole('button').click();
  await expect(byValue).toHaveAttribute('aria-sort', 'ascending');
  await expect(rows).toHaveText([/Value/, /^music/, /^books/]);

  await explore.query('A').getByRole('searchbox', { name: 'Filter rows' }).fill('boo');
  await expect(rows).toHaveText([/Value/, /^books/]);
  await expect(explore.query('A').getByText('1 of 2 rows')).toBeVisible();
});

test.describe('with a mistake', () => {
  test.use({ expectedErrors: [badRequests] });

  test('a syntax error shows what the server says, at its place', async ({ page, site, request }) => {
    const explore = new ExplorePage(page);
    const expr = 'sum(shop_orders_total';
    const answer = await request.get(`${site.url}/api/v1/query`, { params: { query: expr } });
    expect(answer.status()).toBe(400);
    const { error } = (await answer.json()) as { error: string };
    const message = error.replace(/^.*parse error: /, '');

    await page.goto(`${site.url}/explore?${lastMinute}`);
    await explore.run('A', expr);
    const alert = explore.query('A').getByRole('alert');
    await expect(alert).toContainText(message);
    await expect(alert, 'and what it was about').toContainText(expr);

    await explore.run('A', `${expr})`);
    await expect(alert).toHaveCount(0);
    await expect(explore.series('A')).toHaveCount(1);
  });
});

test('an empty result tells why and offers what was meant', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?expr=shop_order_total&${lastMinute}`);
  const query = explore.query('A');
  await expect(query.getByRole('heading', { name: 'Empty result' })).toBeVisible();
  await expect(query.getByText('There is no metric shop_order_total.')).toBeVisible();
  await query.getByRole('button', { name: 'shop_orders_total' }).click();
  await expect(explore.editor('A')).toHaveText('shop_orders_total');
  await expect(explore.series('A')).toHaveCount(2);

  await explore.run('A', 'shop_orders_total{kind="book"}');
  await expect(query.getByText('No series of shop_orders_total has kind="book".')).toBeVisible();
  await query.getByRole('button', { name: 'books' }).click();
  await expect(explore.editor('A')).toHaveText('shop_orders_total{kind="books"}');
  await expect(explore.series('A')).toHaveCount(1);
});

test("a link to Prometheus's graph page opens the same queries", async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(
    `${site.url}/graph?g0.expr=shop_orders_total&g0.tab=0&g0.range_input=1m&g1.expr=shop_queue_length&g1.tab=1`,
  );
  await expect(page).toHaveURL(/\/explore\?expr=shop_orders_total&expr\.1=shop_queue_length/);
  await expect(page.getByRole('button', { name: 'now-1m – now' })).toBeVisible();
  await expect(explore.editor('A')).toHaveText('shop_orders_total');
  await expect(explore.series('A')).toHaveCount(2);
  await expect(explore.editor('B')).toHaveText('shop_queue_length');
  await expect(explore.query('B').getByRole('radio', { name: 'Table' })).toBeChecked();
  await expect(explore.rows('B')).toHaveCount(2);
});

test('Back and Forward step through what was run', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${lastMinute}`);
  await explore.run('A', 'shop_orders_total');
  await expect(explore.series('A')).toHaveCount(2);
  await explore.run('A', 'shop_queue_length');
  await expect(explore.series('A')).toHaveCount(1);

  await page.goBack();
  await expect(explore.editor('A')).toHaveText('shop_orders_total');
  await expect(explore.series('A')).toHaveText([books, music]);
  await page.goForward();
  await expect(explore.editor('A')).toHaveText('shop_queue_length');
  await expect(explore.series('A')).toHaveText([/^shop_queue_length/]);
});

test('the metric browser builds a selector from counted values', async ({ page, site }) => {
  const explore = new ExplorePage(page);
  await page.goto(`${site.url}/explore?${lastMinute}`);
  await explore.query('A').getByRole('button', { name: 'Metric browser' }).first().click();
  const browser = page.getByRole('dialog', { name: 'Metric browser' });
  await browser.getByRole('searchbox', { name: 'Search metrics' }).fill('orders kind');
  await browser.getByRole('button', { name: /^shop_orders_total/ }).click();
  await expect(browser.getByRole('heading', { name: 'shop_orders_total' })).toBeVisible();
  await browser.getByRole('button', { name: /^music/ }).click();
  await browser.getByRole('button', { name: 'Use selector' }).click();
  await expect(browser).toHaveCount(0);
  await expect(explore.editor('A')).toHaveText('shop_orders_total{kind="music"}');
  await expect(explore.series('A')).toHaveCount(1);
});
