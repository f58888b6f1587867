import { expect, test } from 'vitest';
import { lastScrapeSeconds, scrapeLoad } from './scrape-load';

const load = (lastScrapeDuration: number) =>
  scrapeLoad({ lastScrapeDuration, scrapeInterval: '20s', scrapeTimeout: '10s' });

test('a scrape is measured against its interval and judged by its timeout', () => {
  expect(load(1)).toEqual({ level: 'ok', used: 0.05, timeout: 0.5 });
  expect(load(6).level).toBe('warn');
  expect(load(10)).toEqual({ level: 'bad', used: 0.5, timeout: 0.5 });
  expect(load(99).used).toBe(1);
});

test('before the first scrape there is no time', () => {
  expect(lastScrapeSeconds({ lastScrape: '0001-01-01T00:00:00Z' })).toBeNull();
  expect(lastScrapeSeconds({ lastScrape: '2026-01-31T14:05:09.5Z' })).toBe(1769868309.5);
});
