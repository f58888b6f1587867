import type { Unit } from '../format/units';
import type { TimeWindow } from '../time/range';

/** One curve. */
export type ChartSeries = {
  /** Shown in legend and tooltip; unique within a chart, and the identity of the series across refreshes. */
  name: string;
  /** One value for each time of the chart; NaN is a gap. */
  values: Float64Array;
  /** `#rrggbb`; the palette's colour by position when absent. A number is a position in the palette. */
  color?: string | number;
  /** Drawn below zero, for the other direction of a pair (out, writes); shown as positive everywhere. */
  negative?: boolean;
  /** Drawn dashed, for limits and totals; takes no part in stacking. */
  reference?: boolean;
};

export type ChartMode = 'line' | 'area' | 'stacked';

export type Threshold = { value: number; level: 'warn' | 'bad'; label?: string };

export type Calculation = 'last' | 'min' | 'max' | 'mean';

/** What is drawn, apart from how it is reached and by whom it is watched. */
export type ChartModel = {
  /** Seconds, ascending, shared by every series. */
  times: Float64Array;
  series: readonly ChartSeries[];
  /** The extent of the x axis; the extent of `times` when absent. */
  window?: TimeWindow;
  unit: Unit;
  mode: ChartMode;
  /** Fixed ends of the y axis. Without `min`, areas and stacks begin at zero. */
  min?: number;
  max?: number;
  decimals?: number;
  thresholds?: readonly Threshold[];
};

/** The columns as drawn. `null` is a gap: what uPlot asks for. */
export type PlotColumns = {
  columns: (number | null)[][];
  /** For each series, the points between two gaps, which a line would not show. */
  isolated: number[][];
  /** Pairs of [upper, lower] series indexes between which a stack is filled. */
  bands: [upper: number, lower: number][];
};

export function plotColumns(
  { times, series, mode }: Pick<ChartModel, 'times' | 'series' | 'mode'>,
  hidden: ReadonlySet<string>,
): PlotColumns {
  const length = times.length;
  const columns: (number | null)[][] = [];
  const isolated: number[][] = [];
  const bands: [number, number][] = [];
  const tops = { positive: new Float64Array(length), negative: new Float64Array(length) };
  const previous: { positive: number; negative: number } = { positive: -1, negative: -1 };
  series.forEach((one, index) => {
    const column = new Array<number | null>(length);
    const stacks = mode === 'stacked' && !one.reference && !hidden.has(one.name);
    const side = one.negative ? 'negative' : 'positive';
    const top = tops[side];
    for (let i = 0; i < length; i++) {
      const value = one.values[i]!;
      // Infinities have no place on a linear axis either.
      if (!Number.isFinite(value)) {
        column[i] = null;
        continue;
      }
      const signed = one.negative ? -value : value;
      if (stacks) {
        top[i] = top[i]! + signed;
        column[i] = top[i]!;
      } else {
        column[i] = signed;
      }
    }
    if (stacks) {
      if (previous[side] >= 0) bands.push([index, previous[side]]);
      previous[side] = index;
    }
    columns.push(column);
    isolated.push(isolatedPoints(column));
  });
  return { columns, isolated, bands };
}

function isolatedPoints(column: (number | null)[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < column.length; i++) {
    if (column[i] !== null && (column[i - 1] ?? null) === null && (column[i + 1] ?? null) === null)
      found.push(i);
  }
  return found;
}

/**
 * Ends of the y axis for values from `dataMin` to `dataMax`, on round numbers,
 * so that a refresh with slightly other values does not move the curves.
 */
export function valueRange(
  dataMin: number | null,
  dataMax: number | null,
  { unit, mode, min, max }: Pick<ChartModel, 'unit' | 'mode' | 'min' | 'max'>,
  increments: readonly number[],
): [min: number, max: number] {
  const full = unit === 'percent' ? 100 : 1;
  if (dataMin === null || dataMax === null) return [min ?? 0, Math.max(max ?? full, (min ?? 0) + 1e-9)];
  let low = mode === 'line' ? dataMin : Math.min(0, dataMin);
  let high = mode === 'line' ? dataMax : Math.max(0, dataMax);
  // A line far above zero keeps its own range; one near it gets the zero.
  if (low > 0 && low < high * 0.6) low = 0;
  if (high < 0 && high > low * 0.6) high = 0;
  if (low === high) {
    if (low === 0) return [min ?? 0, Math.max(max ?? (unit === 'percentunit' ? 0.01 : 1), (min ?? 0) + 1e-9)];
    const pad = Math.abs(low) * 0.1;
    low = low > 0 ? Math.max(0, low - pad) : low - pad;
    high += pad;
  }
  const room = (high - low) * 0.05;
  const increment = increments.find((candidate) => candidate >= (high - low) / 6) ?? (high - low) / 6;
  if (low !== 0) low = Math.floor((low - room) / increment) * increment;
  if (high !== 0) high = Math.ceil((high + room) / increment) * increment;
  if (dataMin >= 0) low = Math.max(0, low);
  // Nothing is fuller than full, unless it is; rates overshoot a little.
  if ((unit === 'percent' || unit === 'percentunit') && dataMax <= full * 1.05 && dataMax >= 0) {
    high = Math.min(high, full);
  }
  const bottom = min ?? low;
  const top = max ?? high;
  return bottom < top ? [bottom, top] : [bottom, bottom + 1];
}

export type SeriesSummary = Record<Calculation, number>;

/** NaN where a series has no value at all. */
export function summarize(values: Float64Array): SeriesSummary {
  let last = Number.NaN;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    last = value;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  if (count === 0) return { last, min: Number.NaN, max: Number.NaN, mean: Number.NaN };
  return { last, min, max, mean: sum / count };
}
