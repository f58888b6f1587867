import type { Zone } from '../time/zone';
import type { ChartColors } from './colors';
import type { ValueAxis, ValueScale } from './graph-model';
import type { PlotBox } from './paint-series';
import { type Scale, valueTicks } from './scale';
import { hasRoomAtEnd, timeIncrements, timeLabels, timeTickSpace, timeTicks } from './time-axis';

const textSize = 11;
const leastAxisWidth = 44;
const timeAxisHeight = 24;
const topPadding = 8;
const sidePadding = 8;
const titleWidth = 18;
/** Least distance between ticks of a vertical axis. */
const usualTickSpace = 28;

export function axisFont(colors: ChartColors): string {
  return `${textSize}px ${colors.font}`;
}

export type LaidAxis = {
  axis: ValueAxis;
  scale: Scale;
  ticks: number[];
  labels: string[];
  width: number;
  edge: number;
};

export type Layout = {
  box: PlotBox;
  scales: Scale[];
  axes: LaidAxis[];
};

export type LayoutInput = {
  context: CanvasRenderingContext2D;
  colors: ChartColors;
  width: number;
  height: number;
  scales: readonly ValueScale[];
  ranges: readonly [min: number, max: number][];
  hasTimeAxis: boolean;
  /** Pixels below the plot, where it is not an axis of time that lies there. */
  bottom?: number;
  /** Pixels that each axis had: it grows where a label needs it and does not shrink, so that curves stay. */
  keptWidths: number[];
};

/** Places axes around the plot: ticks by the height there is, widths by the labels. */
export function layOut(input: LayoutInput): Layout {
  const { context, colors, width, height, scales, ranges, hasTimeAxis, keptWidths } = input;
  context.font = axisFont(colors);
  const top = topPadding;
  const bottom = height - (input.bottom ?? (hasTimeAxis ? timeAxisHeight : 4));
  const plotHeight = Math.max(0, bottom - top);
  const laidScales = scales.map(({ distribution }, index): Scale => {
    const [min, max] = ranges[index]!;
    return { distribution, min, max, start: bottom, end: top };
  });
  let [left, right] = [0, 0];
  const axes: LaidAxis[] = [];
  scales.forEach(({ axis, increments, tickSpace = usualTickSpace, format }, index) => {
    if (!axis) return;
    const scale = laidScales[index]!;
    const ticks = valueTicks(scale, increments, Math.max(2, Math.floor(plotHeight / tickSpace)));
    const labels = format(ticks);
    const widest = Math.max(0, ...labels.map((label) => context.measureText(label).width));
    const needed = Math.max(leastAxisWidth, Math.ceil((widest + 12) / 4) * 4);
    const kept = Math.max(keptWidths[index] ?? 0, needed);
    keptWidths[index] = kept;
    const whole = (axis.width ?? kept) + (axis.label ? titleWidth : 0);
    const edge = axis.side === 'left' ? left : right;
    axes.push({ axis, scale, ticks, labels, width: whole, edge });
    if (axis.side === 'left') left += whole;
    else right += whole;
  });
  left ||= sidePadding;
  right ||= sidePadding;
  // However narrow the panel is, some of it is for the data.
  const plotWidth = Math.max(width - left - right, Math.min(width, 40));
  return { box: { left, top, width: plotWidth, height: plotHeight }, scales: laidScales, axes };
}

export type TimeTicks = { ticks: number[]; labels: string[] };

/** Ticks of a time axis in seconds. */
export function timeTicksFor(
  context: CanvasRenderingContext2D,
  window: { from: number; to: number },
  width: number,
  zone: Zone,
): TimeTicks {
  const [start, end] = [window.from / 1000, window.to / 1000];
  const least = ((end - start) * timeTickSpace(end - start, width)) / Math.max(1, width);
  const increment = timeIncrements.find((candidate) => candidate >= least) ?? timeIncrements.at(-1)!;
  const ticks = timeTicks(start, end, increment, zone);
  const labels = timeLabels(ticks, increment, zone);
  const last = labels.at(-1);
  if (last !== undefined) {
    const labelWidth = context.measureText(last).width;
    if (!hasRoomAtEnd(ticks.at(-1)!, [start, end], labelWidth, width, sidePadding))
      labels[labels.length - 1] = '';
  }
  return { ticks, labels };
}

/** Lines of the grid behind everything. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  { box, axes }: Layout,
  xPixels: readonly number[],
  yPixel: (axis: LaidAxis, tick: number) => number,
  color: string,
): void {
  const bottom = box.top + box.height;
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  for (const pixel of xPixels) {
    const x = Math.round(pixel) + 0.5;
    context.moveTo(x, box.top);
    context.lineTo(x, bottom);
  }
  for (const axis of axes) {
    if (!axis.axis.hasGrid) continue;
    for (const tick of axis.ticks) {
      const y = Math.round(yPixel(axis, tick)) + 0.5;
      context.moveTo(box.left, y);
      context.lineTo(box.left + box.width, y);
    }
  }
  context.stroke();
}

/** Labels of the value axes, their titles and borders. */
export function paintAxes(
  context: CanvasRenderingContext2D,
  { box, axes }: Layout,
  yPixel: (axis: LaidAxis, tick: number) => number,
  colors: ChartColors,
): void {
  context.font = axisFont(colors);
  context.textBaseline = 'middle';
  for (const laid of axes) {
    const { axis, ticks, labels, width, edge } = laid;
    const isLeft = axis.side === 'left';
    const inner = isLeft ? box.left - edge : box.left + box.width + edge;
    context.fillStyle = axis.color ?? colors.axis;
    context.textAlign = isLeft ? 'right' : 'left';
    ticks.forEach((tick, index) => {
      context.fillText(labels[index]!, inner + (isLeft ? -6 : 6), yPixel(laid, tick));
    });
    if (axis.hasBorder) {
      context.strokeStyle = axis.color ?? colors.axis;
      context.beginPath();
      context.moveTo(Math.round(inner) + 0.5, box.top);
      context.lineTo(Math.round(inner) + 0.5, box.top + box.height);
      context.stroke();
    }
    if (axis.label) {
      context.save();
      context.textAlign = 'center';
      context.translate(isLeft ? inner - width + 9 : inner + width - 9, box.top + box.height / 2);
      context.rotate(isLeft ? -Math.PI / 2 : Math.PI / 2);
      context.fillText(axis.label, 0, 0, box.height);
      context.restore();
    }
  }
}

export function paintTimeLabels(
  context: CanvasRenderingContext2D,
  box: PlotBox,
  { labels }: TimeTicks,
  xPixels: readonly number[],
  colors: ChartColors,
): void {
  context.font = axisFont(colors);
  context.fillStyle = colors.axis;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  labels.forEach((label, index) => {
    // The first one never starts before the canvas does.
    const half = context.measureText(label).width / 2;
    if (label) context.fillText(label, Math.max(half, xPixels[index]!), box.top + box.height + 7);
  });
}
