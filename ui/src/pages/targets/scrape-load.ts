import type { Target } from '../../api/scrape';
import { parseDuration } from '../../time/duration';

export type ScrapeLoad = {
  level: 'ok' | 'warn' | 'bad';
  /** Of the interval, 0 to 1. */
  used: number;
  /** Where in the interval the timeout is, 0 to 1. */
  timeout: number;
};

/** How much of its interval a scrape takes, and how near it comes to its timeout. */
export function scrapeLoad({
  lastScrapeDuration,
  scrapeInterval,
  scrapeTimeout,
}: Pick<Target, 'lastScrapeDuration' | 'scrapeInterval' | 'scrapeTimeout'>): ScrapeLoad {
  const intervalSeconds = parseDuration(scrapeInterval) || 60;
  const timeoutSeconds = parseDuration(scrapeTimeout) || intervalSeconds;
  const ofTimeout = lastScrapeDuration / timeoutSeconds;
  return {
    level: ofTimeout >= 0.95 ? 'bad' : ofTimeout >= 0.5 ? 'warn' : 'ok',
    used: Math.min(1, lastScrapeDuration / intervalSeconds),
    timeout: Math.min(1, timeoutSeconds / intervalSeconds),
  };
}

/** Seconds since the epoch; `null` before the first scrape, which servers write as the year 1. */
export function lastScrapeSeconds({ lastScrape }: Pick<Target, 'lastScrape'>): number | null {
  const milliseconds = Date.parse(lastScrape);
  return milliseconds > 0 ? milliseconds / 1000 : null;
}
