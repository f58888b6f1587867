import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const target = (scrapePool: string, instance: string) => ({
  scrapePool,
  labels: { instance },
  scrapeUrl: `http://${instance}/metrics`,
});

/** Serves these paths, without their query strings; the rest is a 404 as Prometheus writes it. */
async function load(answers: Record<string, unknown>) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    const path = url.split('?')[0]!;
    asked.push(path);
    const data = answers[path];
    if (data === undefined) return new Response('404 page not found', { status: 404 });
    return new Response(JSON.stringify({ status: 'success', data }));
  });
  return { asked, ...(await import('./scrape')) };
}

test("takes the server's own answer, in natural order", async () => {
  const { pools } = await load({
    '/api/monopod/v1/discovery': {
      pools: [
        { scrapePool: 'b', active: [target('b', 'n10'), target('b', 'n9')], dropped: [], droppedCount: 0 },
        { scrapePool: 'a', active: [], dropped: [], droppedCount: 0 },
      ],
    },
  });
  const result = await pools();
  expect(result.ok && result.data.map(({ scrapePool }) => scrapePool)).toEqual(['a', 'b']);
  expect(result.ok && result.data[1]!.active.map(({ labels }) => labels.instance)).toEqual(['n9', 'n10']);
});

test("puts pools together from Prometheus's endpoints, also those that found nothing", async () => {
  const { pools, asked } = await load({
    '/api/v1/scrape_pools': { scrapePools: ['empty', 'web'] },
    '/api/v1/targets': {
      activeTargets: [target('web', 'one')],
      droppedTargets: [{ discoveredLabels: { __address__: 'x' }, scrapePool: 'web' }],
      droppedTargetCounts: { empty: 0, web: 7 },
    },
  });
  const result = await pools();
  expect(
    result.ok &&
      result.data.map(
        (pool) => `${pool.scrapePool} ${pool.active.length} ${pool.dropped.length} ${pool.droppedCount}`,
      ),
  ).toEqual(['empty 0 0 0', 'web 1 1 7']);
  await pools();
  expect(asked.filter((path) => path.includes('monopod'))).toHaveLength(1);
});
