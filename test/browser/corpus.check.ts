// Opens every dashboard of the folders in MONOPOD_DASHBOARDS, on targets that serve
// the metrics that they ask for, and looks at every panel. Writes what it found into
// results/corpus.md, and a picture of each dashboard beside it.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, type Page, test } from '@playwright/test';
import { Monopod } from './site';

const folders = (process.env.MONOPOD_DASHBOARDS ?? '').split(':').filter(Boolean);
const player = process.env.DASHBOARD_TARGETS ?? resolve(import.meta.dirname, '../../bin/dashboard-targets');
const shots = resolve(import.meta.dirname, 'results/corpus');
const password = 'corpus-on-loopback';
const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
/** Two minutes of samples, so that rates have something to grow from. */
const historySeconds = Number(process.env.MONOPOD_CORPUS_SECONDS ?? 150);

type Verdict = { panelId: number; level: string; reasons: string[] };
type Row = { name: string; levels: Record<string, number>; drawn: number; empty: string[]; failed: string[] };

let directory: string;
let targets: ChildProcessByStdio<null, Readable, null>;
let server: Monopod;
const rows: Row[] = [];

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  test.setTimeout(300_000);
  if (folders.length === 0) throw new Error('name folders of dashboards in MONOPOD_DASHBOARDS');
  directory = mkdtempSync(join(tmpdir(), 'monopod-corpus-'));
  mkdirSync(shots, { recursive: true });
  targets = spawn(player, ['-out', join(directory, 'dashboards'), ...folders], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let address = '';
  for await (const line of createInterface({ input: targets.stdout })) {
    address = /on http:\/\/(\S+)\/metrics/.exec(line)?.[1] ?? '';
    if (address) break;
  }
  const config = join(directory, 'prometheus.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: 2s, scrape_timeout: 2s}
scrape_configs:
  - job_name: dashboards
    honor_labels: true
    static_configs: [{targets: ['${address}']}]
`,
  );
  process.env.MONOPOD_ADMIN_PASSWORD = password;
  server = await Monopod.start(directory, [`--config.file=${config}`]);
  await new Promise((done) => setTimeout(done, historySeconds * 1000));
});

test.afterAll(async () => {
  await server?.stop();
  if (targets && targets.exitCode === null) {
    const ended = once(targets, 'exit');
    targets.kill('SIGTERM');
    await ended;
  }
  if (directory) rmSync(directory, { recursive: true });
  writeReport();
});

test('every dashboard opens with all of its panels', async ({ browser }) => {
  test.setTimeout(1_200_000);
  const problems: string[] = [];
  for (const name of readdirSync(join(directory, 'dashboards')).sort()) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${name}: console: ${message.text()}`);
    });
    page.on('pageerror', (cause) => problems.push(`${name}: thrown: ${cause.message}`));
    const row = await openOne(page, name);
    rows.push(row);
    problems.push(...row.failed.map((panel) => `${name}: ${panel}`));
    await context.close();
  }
  const levels = (of: Row[], level: string) => of.reduce((sum, row) => sum + (row.levels[level] ?? 0), 0);
  const tutorial = rows.filter(({ name }) => name.startsWith('grafana-dashboard-'));
  const total = levels(rows, 'exact') + levels(rows, 'approximate') + levels(rows, 'unsupported');
  expect(problems).toEqual([]);
  expect(levels(tutorial, 'unsupported')).toBe(0);
  expect(levels(rows, 'unsupported') / total).toBeLessThanOrEqual(0.03);
});

async function openOne(page: Page, name: string): Promise<Row> {
  const source = JSON.parse(readFileSync(join(directory, 'dashboards', name), 'utf8')) as {
    __inputs?: { name: string; type: string; pluginId?: string; value?: string }[];
    title?: string;
  };
  const inputs = (source.__inputs ?? []).map((input) => ({
    name: input.name,
    type: input.type,
    pluginId: input.pluginId,
    value: input.type === 'datasource' ? 'monopod' : input.value,
  }));
  const headers = { authorization, 'content-type': 'application/json' };
  const imported = await fetch(`${server.url}/api/dashboards/import`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      dashboard: { ...source, uid: undefined, id: null, title: `${source.title} (${name})` },
      inputs,
      overwrite: true,
    }),
  });
  const answer = (await imported.json()) as { importedUrl?: string; uid?: string; message?: string };
  if (!imported.ok || !answer.uid) throw new Error(`import ${name}: ${imported.status} ${answer.message}`);
  const own = (await (await fetch(`${server.url}/api/monopod/v1/dashboards/${answer.uid}`)).json()) as {
    verdicts: Verdict[];
  };
  const levels: Record<string, number> = {};
  for (const { level } of own.verdicts) levels[level] = (levels[level] ?? 0) + 1;
  await page.goto(`${server.url}/d/${answer.uid}?from=now-5m&to=now`);
  await expect(page.locator('[data-panel]').first()).toBeVisible();
  const row: Row = { name, levels, drawn: 0, empty: [], failed: [] };
  const seen = new Set<string>();
  await page.evaluate(() => window.scrollTo(0, 0));
  for (let screen = 0; screen < 200; screen++) {
    await openRows(page);
    await settle(page);
    if (screen === 0) await page.screenshot({ path: join(shots, `${name}.png`) });
    for (const panel of await look(page)) {
      if (seen.has(panel.key)) continue;
      seen.add(panel.key);
      row.drawn++;
      if (panel.error) row.failed.push(`${panel.title}: ${panel.error}`);
      else if (panel.isEmpty) row.empty.push(panel.title);
    }
    const isEnd = await page.evaluate(() => {
      const before = window.scrollY;
      window.scrollBy(0, window.innerHeight - 100);
      return window.scrollY === before;
    });
    if (isEnd) break;
    if (screen === 0 || screen === 3)
      await page.screenshot({ path: join(shots, `${name}-${screen + 1}.png`) });
  }
  return row;
}

/** Opens the collapsed rows that are in the document. */
async function openRows(page: Page): Promise<void> {
  const collapsed = page.locator('button.dash-row[aria-expanded="false"]');
  while ((await collapsed.count()) > 0) await collapsed.first().click();
}

/** Waits until no panel in the document asks for anything. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(150);
  await expect(page.locator('[data-panel][aria-busy="true"]')).toHaveCount(0, { timeout: 30_000 });
  await page.waitForTimeout(150);
}

async function look(page: Page) {
  return page.locator('[data-panel]').evaluateAll((panels) =>
    panels.map((panel) => ({
      key: panel.getAttribute('data-panel') ?? '',
      title: panel.querySelector('h2, h3')?.textContent ?? '',
      error:
        panel.querySelector('.dash-panel-message.is-error, .dash-panel-message.is-warning')?.textContent ??
        '',
      isEmpty: /No data/i.test(panel.textContent ?? ''),
    })),
  );
}

function writeReport(): void {
  const lines = [
    '| dashboard | exact | approximate | unsupported | drawn | empty | failed |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const { name, levels, drawn, empty, failed } of rows) {
    lines.push(
      `| ${name} | ${levels.exact ?? 0} | ${levels.approximate ?? 0} | ${levels.unsupported ?? 0} | ${drawn} | ${empty.length} | ${failed.length} |`,
    );
  }
  for (const { name, empty, failed } of rows) {
    if (empty.length + failed.length > 0) lines.push('', `## ${name}`, '');
    lines.push(...empty.map((panel) => `- empty: ${panel}`), ...failed.map((panel) => `- failed: ${panel}`));
  }
  writeFileSync(join(shots, 'corpus.md'), `${lines.join('\n')}\n`);
}
