import { axisFont, type LaidAxis, type Layout, layOut, paintAxes, paintGrid } from '../../chart/axes';
import type { ChartColors } from '../../chart/colors';
import type { TooltipOptions, ValueScale } from '../../chart/graph-model';
import type { PlotHit, PlotPlaces } from '../../chart/plot-view';
import { linear, type Projection, project, type Scale, valueTicks } from '../../chart/scale';
import type { Surface } from '../../chart/surface';
import { mixColors, withOpacity } from '../../frame/colors';
import { type BarEnds, type BarLayout, type BarModel, type BarSeries, barEnds, barExtent } from './model';

export type BarDrawing = {
  model: BarModel;
  hidden: ReadonlySet<string>;
  highlighted: string | null;
  layout: BarLayout;
  isHorizontal: boolean;
  /** Parts of a category that its bars take, and of their share each bar. */
  groupWidth: number;
  barWidth: number;
  /** 0 to 0.5: part of the bar's width. */
  radius: number;
  /** Degrees. */
  labelRotation: number;
  labelMaxLength: number;
  /** Least distance between labels in pixels. */
  labelSpacing: number;
  showValue: 'auto' | 'always' | 'never';
  valueSize?: number;
  tooltip: TooltipOptions;
};

/** One bar in pixels. */
type Bar = { left: number; top: number; width: number; height: number; isNegative: boolean };

/** Where categories and values lie; along is the direction of the categories. */
type Places = { layout: Layout; along: Projection; values: Projection[] };

/** What draws bars and knows what is where. */
export function drawBars(input: BarDrawing): (surface: Surface, colors: ChartColors) => PlotPlaces {
  const { model, hidden, layout: piling } = input;
  const count = model.categories.length;
  const ends = barEnds(model.series, count, piling, hidden);
  return (surface, colors) => {
    const places = input.isHorizontal
      ? lyingPlaces(surface, colors, input, ends)
      : standingPlaces(surface, colors, input, ends);
    const bars = barsOf(places, input, ends);
    const { context } = surface;
    const { box } = places.layout;
    context.save();
    context.beginPath();
    context.rect(box.left, box.top - 1, box.width + 1, box.height + 2);
    context.clip();
    model.series.forEach((series, index) => {
      context.globalAlpha = input.highlighted === null || input.highlighted === series.id ? 1 : 0.25;
      paintBars(context, series, bars[index]!, input, colors);
    });
    context.globalAlpha = 1;
    paintThresholds(context, places, input);
    context.restore();
    if (input.showValue !== 'never') paintValues(context, places, bars, input, colors);
    return { box, at: (x, y) => hitAt(places, bars, input, x, y) };
  };
}

/** Bars on a floor: categories from left to right, values upward. */
function standingPlaces(
  surface: Surface,
  colors: ChartColors,
  input: BarDrawing,
  ends: readonly BarEnds[],
): Places {
  const { context, width, height } = surface;
  const { model, labelRotation } = input;
  const labels = model.edges ?? model.categories.map((name) => cut(name, input.labelMaxLength));
  context.font = axisFont(colors);
  const angle = (labelRotation * Math.PI) / 180;
  const widest =
    labelRotation === 0 ? 0 : Math.max(0, ...labels.map((label) => context.measureText(label).width));
  const bottom = Math.min(height * 0.5, Math.max(24, Math.abs(Math.sin(angle)) * widest + 18));
  const ranges = model.scales.map((scale, index) => scale.range(...barExtent(model.series, ends, index)));
  const layout = layOut({
    context,
    colors,
    width,
    height,
    scales: model.scales,
    ranges,
    hasTimeAxis: true,
    bottom,
    keptWidths: [],
  });
  const { box } = layout;
  const along = project({
    distribution: linear,
    min: 0,
    max: Math.max(1, model.categories.length),
    start: box.left,
    end: box.left + box.width,
  });
  const values = layout.scales.map(project);
  const yOf = ({ scale }: LaidAxis, tick: number) => values[layout.scales.indexOf(scale)]!.toPixel(tick);
  paintGrid(context, layout, [], yOf, colors.grid);
  paintAxes(context, layout, yOf, colors);
  paintLabelsBelow(context, layout, along, labels, input, colors);
  return { layout, along, values };
}

