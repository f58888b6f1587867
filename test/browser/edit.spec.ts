import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxOf, DashboardEditor, sourceOf, stored, storeSource, uidOf, withEditors } from './dashboards';
import { badRequests, expect, test } from './fixtures';

/** Two panels beside each other, and one below. */
const three = JSON.stringify({
  uid: 'three',
  title: 'Three',
  schemaVersion: 39,
  panels: [
    { id: 1, type: 'text', title: 'One', gridPos: { x: 0, y: 0, w: 8, h: 4 }, options: { content: 'first' } },
    {
      id: 2,
      type: 'text',
      title: 'Two',
      gridPos: { x: 8, y: 0, w: 8, h: 4 },
      options: { content: 'second' },
    },
    {
      id: 3,
      type: 'text',
      title: 'Three',
      gridPos: { x: 0, y: 4, w: 8, h: 4 },
      options: { content: 'third' },
    },
  ],
});

test('a dashboard is made from nothing, changed, saved, and an old version comes back', async ({ page }) => {
  await withEditors(page, async ({ url }) => {
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/dashboard/new`);
    for (const [kind, title] of [
      ['Time series', 'Load'],
      ['Stat', 'Up'],
      ['Gauge', 'Share'],
      ['Table', 'Targets'],
    ] as const) {
      await editor.addPanel(kind, title);
      await editor.setQuery('up');
      await editor.backToGrid();
    }
    await editor.addPanel('Text', 'Notes');
    await editor.backToGrid();

    await page.keyboard.press('Control+s');
    await editor.save.getByRole('textbox', { name: 'Title' }).fill('Made here');
    await editor.save.getByRole('textbox', { name: 'Message' }).fill('the first');
    await editor.save.getByRole('button', { name: 'Save dashboard' }).click();
    await expect(page).toHaveURL(/\/d\/[\w-]+/);
    const uid = uidOf(page);
    const first = await stored(url, uid);
    expect(first.title).toBe('Made here');
    expect(first.panels.map(({ type }) => type)).toEqual(['timeseries', 'stat', 'gauge', 'table', 'text']);

    await editor.startEditing();
    await page.getByRole('toolbar', { name: 'Load' }).getByRole('button', { name: 'Move Load' }).focus();
    await page.getByRole('button', { name: 'Edit Load' }).click();
    await editor.setTitle('Load of today');
    await editor.backToGrid();
    await editor.saveAs('another title');
    expect((await stored(url, uid)).panels[0]?.title).toBe('Load of today');

    await page.goto(`${url}/d/${uid}?editview=versions`);
    const row = page.getByRole('row', { name: /the first/ });
    await expect(page.getByRole('region', { name: 'From version 1 to 2' })).toContainText('Load of today');
    await row.getByRole('button', { name: 'Restore 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
    await expect(page.getByRole('row', { name: /Restored from version 1/ })).toBeVisible();
    expect((await stored(url, uid)).panels[0]?.title).toBe('Load');
  });
});

test('a changed title changes nothing else in the source of an old dashboard', async ({ page }) => {
  const source = `{
    "uid": "old",   "title": "Old one",
    "schemaVersion": 12, "version": 1,
    "anythingElse": {"kept": 1.50, "list": [ ]},
    "rows": [{"height": "250px", "title": "Row", "panels": [
      {"id": 4, "type": "graph", "title": "Graph", "span": 6, "fill": 1, "linewidth": 2, "unknownKey": "stays",
       "targets": [{"refId": "A", "expr": "up{job=\\"x\\"}"}], "yaxes": [{"format": "short"}, {"format": "short"}]},
      {"id": 5, "type": "singlestat", "title": "Number", "span": 6, "targets": [{"refId": "A", "expr": "up"}]}
    ]}]
}`;
  await withEditors(page, async ({ url }) => {
    await storeSource(url, source);
    const before = await sourceOf(url, 'old');
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/d/old`);
    await editor.startEditing();
    await editor.handle('Graph').focus();
    await page.getByRole('button', { name: 'Edit Graph' }).click();
    await editor.setTitle('Graph, renamed');
    await editor.backToGrid();
    await editor.saveAs('one title');
    const after = await sourceOf(url, 'old');
    expect(after.replace('"Graph, renamed"', '"Graph"').replace('"version": 2', '"version": 1')).toBe(before);
  });
});

