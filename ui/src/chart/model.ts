import { formatTicks, formatValue, tickIncrements, type Unit } from '../format/units';
import type { Theme } from '../shell/theme';
import type { TimeWindow } from '../time/range';
import type { ChartColors } from './colors';
import {
  type Graph,
  type GraphSeries,
  type GraphThreshold,
  plainStyle,
  type ValueScale,
} from './graph-model';
import { seriesColor } from './palette';
import { linear } from './scale';

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

/** More curves than this are drawn finer. */
const maxBoldSeries = 8;

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

/** A simple chart as a graph: one axis, times in milliseconds. */
export function graphOf(
  model: ChartModel,
  theme: Theme,
  colors: Pick<ChartColors, 'warn' | 'bad' | 'axis'>,
): Graph {
  const { series, mode, unit, decimals, thresholds = [] } = model;
  const times = model.times.map((seconds) => seconds * 1000);
  const isMirrored = series.some(({ negative }) => negative);
  const fillOpacity = { line: 0, area: 0.16, stacked: 0.42 }[mode];
  const format = (value: number) => formatValue(value, unit, decimals);
  const increments = tickIncrements(unit);
  const scale: ValueScale = {
    distribution: linear,
    range: (min, max) => valueRange(min, max, model, increments),
    increments,
    format: (ticks) => formatTicks(isMirrored ? ticks.map(Math.abs) : ticks, unit),
    axis: { side: 'left', hasGrid: true, hasBorder: false },
  };
  return {
    scales: [scale],
    hasTimeAxis: true,
    exemplars: [],
    thresholds: [
      // A mirrored chart needs to show where its two halves meet.
      ...(isMirrored ? [lineAt(0, colors.axis, [])] : []),
      ...thresholds.map(({ value, level }) => lineAt(value, colors[level], [6, 4])),
    ],
    series: series.map(({ name, values, color = 0, negative, reference }, index): GraphSeries => {
      const chosen = series[index]!.color === undefined ? index : color;
      return {
        id: name,
        label: name,
        color: typeof chosen === 'number' ? seriesColor(chosen, theme) : chosen,
        times,
        values,
        factor: negative ? -1 : 1,
        scale: 0,
        stack:
          mode === 'stacked' && !reference
            ? { group: negative ? 'below' : 'above', isPercent: false }
            : undefined,
        isInTooltip: true,
        format,
        style: {
          ...plainStyle,
          fillOpacity: reference ? 0 : fillOpacity,
          points: 'never',
          dash: reference ? [4, 4] : [],
          // More curves are drawn finer: they hide each other less, and a line of one pixel paints faster.
          lineWidth: (mode === 'stacked' && !reference) || series.length > maxBoldSeries ? 1 : 1.5,
        },
      };
    }),
  };
}

function lineAt(value: number, color: string, dash: readonly number[]): GraphThreshold {
  return { kind: 'line', scale: 0, value, color, dash };
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
