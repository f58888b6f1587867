import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminAuthorization, region } from './dashboard-page';
import { test as base, expect } from './fixtures';
import { Monopod } from './site';

/** A directory of dashboards as a ConfigMap is mounted, with a server that is provisioned from it. */
class Mount {
  private versions = 0;

  private constructor(
    private readonly directory: string,
    readonly server: Monopod,
  ) {}

  static async start(): Promise<Mount> {
    const directory = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
    mkdirSync(join(directory, 'provisioning', 'dashboards'), { recursive: true });
    mkdirSync(join(directory, 'boards'));
    writeFileSync(
      join(directory, 'provisioning', 'dashboards', 'boards.yaml'),
      `apiVersion: 1\nproviders: [{name: boards, options: {path: '${join(directory, 'boards')}'}}]\n`,
    );
    const server = await Monopod.start(directory, [
      `--grafana.provisioning=${join(directory, 'provisioning')}`,
    ]);
    return new Mount(directory, server);
  }

  /** Swaps the whole content, as the kubelet does. */
  swap(files: Record<string, string>): void {
    const boards = join(this.directory, 'boards');
    const version = `..${++this.versions}`;
    mkdirSync(join(boards, version));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(boards, version, name), content);
      if (this.versions === 1) symlinkSync(join('..data', name), join(boards, name));
    }
    symlinkSync(version, join(boards, '..tmp'));
    renameSync(join(boards, '..tmp'), join(boards, '..data'));
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.directory, 'boards', name), content);
  }

  read(name: string): string {
    return readFileSync(join(this.directory, 'boards', name), 'utf8');
  }

  remove(name: string): void {
    rmSync(join(this.directory, 'boards', name));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.directory, { recursive: true });
  }
}

const test = base.extend<{ boards: Mount }>({
  boards: async ({ page }, use) => {
    const mount = await Mount.start();
    await use(mount);
    await page.close();
    await mount.stop();
  },
});

const board = (title: string) => `{
  "uid": "board",  "title": "Board",
  "rows": [{"panels": [{"id": 1, "type": "graph", "title": "${title}", "targets": [{"refId": "A", "expr": "up"}]}]}],
  "schemaVersion": 14
}
`;

test('a provisioned file that changes is shown at once in the page that is open', async ({
  page,
  boards: mount,
}) => {
  mount.swap({ 'board.json': board('First') });
  await expect
    .poll(async () => (await fetch(`${mount.server.url}/api/dashboards/uid/board`)).status)
    .toBe(200);
  await page.goto(`${mount.server.url}/d/board`);
  await expect(region(page, 'First')).toBeVisible();
  mount.swap({ 'board.json': board('Second') });
  await expect(region(page, 'Second')).toBeVisible();
  await expect(page.getByText(/by provisioning/)).toBeVisible();
  // A file that is broken changes nothing.
  mount.swap({ 'board.json': '{"uid": "board",' });
  mount.write('other.json', '{"uid": "other", "title": "Other", "panels": []}');
  await expect
    .poll(async () => (await fetch(`${mount.server.url}/api/dashboards/uid/other`)).status)
    .toBe(200);
  await expect(region(page, 'Second')).toBeVisible();
});

test('a change of a provisioned dashboard is written into its file, and nowhere else in it', async ({
  boards: mount,
}) => {
  mount.write('board.json', board('First'));
  const get = () => fetch(`${mount.server.url}/api/monopod/v1/dashboards/board`);
  await expect.poll(async () => (await get()).status).toBe(200);
  const { dashboard, meta } = await (await get()).json();
  dashboard.panels[0].title = 'Changed here';
  const response = await fetch(`${mount.server.url}/api/monopod/v1/dashboards`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: adminAuthorization },
    body: JSON.stringify({ dashboard, baseVersion: meta.version, folderUid: '', message: '' }),
  });
  expect(await response.json()).toMatchObject({ outcome: 'file' });
  expect(mount.read('board.json')).toBe(board('Changed here'));
  mount.remove('board.json');
  await expect.poll(async () => (await get()).status).toBe(404);
});