test('panels are added, moved and resized with the keyboard alone, told aloud, and undone', async ({
  page,
}) => {
  await withEditors(page, async ({ url }) => {
    await storeSource(url, three);
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/d/three`);
    await page.getByRole('button', { name: 'Edit', exact: true }).focus();
    await page.keyboard.press('Enter');
    const handle = editor.handle('One');
    await handle.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(page.getByRole('status').filter({ hasText: 'One: column 1' })).toContainText(
      '9 wide, 4 high',
    );
    await expect(handle).toBeFocused();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect(page.getByRole('button', { name: /^Undo/ })).toBeDisabled();
    await page.keyboard.press('Control+Shift+z');
    await expect(page.getByText('1 change', { exact: true })).toBeVisible();

    const add = page.getByRole('toolbar', { name: 'Editing' }).getByRole('button', { name: 'Add' });
    await add.focus();
    await page.keyboard.press('Enter');
    const row = page.getByRole('dialog', { name: 'Add a panel' }).getByRole('button', { name: 'Add a row' });
    await row.focus();
    await page.keyboard.press('Enter');
    await expect(editor.handle('New row')).toBeVisible();
    await editor.saveAs('by keyboard');
    const { panels } = await stored(url, 'three');
    expect(panels.map(({ title }) => title)).toEqual(['Three', 'Two', 'One', 'New row']);
  });
});

test('panels are dragged and resized with the mouse, and the others make room', async ({ page }) => {
  await withEditors(page, async ({ url }) => {
    await storeSource(url, three);
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/d/three`);
    await editor.startEditing();
    const from = await boxOf(editor.handle('One'));
    const to = await boxOf(editor.handle('Two'));
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x - 30, to.y + 6, { steps: 4 });
    await page.mouse.move(to.x + 5, to.y + 6, { steps: 4 });
    await page.mouse.up();
    await expect(page.getByText('1 change', { exact: true })).toBeVisible();
    const corner = await boxOf(page.getByRole('button', { name: 'Resize Three' }));
    await page.mouse.move(corner.x + 6, corner.y + 6);
    await page.mouse.down();
    await page.mouse.move(corner.x + 6, corner.y + 6 + 76, { steps: 4 });
    await page.mouse.up();
    await editor.saveAs('dragged');
    const { panels } = await stored(url, 'three');
    const place = Object.fromEntries(panels.map(({ title, gridPos }) => [title, gridPos]));
    expect(place.One).toEqual({ x: 8, y: 0, w: 8, h: 4 });
    expect(place.Two).toEqual({ x: 8, y: 4, w: 8, h: 4 });
    expect(place.Three).toEqual({ x: 0, y: 0, w: 8, h: 6 });
  });
});

