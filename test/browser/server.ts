// Starts what the browser looks at: the built program, a real node_exporter and
// a target that can be broken and healed. Everything ends by its process id.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';

const monopod = resolve(import.meta.dirname, '../../bin/monopod');

async function freePort(): Promise<number> {
  const s = createSocket();
  await new Promise<void>((done) => s.listen(0, '127.0.0.1', done));
  const { port } = s.address() as AddressInfo;
  await new Promise((done) => s.close(done));
  return port;
}

/** A program that serves HTTP on a loopback port. */
class Running {
  private output = '';

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (b: Buffer) => {
        this.output = (this.output + b.toString()).slice(-8000);
      });
    }
  }

  static async start(program: string, args: string[], port: number, ready: string): Promise<Running> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const r = new Running(`http://127.0.0.1:${port}`, child);
    const deadline = Date.now() + 30_000;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${r.output}`);
      const ok = await fetch(r.url + ready).then(
        (res) => res.ok,
        () => false,
      );
      if (ok) return r;
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`${program} was not ready within 30 s: ${r.output}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** A scrape target in this process, which a test breaks and heals. */
export class Target {
  broken: string | undefined;
  private scrapes = 0;

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(): Promise<Target> {
    let target: Target;
    const server = createServer((_, res) => {
      target.scrapes++;
      if (target.broken) {
        res.writeHead(500, { 'Content-Type': 'text/plain' }).end(target.broken);
        return;
      }
      res.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' });
      res.end(
        '# HELP shop_orders_total Orders taken, by kind.\n# TYPE shop_orders_total counter\n' +
          `shop_orders_total{kind="books"} ${target.scrapes * 3}\n` +
          `shop_orders_total{kind="music"} ${target.scrapes}\n` +
          '# HELP shop_queue_length Orders that wait.\n# TYPE shop_queue_length gauge\n' +
          `shop_queue_length ${5 + (target.scrapes % 7)}\n`,
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    target = new Target(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    return target;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Monopod with a configuration that names a real node_exporter and the shop. */
export interface Site {
  url: string;
  shop: Target;
}

/** Monopod on its embedded defaults. */
export interface Defaults {
  url: string;
}

export const test = base.extend<{ quiet: undefined }, { site: Site; defaults: Defaults }>({
  site: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
      const shop = await Target.start();
      const nodePort = await freePort();
      const node = await Running.start(
        'prometheus-node-exporter',
        [`--web.listen-address=127.0.0.1:${nodePort}`],
        nodePort,
        '/metrics',
      );
      writeFileSync(
        join(dir, 'prometheus.yml'),
        `
global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
  - job_name: shop
    static_configs: [{targets: ["${shop.address}"]}]
    relabel_configs:
      - {target_label: team, replacement: storefront}
  - job_name: node
    static_configs: [{targets: ["127.0.0.1:${nodePort}"]}]
  - job_name: skipped
    static_configs: [{targets: ["127.0.0.1:1"], labels: {env: dev}}]
    relabel_configs:
      - {source_labels: [env], regex: dev, action: drop}
`,
      );
      const port = await freePort();
      const server = await Running.start(
        monopod,
        [
          `--config.file=${join(dir, 'prometheus.yml')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          `--storage.tsdb.path=${join(dir, 'data')}`,
          '--web.enable-lifecycle',
        ],
        port,
        '/-/ready',
      );
      await use({ url: server.url, shop });
      await server.stop();
      await node.stop();
      await shop.stop();
      rmSync(dir, { recursive: true });
    },
    { scope: 'worker' },
  ],
  defaults: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
      const port = await freePort();
      const server = await Running.start(
        monopod,
        [`--web.listen-address=127.0.0.1:${port}`, `--storage.tsdb.path=${join(dir, 'data')}`],
        port,
        '/-/ready',
      );
      await use({ url: server.url });
      await server.stop();
      rmSync(dir, { recursive: true });
    },
    { scope: 'worker' },
  ],
  // Whatever a page says on the console as an error, or throws, fails the test.
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('console', (m) => {
        if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) said.push(m.text());
      });
      page.on('pageerror', (e) => said.push(String(e)));
      await use(undefined);
      expect(said, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

/** How far content was moved while the page loaded, as browsers score it. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries() as (PerformanceEntry & {
            value: number;
            hadRecentInput: boolean;
          })[])
            if (!e.hadRecentInput) sum += e.value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 100);
      }),
  );
}

export { expect };
