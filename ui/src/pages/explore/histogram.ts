import { type MatrixSeries, parseValue } from '../../api/columns';
import type { RawHistogram } from '../../api/types';
import type { HistogramSeries } from './ask-server';

/** Counts between two boundaries, `lower` < `upper`. */
export type Bucket = { lower: number; upper: number; count: number };

/** A histogram's buckets, ascending. */
export function bucketsOf({ buckets = [] }: RawHistogram): Bucket[] {
  return buckets
    .map(([, lower, upper, count]) => ({
      lower: parseValue(lower),
      upper: parseValue(upper),
      count: parseValue(count),
    }))
    .sort((a, b) => a.lower - b.lower);
}

/** The value below which the share `q` of the observations lies; NaN of an empty histogram. */
export function quantile(buckets: readonly Bucket[], q: number): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (!(total > 0)) return Number.NaN;
  let rank = q * total;
  for (const { lower, upper, count } of buckets) {
    if (rank > count) {
      rank -= count;
      continue;
    }
    const share = count > 0 ? rank / count : 0;
    if (!Number.isFinite(upper)) return lower;
    if (!Number.isFinite(lower)) return upper;
    // Buckets that grow exponentially are filled evenly on a logarithmic scale.
    if (lower > 0) return lower * (upper / lower) ** share;
    return lower + (upper - lower) * share;
  }
  return buckets.at(-1)!.upper;
}

export const shownQuantiles = [0.5, 0.9, 0.99] as const;

/** The curves of each histogram's quantiles, named by a `quantile` label. */
export function quantileSeries(histograms: readonly HistogramSeries[], length: number): MatrixSeries[] {
  return histograms.flatMap(({ labels, points }) => {
    const curves = shownQuantiles.map((q) => ({
      labels: { ...labels, quantile: String(q) },
      values: new Float64Array(length).fill(Number.NaN),
    }));
    for (const { index, histogram } of points) {
      if (index < 0 || index >= length) continue;
      const buckets = bucketsOf(histogram);
      shownQuantiles.forEach((q, i) => {
        curves[i]!.values[index] = quantile(buckets, q);
      });
    }
    return curves;
  });
}

/** Bucket counts over time: `columns[i]` belongs to the i-th time; `null` where there is nothing. */
export type HeatmapData = {
  columns: (Bucket[] | null)[];
  /** Least positive and greatest finite boundary. */
  extent: [low: number, high: number] | null;
  maxCount: number;
};

/** All native histograms of a result in one heatmap: equal buckets add up. */
export function heatmapOfHistograms(histograms: readonly HistogramSeries[], length: number): HeatmapData {
  const columns: (Bucket[] | null)[] = new Array(length).fill(null);
  for (const { points } of histograms) {
    for (const { index, histogram } of points) {
      if (index < 0 || index >= length) continue;
      columns[index] = addBuckets(columns[index] ?? [], bucketsOf(histogram));
    }
  }
  return measured(columns);
}

/** Classic buckets: series with an `le` label, each holding the count up to its boundary. */
export function heatmapOfBuckets(series: readonly MatrixSeries[], length: number): HeatmapData | null {
  const groups = new Map<string, { boundary: number; values: Float64Array }[]>();
  for (const { labels, values } of series) {
    const { le, ...others } = labels;
    if (le === undefined) return null;
    const key = JSON.stringify(Object.entries(others).sort());
    const group = groups.get(key) ?? [];
    group.push({ boundary: parseValue(le), values });
    groups.set(key, group);
  }
  const columns: (Bucket[] | null)[] = new Array(length).fill(null);
  for (const group of groups.values()) {
    group.sort((a, b) => a.boundary - b.boundary);
    for (let i = 0; i < length; i++) {
      const buckets: Bucket[] = [];
      let below = 0;
      let lower = group[0]!.boundary > 0 ? 0 : Number.NEGATIVE_INFINITY;
      for (const { boundary, values } of group) {
        const cumulative = values[i]!;
        if (Number.isNaN(cumulative)) continue;
        const count = Math.max(0, cumulative - below);
        if (count > 0) buckets.push({ lower, upper: boundary, count });
        below = Math.max(below, cumulative);
        lower = boundary;
      }
      if (buckets.length > 0) columns[i] = addBuckets(columns[i] ?? [], buckets);
    }
  }
  return measured(columns);
}

function addBuckets(a: Bucket[], b: Bucket[]): Bucket[] {
  if (a.length === 0) return b;
  const byBounds = new Map(a.map((bucket) => [`${bucket.lower} ${bucket.upper}`, bucket]));
  for (const bucket of b) {
    const key = `${bucket.lower} ${bucket.upper}`;
    const known = byBounds.get(key);
    byBounds.set(key, known ? { ...known, count: known.count + bucket.count } : bucket);
  }
  return [...byBounds.values()].sort((x, y) => x.lower - y.lower);
}

function measured(columns: (Bucket[] | null)[]): HeatmapData {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  let maxCount = 0;
  for (const buckets of columns) {
    for (const { lower, upper, count } of buckets ?? []) {
      if (count > maxCount) maxCount = count;
      for (const bound of [lower, upper]) {
        if (!(bound > 0) || !Number.isFinite(bound)) continue;
        if (bound < low) low = bound;
        if (bound > high) high = bound;
      }
    }
  }
  return { columns, maxCount, extent: high > 0 ? [low, high] : null };
}