test.describe('what is refused', () => {
  test.use({ expectedErrors: [badRequests] });

  test('two editors at once: the second is told, and chooses', async ({ page, context }) => {
    await withEditors(page, async ({ url }) => {
      await storeSource(url, three);
      const first = new DashboardEditor(page);
      await page.goto(`${url}/d/three`);
      await first.startEditing();
      const other = new DashboardEditor(await context.newPage());
      await other.page.goto(`${url}/d/three`);
      await other.startEditing();
      for (const [editor, panel] of [
        [first, 'One'],
        [other, 'Two'],
      ] as const) {
        await editor.handle(panel).focus();
        await editor.page.getByRole('button', { name: `Remove ${panel}` }).click();
      }
      await first.saveAs('without One');

      await other.page.keyboard.press('Control+s');
      await other.save.getByRole('button', { name: 'Save dashboard' }).click();
      await expect(other.save).toContainText('Somebody else saved this dashboard meanwhile');
      await other.save.getByRole('button', { name: 'Compare' }).click();
      await expect(other.save).toContainText('"One"');
      expect((await stored(url, 'three')).panels.map(({ title }) => title)).toEqual(['Three', 'Two']);
      await other.save.getByRole('button', { name: 'Save as a copy' }).click();
      const copy = other.page.getByRole('dialog', { name: 'Save as a copy' });
      await copy.getByRole('textbox', { name: 'Title' }).fill('Mine');
      await copy.getByRole('button', { name: 'Save dashboard' }).click();
      await expect(other.page).not.toHaveURL(/\/d\/three/);
      const uid = uidOf(other.page);
      expect((await stored(url, uid)).panels.map(({ title }) => title).sort()).toEqual(['One', 'Three']);
    });
  });

  test('JSON that is none is refused with its place', async ({ page }) => {
    await withEditors(page, async ({ url }) => {
      await storeSource(url, three);
      await page.goto(`${url}/d/three?editview=json`);
      const area = page.getByRole('textbox', { name: 'JSON' });
      await expect(area).toHaveAttribute('aria-multiline', 'true');
      await area.fill('{\n  "title": "Other",\n  "panels": [,]\n}');
      await page.getByRole('button', { name: 'Save JSON' }).click();
      await expect(page.getByRole('alert')).toContainText('Not JSON: line 3, column 14');
      expect((await stored(url, 'three')).title).toBe('Three');
      await area.fill('{"uid": "three", "version": 1, "title": "Other",  "panels": []}');
      await page.getByRole('button', { name: 'Save JSON' }).click();
      await expect(page.getByText('JSON saved')).toBeVisible();
      expect(await sourceOf(url, 'three')).toContain('"title": "Other",  "panels": []');
    });
  });

  test('a Viewer has no controls, and cannot save by the API', async ({ page }) => {
    await withEditors(
      page,
      async ({ url }) => {
        const search = await fetch(`${url}/api/search?type=dash-db`);
        const [any] = (await search.json()) as { uid: string }[];
        await page.goto(`${url}/d/${any?.uid}`);
        await expect(page.getByRole('button', { name: 'Share', exact: false }).first()).toBeVisible();
        await expect(page.getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0);
        await page.goto(`${url}/d/${any?.uid}?editview=json`);
        await expect(page.getByRole('textbox', { name: 'JSON' })).toHaveCount(0);
        const response = await fetch(`${url}/api/dashboards/db`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: `{"dashboard": ${three}}`,
        });
        expect([401, 403]).toContain(response.status);
      },
      [],
    );
  });
});

