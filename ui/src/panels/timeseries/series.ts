import { typicalStep } from '../../chart/arrange';
import type { ExemplarMark, Graph, GraphSeries, SeriesStyle } from '../../chart/graph-model';
import { continuousStops, isContinuousMode } from '../../frame/colors';
import { displayOf, displayText, namedColor, seriesColor } from '../../frame/display';
import type { Frame, NumberField } from '../../frame/frame';
import { displayName } from '../../frame/names';
import { type ScaleOptions, ScaleSet, thresholdValues } from '../graph-scales';
import { customOf, type TimeSeriesCustom } from './custom';

/** A series and where it comes from. */
export type Source = { field: NumberField; frame: Frame; rows: Int32Array | null };

export type TimeSeriesGraph = {
  graph: Graph;
  /** One for each series of the graph. */
  sources: readonly Source[];
  hasTime: boolean;
  hasNumber: boolean;
};

/** Makes a graph of frames: every column of numbers beside a column of times is a series. */
export function timeSeriesGraph(frames: readonly Frame[], options: ScaleOptions): TimeSeriesGraph {
  const scales = new ScaleSet(options);
  const drawn: { series: GraphSeries; source: Source; zIndex: number }[] = [];
  const exemplarFrames: Frame[] = [];
  const ids = new Set<string>();
  let hasTime = false;
  let hasNumber = false;
  for (const frame of frames) {
    const time = frame.fields.find((field) => field.type === 'time') as NumberField | undefined;
    if (isExemplars(frame)) {
      exemplarFrames.push(frame);
      continue;
    }
    if (time) hasTime = true;
    const rows = time ? ascendingRows(time.values) : null;
    const times = time && inOrder(time.values, rows);
    for (const candidate of frame.fields) {
      const field = asNumbers(candidate);
      if (!field) continue;
      hasNumber = true;
      if (!times) continue;
      const series = seriesOf(field, frame, times, rows, scales, options);
      while (ids.has(series.id)) series.id += ' ';
      ids.add(series.id);
      drawn.push({ series, source: { field, frame, rows }, zIndex: customOf(field.config).zIndex ?? 0 });
    }
  }
  if (drawn.some(({ zIndex }) => zIndex !== 0)) drawn.sort((a, b) => a.zIndex - b.zIndex);
  return {
    graph: {
      series: drawn.map(({ series }) => series),
      scales: scales.scales,
      thresholds: scales.thresholds(),
      exemplars: scales.scales.length > 0 ? exemplarFrames.flatMap(exemplarsOf) : [],
      hasTimeAxis: true,
    },
    sources: drawn.map(({ source }) => source),
    hasTime,
    hasNumber,
  };
}

function isExemplars({ name, meta }: Frame): boolean {
  return name === 'exemplar' || meta?.custom?.resultType === 'exemplar';
}

function asNumbers(field: Frame['fields'][number]): NumberField | null {
  if (field.type === 'number') return field;
  if (field.type !== 'boolean') return null;
  const values = Float64Array.from(field.values, (value) =>
    value === null || value === undefined ? Number.NaN : Number(value),
  );
  return { ...field, type: 'number', values } as NumberField;
}

/** The order in which times ascend; `null` where they do. */
function ascendingRows(times: Float64Array): Int32Array | null {
  for (let i = 1; i < times.length; i++) {
    if (times[i]! < times[i - 1]!) {
      return Int32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]!);
    }
  }
  return null;
}

function inOrder(values: Float64Array, rows: Int32Array | null): Float64Array {
  return rows ? Float64Array.from(rows, (row) => values[row]!) : values;
}

function seriesOf(
  field: NumberField,
  frame: Frame,
  times: Float64Array,
  rows: Int32Array | null,
  scales: ScaleSet,
  options: ScaleOptions,
): GraphSeries {
  const { config } = field;
  const custom = customOf(config);
  const label = displayName(field);
  const stacking = custom.stacking?.mode ?? 'none';
  let values = filled(inOrder(field.values, rows), config.noValue);
  if (custom.transform === 'constant') values = constantOf(values);
  let display: ((value: number) => string) | undefined;
  return {
    id: label,
    label,
    color: seriesColor(field, options.theme),
    times,
    values,
    factor: custom.transform === 'negative-Y' ? -1 : 1,
    scale: scales.indexFor(field),
    style: styleOf(field, frame, times, custom, options),
    stack:
      stacking === 'none' || custom.stacking?.group === false
        ? undefined
        : { group: custom.stacking?.group || 'A', isPercent: stacking === 'percent' },
    fillTo: custom.fillBelowTo || undefined,
    isInvisible: custom.hideFrom?.viz === true,
    isInTooltip: custom.hideFrom?.tooltip !== true,
    // Few values are ever read: what formats them is made for the first.
    format: (value) => {
      if (!display) {
        const shown = displayOf(field, options);
        display = (one) => displayText(shown(one));
      }
      return display(value);
    },
  };
}

