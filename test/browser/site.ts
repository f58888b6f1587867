// Monopod as tests meet it: with a configuration of its own, or on its defaults.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { adminPassword } from './dashboard-page';
import { freePort, Program } from './program';
import { attack, hostile, openShop, Target } from './target';

const monopod = process.env.MONOPOD ?? resolve(import.meta.dirname, '../../bin/monopod');
// Programs get the environment of the tests.
process.env.MONOPOD_ADMIN_PASSWORD = adminPassword;

const nodeExporter = process.env.NODE_EXPORTER ?? 'prometheus-node-exporter';

/** The program over one data directory and port; it can be killed and started again. */
export class Monopod {
  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly args: string[],
    private program: Program,
  ) {}

  static async start(directory: string, args: string[] = []): Promise<Monopod> {
    const port = await freePort();
    return new Monopod(directory, port, args, await Monopod.run(directory, port, args));
  }

  get url(): string {
    return this.program.url;
  }

  get startedMilliseconds(): number {
    return this.program.startedMilliseconds;
  }

  async kill(): Promise<void> {
    await this.program.kill();
  }

  async restart(): Promise<void> {
    await this.program.stop();
    this.program = await Monopod.run(this.directory, this.port, this.args);
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private static run(directory: string, port: number, args: string[]): Promise<Program> {
    const all = [
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      ...args,
    ];
    return Program.start(monopod, all, port, '/-/ready');
  }
}

/** Monopod with a real node_exporter, a shop that can be broken, a hostile target and a dropped one. */
export class Site {
  private constructor(
    private readonly directory: string,
    readonly server: Monopod,
    readonly shop: Target,
    readonly hostile: Target,
    private readonly node: Program,
    readonly goodConfig: string,
  ) {}

  static async start(): Promise<Site> {
    const directory = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
    const nodePort = await freePort();
    const [shop, hostileTarget, node] = await Promise.all([
      Target.start(openShop),
      Target.start(hostile),
      Program.start(nodeExporter, [`--web.listen-address=127.0.0.1:${nodePort}`], nodePort, '/metrics'),
    ]);
    const goodConfig = `
global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
  - job_name: shop
    static_configs: [{targets: ["${shop.address}"], labels: {branch: harbour}}]
    relabel_configs:
      - {target_label: team, replacement: storefront}
      - {source_labels: [branch], target_label: town, replacement: "$1-town"}
      - {regex: branch, action: labeldrop}
  - job_name: node
    static_configs: [{targets: ["127.0.0.1:${nodePort}"]}]
  - job_name: hostile
    static_configs: [{targets: ["${hostileTarget.address}"], labels: {motto: '${attack}'}}]
  - job_name: skipped
    static_configs: [{targets: ["127.0.0.1:1"], labels: {env: dev}}]
    relabel_configs:
      - {source_labels: [env], regex: dev, action: drop}
`;
    writeFileSync(join(directory, 'prometheus.yml'), goodConfig);
    const server = await Monopod.start(directory, [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      '--web.enable-lifecycle',
    ]);
    const site = new Site(directory, server, shop, hostileTarget, node, goodConfig);
    await site.hasSamples();
    return site;
  }

  get url(): string {
    return this.server.url;
  }

  /** Waits for samples old enough to lie on the grid of a graph of seconds. */
  private async hasSamples(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (
      (await instantValues(this.url, 'count({job=~"shop|node|hostile"} offset 2s) > 500'))[0] === undefined
    ) {
      if (Date.now() > deadline) throw new Error('no samples of all targets within 30 s');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Puts another text into the configuration file; nothing else tells the server. */
  writeConfig(text: string): void {
    writeFileSync(join(this.directory, 'prometheus.yml'), text);
  }

  mendConfig(): void {
    this.writeConfig(this.goodConfig);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await Promise.all([this.node.stop(), this.shop.stop(), this.hostile.stop()]);
    rmSync(this.directory, { recursive: true });
  }
}

/** The result of an instant query, as the HTTP API gives it to anybody. */
export async function instantValues(url: string, expr: string): Promise<number[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const body = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return body.data.result.map(({ value }) => Number(value[1]));
}
