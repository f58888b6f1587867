import { indexFrom } from '../../chart/arrange';
import { axisFont } from '../../chart/axes';
import type { ChartColors } from '../../chart/colors';
import type { ValueScale } from '../../chart/graph-model';
import { framePlot, type PlotFrame } from '../../chart/plot-frame';
import type { PlotHit, PlotPlaces } from '../../chart/plot-view';
import { axisRange, type Distribution, linear } from '../../chart/scale';
import type { Surface } from '../../chart/surface';
import { formatTicks, formatUnit, tickIncrements } from '../../format/units';
import { namedColor, textOn } from '../../frame/colors';
import type { Frame } from '../../frame/frame';
import type { Theme } from '../../shell/theme';
import { formatDateTime, type Zone } from '../../time/zone';
import { boundOf, type CellOptions, type Cells } from './cells';
import { type ColorOptions, stepOf } from './schemes';

export type HeatmapOptions = CellOptions & {
  color?: ColorOptions;
  filterValues?: { le?: number; ge?: number };
  cellGap?: number;
  cellRadius?: number;
  cellValues?: { unit?: string; decimals?: number };
  showValue?: 'auto' | 'never' | 'always';
  yAxis?: {
    axisPlacement?: 'left' | 'right' | 'hidden' | 'auto';
    axisLabel?: string;
    axisWidth?: number;
    unit?: string;
    decimals?: number | null;
    min?: number | null;
    max?: number | null;
    reverse?: boolean;
  };
  legend?: { show?: boolean };
  tooltip?: { mode?: string; show?: boolean; yHistogram?: boolean };
  exemplars?: { color?: string };
};

/** The tiles that are shown, and the counts between which they are coloured. */
export type PickedCells = { cells: Cells; picked: Int32Array; min: number; max: number };

export function pickCells(cells: Cells, { filterValues, color }: HeatmapOptions): PickedCells | null {
  const above = filterValues?.le ?? 1e-9;
  const below = filterValues?.ge ?? Number.POSITIVE_INFINITY;
  const { counts } = cells;
  const picked = new Int32Array(counts.length);
  let [length, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!(count > above && count < below)) continue;
    picked[length++] = i;
    if (count < min) min = count;
    if (count > max) max = count;
  }
  if (length === 0) return null;
  return { cells, picked: picked.slice(0, length), min: color?.min ?? min, max: color?.max ?? max };
}

export type HeatmapInput = {
  cells: PickedCells | null;
  options: HeatmapOptions;
  colors: readonly string[];
  /** For exemplars. */
  frames: readonly Frame[];
  window: { from: number; to: number };
  zone: Zone;
  theme: Theme;
  words: { bucket: string; count: string };
};

/** What draws a heatmap and knows what is where. */
export function drawHeatmap(input: HeatmapInput): (surface: Surface, colors: ChartColors) => PlotPlaces {
  const { cells: picked, options, window, zone } = input;
  const scale = scaleOf(picked?.cells ?? null, options);
  const exemplars = exemplarsOf(input.frames, picked?.cells ?? null);
  return (surface, colors) => {
    const frame = framePlot(surface, colors, {
      scales: [scale.value],
      ranges: [scale.range],
      isReversed: options.yAxis?.reverse,
      window,
      zone,
      hasTimeAxis: true,
      hasGrid: false,
    });
    const { context } = surface;
    frame.paint(() => {
      if (picked) paintCells(context, frame, picked, input, colors);
      paintExemplars(
        context,
        frame,
        exemplars,
        namedColor(options.exemplars?.color ?? 'rgba(255,0,255,0.7)', input.theme),
      );
    });
    const { box } = frame.layout;
    return {
      box,
      x: frame.x,
      at: (x, y) => exemplarAt(frame, exemplars, x, y, zone) ?? (picked && hitAt(frame, picked, input, x, y)),
    };
  };
}

type Scaled = { value: ValueScale; range: [number, number] };