/** Where the text for no value is a number, missing values are that: "null as zero" of older graphs. */
function filled(values: Float64Array, noValue: string | undefined): Float64Array {
  const value = noValue?.trim() ? Number(noValue) : Number.NaN;
  if (Number.isNaN(value) || !values.some(Number.isNaN)) return values;
  return values.map((found) => (Number.isNaN(found) ? value : found));
}

/** The first value there is, everywhere. */
function constantOf(values: Float64Array): Float64Array {
  return new Float64Array(values.length).fill(values.find((value) => !Number.isNaN(value)) ?? Number.NaN);
}

function styleOf(
  field: NumberField,
  { meta }: Frame,
  times: Float64Array,
  custom: TimeSeriesCustom,
  options: ScaleOptions,
): SeriesStyle {
  const { showPoints = 'auto', spanNulls = false } = custom;
  const gradient = custom.gradientMode ?? 'none';
  return {
    draw: custom.drawStyle ?? 'line',
    interpolation: custom.lineInterpolation ?? 'linear',
    lineWidth: custom.lineWidth ?? 1,
    dash: dashOf(custom),
    fillOpacity: (custom.fillOpacity ?? 0) / 100,
    gradient,
    scheme: gradient === 'scheme' ? schemeOf(field, options) : undefined,
    points: showPoints === true ? 'always' : showPoints === false ? 'never' : showPoints,
    pointSize: custom.pointSize ?? 5,
    connectUpTo: spanNulls === true ? Number.POSITIVE_INFINITY : spanNulls || 0,
    breakBeyond: breakBeyond(times, meta?.stepMilliseconds, custom),
    barAlignment: custom.barAlignment ?? 0,
    barWidth: custom.barWidthFactor ?? 0.6,
    barMaxWidth: custom.barMaxWidth ?? 200,
    showsValues: custom.showValues === true,
  };
}

/**
 * Where a line ends for want of a next point. A source that was asked for a
 * point at every step leaves out those that it does not have.
 */
function breakBeyond(
  times: Float64Array,
  step: number | undefined,
  { spanNulls, insertNulls }: TimeSeriesCustom,
): number {
  if (typeof insertNulls === 'number') return insertNulls;
  if (!step || spanNulls === true) return Number.POSITIVE_INFINITY;
  const usual = typicalStep(times);
  // Thinned out, points stand in pairs: up to four times their usual distance apart.
  const longest = usual > step * 1.01 ? usual * 5 : step * 1.5;
  return typeof spanNulls === 'number' ? Math.max(spanNulls, longest) : longest;
}

function dashOf({ lineStyle }: TimeSeriesCustom): readonly number[] {
  switch (lineStyle?.fill) {
    case 'dash':
      return lineStyle.dash?.length ? lineStyle.dash : [10, 10];
    case 'dot':
      return lineStyle.dash?.length ? lineStyle.dash : [1, 6];
    default:
      return [];
  }
}

function schemeOf(field: NumberField, { theme }: ScaleOptions): SeriesStyle['scheme'] {
  const mode = field.config.color?.mode ?? 'thresholds';
  if (isContinuousMode(mode)) {
    const { min, max } = field.state?.range ?? { min: 0, max: 100 };
    const colors = continuousStops(mode, theme);
    const stops = colors.map((color, index) => ({
      color,
      value: min + ((max - min) * index) / Math.max(1, colors.length - 1),
    }));
    return { stops, isStepped: false };
  }
  if (mode !== 'thresholds') return undefined;
  const stops = thresholdValues(field).map(({ value, color }) => ({
    value,
    color: namedColor(color, theme),
  }));
  return stops.length > 0 ? { stops, isStepped: true } : undefined;
}

function exemplarsOf({ fields, length }: Frame): ExemplarMark[] {
  const time = fields.find((field) => field.type === 'time');
  const value = fields.find((field) => field.type === 'number');
  if (!time || !value) return [];
  const others = fields.filter((field) => field !== time && field !== value);
  const marks: ExemplarMark[] = [];
  for (let row = 0; row < length; row++) {
    const labels: Record<string, string> = {};
    for (const field of [value, ...others]) {
      const found = field.values[row];
      if (found !== null && found !== undefined && found !== '') labels[field.name] = String(found);
    }
    marks.push({ time: Number(time.values[row]), value: Number(value.values[row]), scale: 0, labels });
  }
  return marks;
}