function paintLabelsBelow(
  context: CanvasRenderingContext2D,
  { box }: Layout,
  along: Projection,
  labels: readonly string[],
  { model, labelRotation, labelSpacing }: BarDrawing,
  colors: ChartColors,
): void {
  context.font = axisFont(colors);
  context.fillStyle = colors.axis;
  const angle = (labelRotation * Math.PI) / 180;
  const slot = Math.abs(along.toPixel(1) - along.toPixel(0));
  let free = Number.NEGATIVE_INFINITY;
  labels.forEach((whole, index) => {
    // A name that is a little too long is cut, many that are far too long make room for each other.
    const most = Math.floor((slot - 6) / 6.5);
    const label = model.edges || labelRotation !== 0 || slot < 48 ? whole : cut(whole, most);
    const x = along.toPixel(model.edges ? index : index + 0.5);
    const width = context.measureText(label).width;
    const needed = labelRotation === 0 ? width / 2 : 7;
    if (x - needed < free) return;
    free = x + needed + Math.max(6, Math.abs(labelSpacing) - width);
    context.save();
    context.translate(x, box.top + box.height + 7);
    context.rotate(angle);
    context.textBaseline = labelRotation === 0 ? 'top' : 'middle';
    context.textAlign = labelRotation === 0 ? 'center' : labelRotation > 0 ? 'left' : 'right';
    context.fillText(label, 0, 0);
    context.restore();
  });
}

/** Bars on a wall: categories from top to bottom, values to the right. */
function lyingPlaces(
  surface: Surface,
  colors: ChartColors,
  input: BarDrawing,
  ends: readonly BarEnds[],
): Places {
  const { context, width, height } = surface;
  const { model } = input;
  const count = Math.max(1, model.categories.length);
  context.font = axisFont(colors);
  const most = Math.max(4, Math.floor((width * 0.4) / 6.5));
  const names: ValueScale = {
    distribution: linear,
    range: () => [-0.5, count - 0.5],
    increments: [1, 2, 5, 10, 20, 50, 100],
    tickSpace: 13,
    format: (ticks) => ticks.map((tick) => cut(model.categories[tick] ?? '', input.labelMaxLength || most)),
    axis: { side: 'left', hasGrid: false, hasBorder: false },
  };
  const layout = layOut({
    context,
    colors,
    width,
    height,
    scales: [names],
    ranges: [[-0.5, count - 0.5]],
    hasTimeAxis: true,
    keptWidths: [],
  });
  const { box } = layout;
  const [categories] = layout.scales as [Scale];
  [categories.start, categories.end] = [categories.end, categories.start];
  const rows = project(categories);
  const values = model.scales.map((scale, index): Projection => {
    const [min, max] = scale.range(...barExtent(model.series, ends, index));
    const laid: Scale = {
      distribution: scale.distribution,
      min,
      max,
      start: box.left,
      end: box.left + box.width,
    };
    const to = project(laid);
    if (index > 0 || !scale.axis) return to;
    const ticks = valueTicks(laid, scale.increments, Math.max(2, Math.floor(box.width / 80)));
    const pixels = ticks.map((tick) => to.toPixel(tick));
    paintGrid(context, { ...layout, axes: [] }, pixels, () => 0, colors.grid);
    context.fillStyle = colors.axis;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    scale.format(ticks).forEach((label, i) => {
      const half = context.measureText(label).width / 2;
      context.fillText(label, Math.min(width - half, pixels[i]!), box.top + box.height + 7);
    });
    return to;
  });
  paintAxes(context, layout, (_, tick) => rows.toPixel(tick), colors);
  const along = {
    toPixel: (value: number) => rows.toPixel(value - 0.5),
    toValue: (pixel: number) => rows.toValue(pixel) + 0.5,
  };
  return { layout, along, values };
}

function cut(name: string, most: number): string {
  return most > 0 && name.length > most ? `${name.slice(0, most)}…` : name;
}

