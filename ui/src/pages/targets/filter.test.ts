import { expect, test } from 'vitest';
import type { Target } from '../../api/scrape';
import { beginsOpen, filterPools, type TargetFilter } from './filter';

const target = (instance: string, health: Target['health'] = 'up', lastError = ''): Target => ({
  discoveredLabels: {},
  labels: { instance, job: 'j', rack: 'a b' },
  scrapePool: 'p',
  scrapeUrl: `http://${instance}/metrics`,
  globalUrl: '',
  lastError,
  lastScrape: '',
  lastScrapeDuration: 0,
  health,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
});

const pools = [
  {
    scrapePool: 'p',
    active: [target('one'), target('two', 'down', 'connection refused')],
    dropped: [],
    droppedCount: 3,
  },
  { scrapePool: 'q', active: [], dropped: [], droppedCount: 0 },
];
const all: TargetFilter = { search: '', health: 'all', pool: '' };
const found = (filter: Partial<TargetFilter>) =>
  filterPools(pools, { ...all, ...filter }).map(
    ({ name, targets }) => `${name}: ${targets.map(({ target }) => target.labels.instance).join(' ')}`,
  );

test('pools without targets are shown, until one looks for something', () => {
  expect(found({})).toEqual(['p: one two', 'q: ']);
  expect(found({ pool: 'q' })).toEqual(['q: ']);
  expect(found({ health: 'unknown' })).toEqual([]);
});

test('filters by health and by every word, over labels, address and error', () => {
  expect(found({ health: 'down' })).toEqual(['p: two']);
  expect(found({ search: 'REFUSED' })).toEqual(['p: two']);
  expect(found({ search: 'instance="one" job=j' })).toEqual(['p: one']);
  expect(found({ search: 'one two' })).toEqual([]);
});

test('the counts are those of the whole pool', () => {
  expect(filterPools(pools, { ...all, search: 'one' })[0]).toMatchObject({
    counts: { up: 1, down: 1, unknown: 0 },
    droppedCount: 3,
  });
});

test('targets that share a URL have keys of their own, which a filter does not change', () => {
  const twins = [{ ...pools[0]!, active: [target('one'), { ...target('one'), health: 'down' as const }] }];
  expect(filterPools(twins, all)[0]!.targets.map(({ key }) => key)).toEqual([
    'p http://one/metrics',
    'p http://one/metrics #1',
  ]);
  expect(filterPools(twins, { ...all, health: 'down' })[0]!.targets[0]!.key).toBe('p http://one/metrics #1');
});

test('long pools begin closed among others', () => {
  const [view] = filterPools(
    [{ ...pools[0]!, active: Array.from({ length: 60 }, (_, i) => target(`t${i}`)) }],
    all,
  );
  expect(beginsOpen(view!, 2, all)).toBe(false);
  expect(beginsOpen(view!, 1, all)).toBe(true);
  expect(beginsOpen(view!, 2, { ...all, search: 't1' })).toBe(true);
});
