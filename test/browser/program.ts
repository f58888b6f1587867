// Programs that tests start on loopback ports and end by their process ids.

import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';

const readyMilliseconds = 30_000;
const endMilliseconds = 15_000;
const pollMilliseconds = 25;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A program that serves HTTP; its last output tells why when it does not. */
export class Program {
  private output = '';

  private constructor(
    readonly url: string,
    readonly startedMilliseconds: number,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output = (this.output + bytes.toString()).slice(-8000);
      });
    }
  }

  /** Starts `command` and waits until it answers on `readyPath`. */
  static async start(command: string, args: string[], port: number, readyPath: string): Promise<Program> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const program = new Program(`http://127.0.0.1:${port}`, Date.now(), child);
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (cause) => reject(new Error(`starting ${command}: ${cause.message}`)));
      child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${program.output}`)));
    });
    // After the start, ending is no failure: `stop` and `kill` want it.
    failed.catch(() => {});
    try {
      await Promise.race([program.answers(readyPath), failed]);
    } catch (cause) {
      child.kill('SIGKILL');
      throw cause;
    }
    return program;
  }

  /** Ends it in its own order. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Takes it away as a crash does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async answers(path: string): Promise<void> {
    const deadline = Date.now() + readyMilliseconds;
    for (;;) {
      const isReady = await fetch(this.url + path).then(
        (response) => response.ok,
        () => false,
      );
      if (isReady) return;
      if (Date.now() > deadline) throw new Error(`${this.url}${path} did not answer:\n${this.output}`);
      await new Promise((done) => setTimeout(done, pollMilliseconds));
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((done) => this.child.once('exit', () => done()));
    this.child.kill(signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new Error(`${this.url} did not end within ${endMilliseconds} ms:\n${this.output}`));
      }, endMilliseconds);
    });
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }
}