function barsOf({ along, values }: Places, input: BarDrawing, ends: readonly BarEnds[]): (Bar | null)[][] {
  const { model, hidden, layout, groupWidth, barWidth, isHorizontal } = input;
  const slot = Math.abs(along.toPixel(1) - along.toPixel(0));
  const group = slot * groupWidth;
  const shown = model.series.filter(({ id }) => !hidden.has(id));
  const isShared = layout !== 'grouped';
  const share = isShared ? group : group / Math.max(1, shown.length);
  const thickness = Math.max(1, share * barWidth);
  return model.series.map((series, index) => {
    const { from, to } = ends[index]!;
    const projection = values[series.scale]!;
    const place = isShared ? 0 : shown.indexOf(series);
    return Array.from(to, (end, category): Bar | null => {
      if (Number.isNaN(end)) return null;
      const tip = projection.toPixel(end);
      const root = projection.toPixel(from[category]!);
      const foot = Number.isFinite(root) ? root : projection.toPixel(1e-300);
      if (!Number.isFinite(tip)) return null;
      const start = along.toPixel(category) + (slot - group) / 2 + place * share + (share - thickness) / 2;
      const [low, high] = [
        Math.min(tip, Number.isFinite(foot) ? foot : tip),
        Math.max(tip, Number.isFinite(foot) ? foot : tip),
      ];
      const isNegative = end < from[category]!;
      return isHorizontal
        ? { left: low, top: start, width: high - low, height: thickness, isNegative }
        : { left: start, top: low, width: thickness, height: high - low, isNegative };
    });
  });
}

function paintBars(
  context: CanvasRenderingContext2D,
  series: BarSeries,
  bars: readonly (Bar | null)[],
  { radius, isHorizontal, layout }: BarDrawing,
  colors: ChartColors,
): void {
  bars.forEach((bar, category) => {
    if (!bar) return;
    const color = series.colorAt?.(category) ?? series.color;
    const { left, top, width, height, isNegative } = bar;
    const round = layout === 'grouped' ? Math.min(width, height) * Math.min(0.5, radius) : 0;
    context.beginPath();
    if (round > 0) context.roundRect(left, top, width, height, cornersOf(round, isHorizontal, isNegative));
    else context.rect(left, top, width, height);
    context.fillStyle = inkOf(context, series, color, bar, isHorizontal, colors);
    context.fill();
    if (series.lineWidth > 0) {
      context.strokeStyle = color;
      context.lineWidth = series.lineWidth;
      context.stroke();
    }
  });
}

/** Only the far end of a bar is round. */
function cornersOf(round: number, isHorizontal: boolean, isNegative: boolean): number[] {
  if (isHorizontal) return isNegative ? [round, 0, 0, round] : [0, round, round, 0];
  return isNegative ? [0, 0, round, round] : [round, round, 0, 0];
}

function inkOf(
  context: CanvasRenderingContext2D,
  { fillOpacity, gradient }: BarSeries,
  color: string,
  { left, top, width, height }: Bar,
  isHorizontal: boolean,
  colors: ChartColors,
): string | CanvasGradient {
  if (gradient !== 'opacity' && gradient !== 'hue') return withOpacity(color, fillOpacity);
  const ink = isHorizontal
    ? context.createLinearGradient(left + width, 0, left, 0)
    : context.createLinearGradient(0, top, 0, top + height);
  ink.addColorStop(0, withOpacity(color, fillOpacity));
  ink.addColorStop(
    1,
    gradient === 'opacity'
      ? withOpacity(color, 0)
      : withOpacity(mixColors(color, colors.surface, 0.5), fillOpacity),
  );
  return ink;
}

function paintThresholds(
  context: CanvasRenderingContext2D,
  { layout, values }: Places,
  { model, isHorizontal }: BarDrawing,
): void {
  const { box } = layout;
  for (const threshold of model.thresholds) {
    if (threshold.kind !== 'line') continue;
    const at = Math.round(values[threshold.scale]!.toPixel(threshold.value)) + 0.5;
    context.strokeStyle = threshold.color;
    context.lineWidth = 1.5;
    context.setLineDash(threshold.dash as number[]);
    context.beginPath();
    context.moveTo(isHorizontal ? at : box.left, isHorizontal ? box.top : at);
    context.lineTo(isHorizontal ? at : box.left + box.width, isHorizontal ? box.top + box.height : at);
    context.stroke();
    context.setLineDash([]);
  }
}