function scaleOf(cells: Cells | null, { yAxis = {} }: HeatmapOptions): Scaled {
  const { axisPlacement = 'left', axisLabel, axisWidth, unit = 'short', decimals, min, max } = yAxis;
  const axis =
    axisPlacement === 'hidden'
      ? null
      : {
          side: axisPlacement === 'right' ? ('right' as const) : ('left' as const),
          label: axisLabel || undefined,
          width: axisWidth || undefined,
          hasGrid: false,
          hasBorder: false,
        };
  if (cells?.y.kind === 'rows') {
    const { names, layout } = cells.y;
    const shift = layout === 'le' ? 1 : layout === 'ge' ? 0 : 0.5;
    return {
      value: {
        distribution: linear,
        range: () => [0, names.length],
        increments: [1, 2, 5, 10, 20, 50, 100],
        format: (ticks) =>
          ticks.map((tick) => nameOf(names[Math.round(tick - (shift === 1 ? 1 : 0))], unit, decimals)),
        axis,
      },
      // Rows whose names stand in their middle lie around whole numbers.
      range: shift === 0.5 ? [-0.5, names.length - 0.5] : [0, names.length],
    };
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let leastPositive = Number.POSITIVE_INFINITY;
  for (let i = 0; i < (cells?.counts.length ?? 0); i++) {
    low = Math.min(low, cells!.yMin[i]!);
    high = Math.max(high, Number.isFinite(cells!.yMax[i]!) ? cells!.yMax[i]! : high);
    if (cells!.yMin[i]! > 0) leastPositive = Math.min(leastPositive, cells!.yMin[i]!);
  }
  const base = cells?.y.kind === 'values' ? cells.y.base : null;
  const distribution: Distribution =
    base === null
      ? linear
      : low > 0
        ? { type: 'log', base }
        : { type: 'symlog', base, threshold: Number.isFinite(leastPositive) ? leastPositive : 1 };
  const [rangeLow, rangeHigh] =
    low > high ? axisRange(null, null, { distribution: linear, min, max }) : [min ?? low, max ?? high];
  return {
    value: {
      distribution,
      range: () => [rangeLow, rangeHigh],
      increments: tickIncrements(unit),
      format: (ticks) =>
        distribution.type === 'linear'
          ? formatTicks(ticks, unit, decimals)
          : ticks.map((tick) => unitText(tick, unit, decimals)),
      axis,
    },
    range: rangeLow < rangeHigh ? [rangeLow, rangeHigh] : [rangeLow, rangeLow + 1],
  };
}

/** A bucket's name: a number in the axis's unit where it is one. */
function nameOf(name: string | undefined, unit: string, decimals?: number | null): string {
  if (name === undefined) return '';
  const bound = boundOf(name);
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isNaN(bound) ? name : unitText(bound, unit, decimals);
}

function unitText(value: number, unit: string, decimals?: number | null): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const { prefix, text, suffix } = formatUnit(unit, value, decimals);
  return (
    prefix + (decimals === undefined || decimals === null ? String(Number.parseFloat(text)) : text) + suffix
  );
}

type Tile = { left: number; top: number; width: number; height: number };

function tileOf({ layout, x, ys }: PlotFrame, { xMin, xMax, yMin, yMax, y }: Cells, i: number): Tile {
  const shift = y.kind === 'rows' && y.layout === 'center' ? -0.5 : 0;
  const { box } = layout;
  const limit = (pixel: number, otherwise: number) => (Number.isFinite(pixel) ? pixel : otherwise);
  const left = x.toPixel(xMin[i]!);
  const right = x.toPixel(xMax[i]!);
  const low = limit(ys[0]!.toPixel(yMin[i]! + shift), box.top + box.height);
  const high = limit(ys[0]!.toPixel(yMax[i]! + shift), box.top);
  return { left, top: Math.min(low, high), width: right - left, height: Math.abs(low - high) };
}

function paintCells(
  context: CanvasRenderingContext2D,
  frame: PlotFrame,
  { cells, picked, min, max }: PickedCells,
  { options, colors }: HeatmapInput,
  chart: ChartColors,
): void {
  const gap = Math.max(0, options.cellGap ?? 1);
  const radius = options.cellRadius ?? 0;
  // Tiles of one colour are filled together.
  const groups: number[][] = colors.map(() => []);
  for (const i of picked) groups[stepOf(cells.counts[i]!, min, max, colors.length)]!.push(i);
  const showsValues = options.showValue === 'auto' || options.showValue === 'always';
  groups.forEach((group, step) => {
    if (group.length === 0) return;
    context.fillStyle = colors[step]!;
    context.beginPath();
    for (const i of group) {
      const { left, top, width, height } = tileOf(frame, cells, i);
      const inset = Math.min(gap, Math.max(0, width - 1), Math.max(0, height - 1));
      const [w, h] = [Math.max(1, width - inset), Math.max(1, height - inset)];
      if (radius > 0) context.roundRect(left, top + inset, w, h, radius);
      else context.rect(left, top + inset, w, h);
    }
    context.fill();
  });
  if (!showsValues) return;
  context.font = axisFont(chart);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const i of picked) {
    const { left, top, width, height } = tileOf(frame, cells, i);
    const { cellValues = {} } = options;
    const text = unitText(cells.counts[i]!, cellValues.unit ?? 'short', cellValues.decimals);
    const fits = context.measureText(text).width <= width - 4 && height >= 12;
    if (!fits && options.showValue !== 'always') continue;
    context.fillStyle = textOn(colors[stepOf(cells.counts[i]!, min, max, colors.length)]!);
    context.fillText(text, left + width / 2, top + height / 2, width);
  }
}

