import type { Pool, Target } from '../../api/scrape';
import type { Labels, TargetHealth } from '../../api/types';

export type HealthCounts = Record<TargetHealth, number>;

export type PoolView = {
  name: string;
  targets: KeyedTarget[];
  /** Of all its targets, whatever the filter. */
  counts: HealthCounts;
  droppedCount: number;
};

/** A target with an identity that lasts from one refresh to the next. */
export type KeyedTarget = { key: string; target: Target };

export type TargetFilter = { search: string; health: TargetHealth | 'all'; pool: string };

export function countHealth(targets: readonly Target[]): HealthCounts {
  const counts: HealthCounts = { up: 0, down: 0, unknown: 0 };
  for (const { health } of targets) counts[health]++;
  return counts;
}

/** The pools with the targets that pass. A pool without any stays only while nothing but `pool` filters. */
export function filterPools(pools: readonly Pool[], { search, health, pool }: TargetFilter): PoolView[] {
  const passes = textFilter(search);
  const isNarrowed = search.trim() !== '' || health !== 'all';
  const views: PoolView[] = [];
  for (const { scrapePool, active, droppedCount } of pools) {
    if (pool && scrapePool !== pool) continue;
    const seen = new Map<string, number>();
    const targets: KeyedTarget[] = [];
    for (const target of active) {
      // Two targets of a pool may share a URL and differ in their labels.
      const base = `${scrapePool} ${target.scrapeUrl}`;
      const count = seen.get(base) ?? 0;
      seen.set(base, count + 1);
      if (health !== 'all' && target.health !== health) continue;
      if (!passes(target.labels, `${target.scrapeUrl} ${target.lastError} ${scrapePool}`)) continue;
      targets.push({ key: count === 0 ? base : `${base} #${count}`, target });
    }
    if (targets.length === 0 && isNarrowed) continue;
    views.push({ name: scrapePool, targets, counts: countHealth(active), droppedCount });
  }
  return views;
}

/** Every word has to be somewhere: in a value, a label as `name=value` or `name="value"`, or the rest. */
export function textFilter(search: string): (labels: Labels, rest: string) => boolean {
  const words = search.toLowerCase().replaceAll('"', '').split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (labels, rest) => {
    let text = rest;
    for (const name in labels) text += ` ${name}=${labels[name]}`;
    text = text.toLowerCase().replaceAll('"', '');
    return words.every((word) => text.includes(word));
  };
}

/** Targets that a pool shows before somebody opens it. */
const manyTargets = 50;

/** Long pools begin closed, so that the others can be found; not when one looks for something. */
export function beginsOpen(
  view: PoolView,
  poolCount: number,
  { search, health, pool }: TargetFilter,
): boolean {
  return (
    poolCount === 1 || view.targets.length <= manyTargets || search !== '' || health !== 'all' || pool !== ''
  );
}