function paintValues(
  context: CanvasRenderingContext2D,
  { layout }: Places,
  bars: readonly (readonly (Bar | null)[])[],
  { model, showValue, isHorizontal, layout: piling, valueSize }: BarDrawing,
  colors: ChartColors,
): void {
  const isPiled = piling === 'stacked' || piling === 'percent';
  context.font = valueSize ? `${valueSize}px ${colors.font}` : axisFont(colors);
  context.fillStyle = colors.text;
  model.series.forEach(({ values, format }, index) => {
    bars[index]!.forEach((bar, category) => {
      if (!bar) return;
      const text = format(values[category]!);
      const { left, top, width, height, isNegative } = bar;
      const room = context.measureText(text).width;
      const fits = isHorizontal ? height >= 10 : room <= Math.max(width, isPiled ? 0 : width * 1.2);
      if (showValue === 'auto' && (!fits || (isPiled && (isHorizontal ? room > width : height < 12)))) return;
      context.textBaseline = 'middle';
      if (isPiled) {
        context.textAlign = 'center';
        context.fillText(text, left + width / 2, top + height / 2);
      } else if (isHorizontal) {
        const end = isNegative ? left - 4 : left + width + 4;
        const isInside = !isNegative && end + room > layout.box.left + layout.box.width;
        context.textAlign = isInside || isNegative ? 'right' : 'left';
        context.fillText(text, isInside ? left + width - 4 : end, top + height / 2);
      } else {
        context.textAlign = 'center';
        const above = isNegative ? top + height + 8 : top - 7;
        context.fillText(text, left + width / 2, Math.max(layout.box.top + 5, above));
      }
    });
  });
}

function hitAt(
  { layout, along }: Places,
  bars: readonly (readonly (Bar | null)[])[],
  { model, hidden, isHorizontal, tooltip }: BarDrawing,
  x: number,
  y: number,
): PlotHit | null {
  const category = Math.floor(along.toValue(isHorizontal ? y : x));
  const name = model.categories[category];
  if (name === undefined) return null;
  const { box } = layout;
  // The topmost bar below the pointer; with all in one tooltip, the whole category counts.
  let pointed = -1;
  bars.forEach((row, index) => {
    const bar = row[category];
    if (bar && x >= bar.left && x <= bar.left + bar.width && y >= bar.top && y <= bar.top + bar.height)
      pointed = index;
  });
  if (pointed < 0 && tooltip.mode !== 'multi') return null;
  let shown = model.series
    .map((series, index) => ({ series, index, value: series.values[category]! }))
    .filter(({ series, value }) => !hidden.has(series.id) && series.isInTooltip && !Number.isNaN(value));
  if (tooltip.mode !== 'multi') shown = shown.filter(({ index }) => index === pointed);
  if (tooltip.hidesZeros) shown = shown.filter(({ value }) => value !== 0);
  if (tooltip.sort !== 'none') shown.sort((a, b) => (tooltip.sort === 'asc' ? 1 : -1) * (a.value - b.value));
  if (shown.length === 0) return null;
  const bar = pointed >= 0 ? bars[pointed]![category]! : null;
  const slot = Math.abs(along.toPixel(1) - along.toPixel(0));
  const start = along.toPixel(category);
  return {
    box:
      bar ??
      (isHorizontal
        ? { left: box.left, top: start, width: box.width, height: slot }
        : { left: start, top: box.top, width: slot, height: box.height }),
    content: {
      title: name,
      rows: shown.map(({ series, index, value }) => ({
        name: series.label,
        value: series.format(value),
        color: series.colorAt?.(category) ?? series.color,
        nearest: index === pointed && shown.length > 1,
      })),
      maxWidth: tooltip.maxWidth,
      maxHeight: tooltip.maxHeight,
    },
    actions: () => model.series[pointed >= 0 ? pointed : shown[0]!.index]!.actionsAt(category),
  };
}
