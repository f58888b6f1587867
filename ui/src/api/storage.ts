import type { Result } from './errors';
import { get, type RequestOptions } from './request';

/** A block on disk. Times are milliseconds since the epoch; counts of zero are left out. */
export type Block = {
  ulid: string;
  minTime: number;
  maxTime: number;
  stats: { numSamples?: number; numSeries?: number; numChunks?: number; numTombstones?: number };
  compaction: { level: number; sources?: string[] };
};

export async function blocks(options: RequestOptions = {}): Promise<Result<Block[]>> {
  const result = await get<{ blocks: Block[] | null }>('/api/v1/status/tsdb/blocks', {}, options);
  return result.ok ? { ...result, data: result.data.blocks ?? [] } : result;
}

type MetricFamily = {
  name: string;
  metric?: { gauge?: { value?: number }; counter?: { value?: number }; untyped?: { value?: number } }[];
};

/** The server's own metrics by name, each summed over its series. Needs no scrape of the server. */
export type SelfMetrics = ReadonlyMap<string, number>;

export async function selfMetrics(
  names: readonly string[],
  options: RequestOptions = {},
): Promise<Result<SelfMetrics>> {
  const params = { metric_name_pattern: names.join('|') };
  const result = await get<MetricFamily[] | null>('/api/v1/status/self_metrics', params, options);
  return result.ok ? { ...result, data: sumFamilies(result.data ?? []) } : result;
}

export function sumFamilies(families: readonly MetricFamily[]): SelfMetrics {
  const sums = new Map<string, number>();
  for (const { name, metric } of families) {
    let sum = 0;
    // Protocol buffers leave out what is zero.
    for (const { gauge, counter, untyped } of metric ?? []) {
      sum += Number((gauge ?? counter ?? untyped)?.value ?? 0);
    }
    sums.set(name, sum);
  }
  return sums;
}
