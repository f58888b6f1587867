import { type Matrix, toMatrix } from '../../api/columns';
import type { Result } from '../../api/errors';
import { statusConfig } from '../../api/prometheus';
import { get, type Params, post } from '../../api/request';
import type { Labels, RawHistogram, RawQueryData } from '../../api/types';
import { fillVariables } from '../../editor/variables';
import { parseDuration } from '../../time/duration';
import type { TimeWindow } from '../../time/range';
import { alignWindow, rateIntervalSeconds } from '../../time/step';
import { type TableData, toTable } from './table-model';

export type HistogramSeries = { labels: Labels; points: { index: number; histogram: RawHistogram }[] };

/** A range result: floats as columns, native histograms by their place on the same grid. */
export type GraphData = Matrix & {
  /** What was asked about. */
  window: TimeWindow;
  /** False when no point of the grid had a value, and the end of the window was asked for by itself. */
  isOnGrid: boolean;
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

/**
 * Asks on the grid of the step. The newest samples lie after its last point: where
 * the grid finds nothing, what stands at the very end of the window is asked for,
 * so that a server that has just begun to scrape shows what it has. The grid is
 * not stretched to the end for everybody, since rates would sink there.
 */
export async function askGraph(
  expr: string,
  window: TimeWindow,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<Result<GraphData>> {
  const grid = alignWindow(window, stepSeconds);
  const query = await filled(expr, grid, stepSeconds, signal);
  const onGrid = await askRange(query, grid, stepSeconds, signal);
  if (!onGrid.ok || !isEmpty(onGrid.data) || grid.endSeconds === window.endSeconds) return onGrid;
  const { endSeconds } = window;
  const atEnd = await askRange(query, { startSeconds: endSeconds, endSeconds }, stepSeconds, signal);
  if (!atEnd.ok) return atEnd;
  return { ...atEnd, data: appended(onGrid.data, atEnd.data) };
}

export function isEmpty({ series, histograms }: GraphData): boolean {
  return series.length + histograms.length === 0;
}

/** One more point after a grid without values. */
function appended(grid: GraphData, point: GraphData): GraphData {
  const before = grid.times.length;
  const gaps = () => new Array<number>(before).fill(Number.NaN);
  return {
    ...point,
    times: Float64Array.of(...grid.times, ...point.times),
    series: point.series.map(({ labels, values }) => ({
      labels,
      values: Float64Array.of(...gaps(), ...values),
    })),
    histograms: point.histograms.map(({ labels, points }) => ({
      labels,
      points: points.map(({ index, histogram }) => ({ index: before + index, histogram })),
    })),
    window: { startSeconds: grid.window.startSeconds, endSeconds: point.window.endSeconds },
    isOnGrid: false,
  };
}

async function askRange(
  query: string,
  window: TimeWindow,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<Result<GraphData>> {
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
    isOnGrid: true,
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