test('unsaved work survives a reload', async ({ page }) => {
  await withEditors(page, async ({ url }) => {
    await storeSource(url, three);
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/d/three`);
    await editor.startEditing();
    await editor.handle('Two').focus();
    await page.getByRole('button', { name: 'Remove Two' }).click();
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();
    const offer = page.getByRole('dialog', { name: /unsaved work/ });
    await offer.getByRole('button', { name: 'Take it up again' }).click();
    await expect(editor.handle('Two')).toHaveCount(0);
    await editor.saveAs('after the reload');
    expect((await stored(url, 'three')).panels).toHaveLength(2);
  });
});

test('leaving with unsaved changes asks', async ({ page }) => {
  await withEditors(page, async ({ url }) => {
    await storeSource(url, three);
    const editor = new DashboardEditor(page);
    await page.goto(`${url}/d/three`);
    await editor.startEditing();
    await editor.handle('Two').focus();
    await page.getByRole('button', { name: 'Remove Two' }).click();
    await page.getByRole('link', { name: 'Explore', exact: true }).click();
    const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
    await leave.getByRole('button', { name: 'Stay' }).click();
    await expect(editor.handle('One')).toBeVisible();
    await page.getByRole('link', { name: 'Explore', exact: true }).click();
    await leave.getByRole('button', { name: 'Discard and leave' }).click();
    await expect(page).toHaveURL(/\/explore/);
    expect((await stored(url, 'three')).panels).toHaveLength(3);
  });
});

test('a dashboard for others is imported with its data source and its report', async ({ page }) => {
  const shared = JSON.stringify({
    __inputs: [
      {
        name: 'DS_PROM',
        label: 'Prometheus',
        description: '',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
      { name: 'VAR_JOB', label: 'Job', type: 'constant', value: 'node' },
    ],
    uid: 'three',
    title: 'Shared',
    schemaVersion: 39,
    panels: [
      {
        id: 1,
        type: 'stat',
        title: 'Up',
        gridPos: { x: 0, y: 0, w: 6, h: 4 },
        datasource: { type: 'prometheus', uid: `\${DS_PROM}` },
        targets: [{ refId: 'A', expr: 'up' }],
      },
      { id: 2, type: 'vendor-magic-panel', title: 'Magic', gridPos: { x: 6, y: 0, w: 6, h: 4 } },
    ],
  });
  await withEditors(page, async ({ url }, directory) => {
    await storeSource(url, three);
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'shared.json');
    writeFileSync(file, shared.slice(0, -3));
    await page.goto(`${url}/dashboard/import`);
    await page.getByLabel('Choose a JSON file').setInputFiles(file);
    await expect(page.getByRole('alert')).toContainText('line 1, column');
    writeFileSync(file, shared);
    await page.getByLabel('Choose a JSON file').setInputFiles(file);

    const report = page.getByRole('region', { name: 'How it will be drawn' });
    await expect(report.getByRole('row', { name: /Magic/ })).toContainText('unsupported');
    await expect(report.getByRole('row', { name: /^Up/ })).toContainText('exact');
    await expect(page.getByRole('combobox', { name: 'Prometheus' })).toHaveValue('Monopod');
    await expect(page.getByRole('textbox', { name: 'Job' })).toHaveValue('node');
    await expect(page.getByText('“Three” in General has this uid')).toBeVisible();
    await page.getByRole('button', { name: 'Import with a new uid' }).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(page).toHaveURL(/\/d\/(?!three)[\w-]+/);
    const uid = uidOf(page);
    const source = await sourceOf(url, uid);
    expect(source).not.toContain('DS_PROM');
    expect(source).toContain('"uid":"monopod"');
    expect(source).toContain('vendor-magic-panel');
    await expect(page.getByText(/vendor-magic-panel/)).toBeVisible();
  });
});

test('a provisioned dashboard is saved back to its file, or its change is handed out', async ({ page }) => {
  const provision = (directory: string) => {
    const settings = join(directory, 'provisioning', 'dashboards');
    const boards = join(directory, 'boards');
    mkdirSync(settings, { recursive: true });
    mkdirSync(boards);
    writeFileSync(join(boards, 'three.json'), three);
    writeFileSync(
      join(settings, 'all.yaml'),
      `apiVersion: 1\nproviders: [{name: all, type: file, options: {path: '${boards}'}}]\n`,
    );
    return ['--auth.anonymous-role=Editor', `--grafana.provisioning=${join(directory, 'provisioning')}`];
  };
  await withEditors(
    page,
    async ({ url }, directory) => {
      const file = join(directory, 'boards', 'three.json');
      const editor = new DashboardEditor(page);
      await page.goto(`${url}/d/three`);
      await editor.startEditing();
      await editor.handle('Two').focus();
      await page.getByRole('button', { name: 'Remove Two' }).click();
      await page.keyboard.press('Control+s');
      await expect(editor.save).toContainText('three.json');
      await editor.save.getByRole('button', { name: 'Save dashboard' }).click();
      await expect(editor.save).toBeHidden();
      const patch = page.getByRole('dialog', { name: 'Your change as a patch' });
      await expect(page.getByText('Dashboard saved').or(patch)).toBeVisible();
      expect(readFileSync(file, 'utf8')).not.toContain('"Two"');
      expect(readFileSync(file, 'utf8')).toContain('"One"');
    },
    provision,
  );
});
