import type { Result } from './errors';
import { scrapePools, targets } from './prometheus';
import { get, type RequestOptions } from './request';
import type { ActiveTarget, Labels } from './types';

/** What the last scrape of a target brought; Prometheus does not tell. */
export type ScrapeDetails = {
  /** One word for `lastError`; empty when there is none. */
  errorKind: string;
  /** On the exposition. */
  samplesScraped: number;
  /** After metric relabelling. */
  samplesKept: number;
  seriesAdded: number;
  bodyBytes: number;
  /** That the target has in the store. */
  series: number;
  /** Left out of the last scrape, for `refusedReason`. */
  seriesRefused: number;
  refusedReason: string;
  refusedSince: string | null;
};

export type Target = ActiveTarget & Partial<ScrapeDetails>;

export type DroppedTarget = {
  discoveredLabels: Labels;
  /** Which rule dropped it; empty where the server does not tell. */
  reason: string;
};

/** What one scrape configuration found, and what became of it. */
export type Pool = {
  scrapePool: string;
  active: Target[];
  /** Not all may be kept: `droppedCount` is their true number. */
  dropped: DroppedTarget[];
  droppedCount: number;
};

export type PoolState = 'any' | 'active' | 'dropped';

let hasOwnDiscovery = true;

/** All pools by name, also those that found nothing. Puts them together from Prometheus's own endpoints where need be. */
export async function pools(options: RequestOptions & { state?: PoolState } = {}): Promise<Result<Pool[]>> {
  if (hasOwnDiscovery) {
    const result = await get<{ pools: Pool[] }>(
      '/api/monopod/v1/discovery',
      { state: options.state },
      options,
    );
    if (result.ok) return { ...result, data: sorted(result.data.pools) };
    if (!isMissing(result.error)) return result;
    hasOwnDiscovery = false;
  }
  const [found, names] = await Promise.all([targets({ signal: options.signal }), scrapePools(options)]);
  if (!found.ok) return found;
  const byName = new Map<string, Pool>();
  const pool = (name: string): Pool => {
    const known = byName.get(name) ?? { scrapePool: name, active: [], dropped: [], droppedCount: 0 };
    byName.set(name, known);
    return known;
  };
  if (names.ok) names.data.scrapePools.forEach(pool);
  for (const target of found.data.activeTargets) pool(target.scrapePool).active.push(target);
  for (const { scrapePool, discoveredLabels } of found.data.droppedTargets) {
    pool(scrapePool ?? discoveredLabels.job ?? '').dropped.push({ discoveredLabels, reason: '' });
  }
  for (const one of byName.values()) {
    one.droppedCount = found.data.droppedTargetCounts?.[one.scrapePool] ?? one.dropped.length;
  }
  return { ...found, data: sorted([...byName.values()]) };
}

const natural = new Intl.Collator('en', { numeric: true });

/** In an order that people expect and that refreshes keep: Prometheus answers in a random one. */
function sorted(list: Pool[]): Pool[] {
  for (const { active, dropped } of list) {
    active.sort(
      (a, b) =>
        natural.compare(a.labels.instance ?? '', b.labels.instance ?? '') ||
        natural.compare(a.scrapeUrl, b.scrapeUrl),
    );
    dropped.sort((a, b) =>
      natural.compare(a.discoveredLabels.__address__ ?? '', b.discoveredLabels.__address__ ?? ''),
    );
  }
  return list.sort((a, b) => natural.compare(a.scrapePool, b.scrapePool));
}

/** Whether the server has no such endpoint. */
export function isMissing(error: { kind: string; status?: number }): boolean {
  return error.kind === 'not_found' || (error.kind === 'http' && error.status === 404);
}

/** A rule of `relabel_configs`. */
export type RelabelRule = {
  source_labels?: string[];
  separator?: string;
  regex?: string;
  modulus?: number;
  target_label?: string;
  replacement?: string;
  action?: string;
};

export type RelabelStep = {
  rule: RelabelRule;
  /** The labels after the rule; empty once the target is dropped. */
  output: Labels;
  keep: boolean;
};

/** What each rule of a pool makes of discovered labels. */
export function relabelSteps(
  options: RequestOptions & { scrapePool: string; labels: Labels },
): Promise<Result<{ steps: RelabelStep[] }>> {
  const params = { scrapePool: options.scrapePool, labels: JSON.stringify(options.labels) };
  return get('/api/v1/targets/relabel_steps', params, options);
}
