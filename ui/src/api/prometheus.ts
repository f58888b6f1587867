import { type Matrix, toMatrix, toVector, type Vector } from './columns';
import type { Result } from './errors';
import { get, type Params, post, type RequestOptions } from './request';
import type {
  BuildInfo,
  Labels,
  MetricMetadata,
  QueryStats,
  RawQueryData,
  RuntimeInfo,
  TargetsData,
  TSDBStatus,
  WALReplayStatus,
} from './types';

/** Expressions up to here go into the URL, where the network panel and the access log show them. */
const maxQueryInURLLength = 1500;

function read<T>(path: string, params: Params, options: RequestOptions): Promise<Result<T>> {
  const length = typeof params.query === 'string' ? params.query.length : 0;
  return length > maxQueryInURLLength ? post<T>(path, params, options) : get<T>(path, params, options);
}

function map<A, B>(result: Result<A>, convert: (data: A) => B): Result<B> {
  return result.ok ? { ...result, data: convert(result.data) } : result;
}

export type InstantQuery = RequestOptions & {
  query: string;
  timeSeconds?: number;
  limit?: number;
  stats?: boolean;
};

export async function queryInstant({
  query,
  timeSeconds,
  limit,
  stats,
  signal,
}: InstantQuery): Promise<Result<Vector & { stats?: QueryStats }>> {
  const params = { query, time: timeSeconds, limit, stats: stats ? 'all' : undefined };
  const result = await read<RawQueryData>('/api/v1/query', params, { signal });
  return map(result, (data) => ({ ...toVector(data), stats: data.stats }));
}

export type RangeQuery = RequestOptions & {
  query: string;
  startSeconds: number;
  endSeconds: number;
  stepSeconds: number;
  limit?: number;
  stats?: boolean;
};

export async function queryRange({
  query,
  startSeconds,
  endSeconds,
  stepSeconds,
  limit,
  stats,
  signal,
}: RangeQuery): Promise<Result<Matrix & { stats?: QueryStats }>> {
  const params = {
    query,
    start: startSeconds,
    end: endSeconds,
    step: stepSeconds,
    limit,
    stats: stats ? 'all' : undefined,
  };
  const result = await read<RawQueryData>('/api/v1/query_range', params, { signal });
  return map(result, (data) => ({
    ...toMatrix(data.resultType === 'matrix' ? data.result : [], startSeconds, endSeconds, stepSeconds),
    stats: data.stats,
  }));
}

export type Selection = RequestOptions & {
  match?: readonly string[];
  startSeconds?: number;
  endSeconds?: number;
  limit?: number;
};

function selectionParams({ match, startSeconds, endSeconds, limit }: Selection): Params {
  return { 'match[]': match, start: startSeconds, end: endSeconds, limit };
}

export function series(selection: Selection & { match: readonly string[] }): Promise<Result<Labels[]>> {
  return get('/api/v1/series', selectionParams(selection), selection);
}

export function labelNames(selection: Selection = {}): Promise<Result<string[]>> {
  return get('/api/v1/labels', selectionParams(selection), selection);
}

export function labelValues(label: string, selection: Selection = {}): Promise<Result<string[]>> {
  return get(`/api/v1/label/${encodeURIComponent(label)}/values`, selectionParams(selection), selection);
}

export function metadata(
  options: RequestOptions & { metric?: string; limit?: number } = {},
): Promise<Result<Record<string, MetricMetadata[]>>> {
  return get('/api/v1/metadata', { metric: options.metric, limit: options.limit }, options);
}

export function targets(
  options: RequestOptions & { state?: 'any' | 'active' | 'dropped'; scrapePool?: string } = {},
): Promise<Result<TargetsData>> {
  return get('/api/v1/targets', { state: options.state, scrapePool: options.scrapePool }, options);
}

export function scrapePools(options: RequestOptions = {}): Promise<Result<{ scrapePools: string[] }>> {
  return get('/api/v1/scrape_pools', {}, options);
}

export function formatQuery(query: string, options: RequestOptions = {}): Promise<Result<string>> {
  return read('/api/v1/format_query', { query }, options);
}

export function statusConfig(options: RequestOptions = {}): Promise<Result<{ yaml: string }>> {
  return get('/api/v1/status/config', {}, options);
}

export function statusFlags(options: RequestOptions = {}): Promise<Result<Record<string, string>>> {
  return get('/api/v1/status/flags', {}, options);
}

export function runtimeInfo(options: RequestOptions = {}): Promise<Result<RuntimeInfo>> {
  return get('/api/v1/status/runtimeinfo', {}, options);
}

export function buildInfo(options: RequestOptions = {}): Promise<Result<BuildInfo>> {
  return get('/api/v1/status/buildinfo', {}, options);
}

export function tsdbStatus(options: RequestOptions & { limit?: number } = {}): Promise<Result<TSDBStatus>> {
  return get('/api/v1/status/tsdb', { limit: options.limit }, options);
}

export function walReplay(options: RequestOptions = {}): Promise<Result<WALReplayStatus>> {
  return get('/api/v1/status/walreplay', {}, options);
}

/** Asks the server to read its configuration again; 403 where the lifecycle API is off. */
export function reloadConfig(options: RequestOptions = {}): Promise<Result<void>> {
  return post('/-/reload', {}, options);
}
