import type { DroppedTarget, Pool, Target } from '../../api/scrape';
import { textFilter } from '../targets/filter';

export type DiscoveryState = 'all' | 'active' | 'dropped';

/** One thing that service discovery found, and what became of it. */
export type Found = { key: string; scrapePool: string } & (
  | { kind: 'active'; target: Target }
  | { kind: 'dropped'; target: DroppedTarget }
);

export type JobView = {
  name: string;
  /** What passes the filter: active ones first. */
  found: Found[];
  /** Of the whole job. */
  activeCount: number;
  droppedCount: number;
  /** Dropped ones that the server counted but did not keep. */
  forgottenCount: number;
};

export type DiscoveryFilter = { search: string; state: DiscoveryState; pool: string };

/** The jobs with what passes; one without any stays only while nobody looks for something. */
export function filterJobs(pools: readonly Pool[], { search, state, pool }: DiscoveryFilter): JobView[] {
  const passes = textFilter(search);
  const isNarrowed = search.trim() !== '' || state !== 'all';
  const jobs: JobView[] = [];
  for (const { scrapePool, active, dropped, droppedCount } of pools) {
    if (pool && pool !== scrapePool) continue;
    const found: Found[] = [];
    if (state !== 'dropped') {
      active.forEach((target, index) => {
        const rest = `${scrapePool} ${target.scrapeUrl} ${Object.values(target.labels).join(' ')}`;
        if (!passes({ ...target.discoveredLabels, ...target.labels }, rest)) return;
        found.push({ key: `active ${target.scrapeUrl} ${index}`, scrapePool, kind: 'active', target });
      });
    }
    if (state !== 'active') {
      dropped.forEach((target, index) => {
        if (!passes(target.discoveredLabels, `${scrapePool} ${target.reason}`)) return;
        const address = target.discoveredLabels.__address__ ?? '';
        found.push({ key: `dropped ${address} ${index}`, scrapePool, kind: 'dropped', target });
      });
    }
    if (found.length === 0 && isNarrowed) continue;
    jobs.push({
      name: scrapePool,
      found,
      activeCount: active.length,
      droppedCount,
      forgottenCount: Math.max(0, droppedCount - dropped.length),
    });
  }
  return jobs;
}

export type PageOf<T> = { items: T[]; page: number; pageCount: number; first: number; last: number };

/** A page of a list, counted from 1; one beyond the end is the last. */
export function paginate<T>(items: readonly T[], page: number, pageSize: number): PageOf<T> {
  const pageCount = Math.max(1, Math.ceil(items.length / pageSize));
  const shown = Math.min(Math.max(1, Math.floor(page) || 1), pageCount);
  const start = (shown - 1) * pageSize;
  const end = Math.min(start + pageSize, items.length);
  return { items: items.slice(start, end), page: shown, pageCount, first: start + 1, last: end };
}
