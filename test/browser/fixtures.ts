import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { Monopod, Site } from './site';

type TestFixtures = {
  /** A site that the test may break for good. */
  ownSite: Site;
  /** A server without a configuration file, started when called, with these flags. */
  startDefaults: (args?: string[]) => Promise<Monopod>;
  /** Messages on the console that belong to what the test does. */
  expectedErrors: readonly RegExp[];
  quiet: undefined;
};

type WorkerFixtures = {
  /** Shared by tests, which leave it as they found it. */
  site: Site;
};

export const test = base.extend<TestFixtures, WorkerFixtures>({
  site: [
    async ({}, use) => {
      const site = await Site.start();
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],
  // A page that is open when its server ends would say so on the console.
  ownSite: async ({ page }, use) => {
    const site = await Site.start();
    await use(site);
    await page.close();
    await site.stop();
  },
  startDefaults: async ({ page }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'monopod-browser-'));
    const started: Monopod[] = [];
    await use(async (args) => {
      const server = await Monopod.start(directory, args);
      started.push(server);
      return server;
    });
    await page.close();
    for (const server of started) await server.stop();
    rmSync(directory, { recursive: true });
  },
  expectedErrors: [[], { option: true }],
  // Whatever else a page says on the console as an error, or throws, fails the test.
  quiet: [
    async ({ page, expectedErrors }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') said.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (cause) => said.push(String(cause)));
      await use(undefined);
      const unexpected = said.filter((text) => !expectedErrors.some((known) => known.test(text)));
      expect(unexpected, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

/** The browser's own lines about requests that the test makes fail. */
export const badRequests = /Failed to load resource: the server responded with a status of 4\d\d/;
export const lostConnections = /net::ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE|SOCKET)/;

export { expect };
