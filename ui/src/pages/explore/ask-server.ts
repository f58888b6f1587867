import { type Matrix, toMatrix } from '../../api/columns';
import type { Result } from '../../api/errors';
import { statusConfig } from '../../api/prometheus';
import { get, type Params, post } from '../../api/request';
import type { Labels, RawHistogram, RawQueryData } from '../../api/types';
import { fillVariables } from '../../editor/variables';
import { parseDuration } from '../../time/duration';
import type { TimeWindow } from '../../time/range';
import { rateIntervalSeconds } from '../../time/step';
import { type TableData, toTable } from './table-model';

export type HistogramSeries = { labels: Labels; points: { index: number; histogram: RawHistogram }[] };

/** A range result: floats as columns, native histograms by their place on the same grid. */
export type GraphData = Matrix & {
  window: TimeWindow;
  stepSeconds: number;
  histograms: HistogramSeries[];
  samplesRead: number | null;
};

export type TableAnswer = TableData & { timeSeconds: number; samplesRead: number | null };

/** More series than a browser can draw; the server then says that it cut. */
const maxGraphSeries = 5000;
const maxTableRows = 50_000;
const maxQueryInURLLength = 1500;

function send<T>(path: string, params: Params & { query: string }, signal: AbortSignal): Promise<Result<T>> {
  return params.query.length > maxQueryInURLLength
    ? post<T>(path, params, { signal })
    : get<T>(path, params, { signal });
}

export async function askGraph(
  expr: string,
  window: TimeWindow,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<Result<GraphData>> {
  const query = await filled(expr, window, stepSeconds, signal);
  const { startSeconds, endSeconds } = window;
  const result = await send<RawQueryData>(
    '/api/v1/query_range',
    { query, start: startSeconds, end: endSeconds, step: stepSeconds, limit: maxGraphSeries, stats: true },
    signal,
  );
  if (!result.ok) return result;
  const raw = result.data.resultType === 'matrix' ? result.data.result : [];
  const histograms = raw
    .filter((series) => series.histograms !== undefined)
    .map(({ metric, histograms: points = [] }) => ({
      labels: metric,
      points: points.map(([time, histogram]) => ({
        index: Math.round((time - startSeconds) / stepSeconds),
        histogram,
      })),
    }));
  const floats = raw.filter((series) => series.values !== undefined);
  const data = {
    ...toMatrix(floats, startSeconds, endSeconds, stepSeconds),
    window,
    stepSeconds,
    histograms,
    samplesRead: result.data.stats?.samples.totalQueryableSamples ?? null,
  };
  return { ...result, data };
}

export async function askTable(
  expr: string,
  timeSeconds: number,
  window: TimeWindow,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<Result<TableAnswer>> {
  const query = await filled(expr, window, stepSeconds, signal);
  const params = { query, time: timeSeconds, limit: maxTableRows, stats: true };
  const result = await send<RawQueryData>('/api/v1/query', params, signal);
  if (!result.ok) return result;
  const samplesRead = result.data.stats?.samples.totalQueryableSamples ?? null;
  return { ...result, data: { ...toTable(result.data), timeSeconds, samplesRead } };
}

async function filled(
  expr: string,
  { startSeconds, endSeconds }: TimeWindow,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<string> {
  if (!expr.includes('$')) return expr;
  const scrapeSeconds = await scrapeIntervalSeconds(signal);
  return fillVariables(expr, {
    interval: stepSeconds,
    rate_interval: rateIntervalSeconds(stepSeconds, scrapeSeconds),
    range: endSeconds - startSeconds,
  });
}

/** The configuration's global scrape interval, which `$__rate_interval` follows; Prometheus's default without one. */
async function scrapeIntervalSeconds(signal: AbortSignal): Promise<number> {
  const config = await statusConfig({ signal });
  const match = config.ok ? /^\s+scrape_interval: *(\S+)/m.exec(config.data.yaml) : null;
  return parseDuration(match?.[1] ?? '') || 60;
}
