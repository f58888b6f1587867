import { expect, test } from 'vitest';
import type { Pool } from '../../api/scrape';
import { type DiscoveryFilter, filterJobs, paginate } from './filter';

const pools: Pool[] = [
  {
    scrapePool: 'web',
    active: [
      {
        discoveredLabels: { __address__: 'a:1', __meta_pod: 'web-0' },
        labels: { instance: 'a:1' },
        scrapePool: 'web',
        scrapeUrl: 'http://a:1/metrics',
        globalUrl: '',
        lastError: '',
        lastScrape: '',
        lastScrapeDuration: 0,
        health: 'up',
        scrapeInterval: '',
        scrapeTimeout: '',
      },
    ],
    dropped: [{ discoveredLabels: { __address__: 'b:1', __meta_pod: 'db-0' }, reason: 'rule 2' }],
    droppedCount: 5,
  },
  { scrapePool: 'empty', active: [], dropped: [], droppedCount: 0 },
];

const found = (filter: Partial<DiscoveryFilter>) =>
  filterJobs(pools, { search: '', state: 'all', pool: '', ...filter }).map(
    (job) => `${job.name}: ${job.found.map(({ kind }) => kind).join(' ')}`,
  );

test('jobs that found nothing are shown, until one looks for something', () => {
  expect(found({})).toEqual(['web: active dropped', 'empty: ']);
  expect(found({ state: 'dropped' })).toEqual(['web: dropped']);
});

test('looks into discovered labels and reasons', () => {
  expect(found({ search: '__meta_pod="db-0"' })).toEqual(['web: dropped']);
  expect(found({ search: 'rule 2' })).toEqual(['web: dropped']);
  expect(found({ search: 'web-0' })).toEqual(['web: active']);
  expect(found({ search: 'nowhere' })).toEqual([]);
});

test('tells how many dropped ones the server did not keep', () => {
  expect(filterJobs(pools, { search: '', state: 'all', pool: 'web' })[0]).toMatchObject({
    activeCount: 1,
    droppedCount: 5,
    forgottenCount: 4,
  });
});

test('pages stay within the list', () => {
  const items = [1, 2, 3, 4, 5];
  expect(paginate(items, 2, 2)).toEqual({ items: [3, 4], page: 2, pageCount: 3, first: 3, last: 4 });
  expect(paginate(items, 99, 2)).toMatchObject({ items: [5], page: 3, first: 5, last: 5 });
  expect(paginate(items, Number.NaN, 2).page).toBe(1);
  expect(paginate([], 1, 2)).toMatchObject({ items: [], pageCount: 1 });
});