function hitAt(
  frame: PlotFrame,
  { cells, picked, min, max }: PickedCells,
  { options, colors, zone, words }: HeatmapInput,
  x: number,
  y: number,
): PlotHit | null {
  const time = frame.x.toValue(x);
  for (const i of picked) {
    if (!(cells.xMin[i]! <= time && time < cells.xMax[i]!)) continue;
    const tile = tileOf(frame, cells, i);
    if (y < tile.top || y > tile.top + tile.height) continue;
    const { cellValues = {}, yAxis = {} } = options;
    const count = cells.counts[i]!;
    return {
      time: cells.xMax[i]!,
      box: tile,
      content: {
        title: [cells.xMin[i]!, cells.xMax[i]!].map((at) => formatDateTime(at / 1000, zone)).join(' – '),
        rows: [
          {
            name: words.bucket,
            value: bucketText(cells, i, yAxis.unit ?? 'short', yAxis.decimals),
            color: 'transparent',
            nearest: false,
          },
          {
            name: words.count,
            value: unitText(count, cellValues.unit ?? 'short', cellValues.decimals),
            color: colors[stepOf(count, min, max, colors.length)]!,
            nearest: true,
          },
        ],
        bars: options.tooltip?.yHistogram ? columnAt(cells, i) : undefined,
      },
    };
  }
  return null;
}

function bucketText({ y, yMin, yMax }: Cells, i: number, unit: string, decimals?: number | null): string {
  if (y.kind === 'values')
    return `${unitText(yMin[i]!, unit, decimals)} – ${unitText(yMax[i]!, unit, decimals)}`;
  const row = yMin[i]!;
  const name = (at: number) => nameOf(y.names[at], unit, decimals);
  if (y.layout === 'le') return row > 0 ? `${name(row - 1)} – ${name(row)}` : `≤ ${name(row)}`;
  if (y.layout === 'ge')
    return row < y.names.length - 1 ? `${name(row)} – ${name(row + 1)}` : `≥ ${name(row)}`;
  return name(row);
}

/** All counts of one moment, from the lowest bucket up. */
function columnAt({ xMax, yMin, counts }: Cells, i: number): { values: number[]; at: number } {
  const column: number[] = [];
  for (let k = 0; k < counts.length; k++) if (xMax[k] === xMax[i]) column.push(k);
  column.sort((a, b) => yMin[a]! - yMin[b]!);
  return { values: column.map((k) => (Number.isNaN(counts[k]!) ? 0 : counts[k]!)), at: column.indexOf(i) };
}

type Exemplar = { time: number; y: number; labels: [name: string, value: string][] };

function exemplarsOf(frames: readonly Frame[], cells: Cells | null): Exemplar[] {
  const found: Exemplar[] = [];
  for (const { name, meta, fields, length } of frames) {
    if (name !== 'exemplar' && meta?.custom?.resultType !== 'exemplar') continue;
    const time = fields.find(({ type }) => type === 'time');
    const value = fields.find(({ type }) => type === 'number');
    if (!time || !value) continue;
    for (let row = 0; row < length; row++) {
      const labels = fields
        .filter((field) => field !== time)
        .map((field): [string, string] => [field.name, String(field.values[row] ?? '')]);
      found.push({ time: Number(time.values[row]), y: placeOf(Number(value.values[row]), cells), labels });
    }
  }
  return found;
}

/** Where a value lies among rows: within the row of its bucket, by the bucket's bounds. */
function placeOf(value: number, cells: Cells | null): number {
  if (cells?.y.kind !== 'rows') return value;
  const bounds = Float64Array.from(cells.y.names, boundOf);
  const row = Math.min(indexFrom(bounds, value), bounds.length - 1);
  const low = row > 0 ? bounds[row - 1]! : 0;
  const high = bounds[row]!;
  return row + (Number.isFinite(high) && high > low ? (value - low) / (high - low) : 0.5);
}

function paintExemplars(
  context: CanvasRenderingContext2D,
  { x, ys }: PlotFrame,
  exemplars: readonly Exemplar[],
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  for (const { time, y } of exemplars) {
    const [left, top] = [x.toPixel(time), ys[0]!.toPixel(y)];
    context.moveTo(left, top - 4);
    context.lineTo(left + 4, top);
    context.lineTo(left, top + 4);
    context.lineTo(left - 4, top);
    context.closePath();
  }
  context.fill();
}

function exemplarAt(
  { x, ys }: PlotFrame,
  exemplars: readonly Exemplar[],
  left: number,
  top: number,
  zone: Zone,
): PlotHit | null {
  const found = exemplars.find(
    ({ time, y }) => Math.abs(x.toPixel(time) - left) <= 5 && Math.abs(ys[0]!.toPixel(y) - top) <= 5,
  );
  if (!found) return null;
  const rows = found.labels.map(([name, value]) => ({ name, value, color: 'transparent', nearest: false }));
  return { time: found.time, content: { title: formatDateTime(found.time / 1000, zone), rows } };
}
