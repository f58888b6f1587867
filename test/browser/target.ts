// Scrape targets inside the test process, whose answers a test decides.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, scrape: number) => void;

export class Target {
  private scrapes = 0;

  private constructor(
    private readonly server: Server,
    private answer: Answer,
    /** `host:port`, as a configuration names it. */
    readonly address: string,
  ) {
    server.on('request', (_, response) => this.answer(response, ++this.scrapes));
  }

  static async start(answer: Answer): Promise<Target> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    return new Target(server, answer, `127.0.0.1:${port}`);
  }

  /** From the next scrape on it answers in this way. */
  become(answer: Answer): void {
    this.answer = answer;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }
}

export function expose(response: ServerResponse, exposition: string): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(exposition);
}

/** A shop that takes orders: books three times as often as music, a queue that goes up and down. */
export const openShop: Answer = (response, scrape) =>
  expose(
    response,
    `# HELP shop_orders_total Orders taken, by kind.
# TYPE shop_orders_total counter
shop_orders_total{kind="books"} ${scrape * 3}
shop_orders_total{kind="music"} ${scrape}
# HELP shop_queue_length Orders that wait.
# TYPE shop_queue_length gauge
shop_queue_length ${5 + (scrape % 7)}
`,
  );

/** The same shop after its database went away. */
export const brokenShop: Answer = (response) => {
  response.writeHead(500, { 'Content-Type': 'text/plain' }).end('the order database is gone\n');
};

/** What a hostile target tries wherever it can put text; it would set `document.title` or `window.attacked`. */
export const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';

export const hostile: Answer = (response) => {
  const escaped = attack.replaceAll('"', '\\"');
  expose(
    response,
    `# HELP hostile_visits_total ${attack}
# TYPE hostile_visits_total counter
hostile_visits_total{page="${escaped}"} 1
hostile_visits_total{page="home"} 2
`,
  );
};

/** Go's HTTP client repeats the reason phrase in its error, so it reaches the page. */
export const hostileFailure: Answer = (response) => {
  response.writeHead(500, attack, { 'Content-Type': 'text/html' }).end(attack);
};
