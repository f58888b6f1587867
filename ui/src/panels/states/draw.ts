import { axisFont } from '../../chart/axes';
import type { ChartColors } from '../../chart/colors';
import type { TooltipAction, TooltipOptions, ValueScale } from '../../chart/graph-model';
import { framePlot, type PlotFrame } from '../../chart/plot-frame';
import type { PlotHit, PlotPlaces } from '../../chart/plot-view';
import { linear } from '../../chart/scale';
import type { Surface } from '../../chart/surface';
import { mixColors, textOn, withOpacity } from '../../frame/colors';
import { formatDuration } from '../../time/duration';
import { formatDateTime, type Zone } from '../../time/zone';
import type { Segment, StateRow } from './rows';

export type StateDrawing = {
  rows: readonly StateRow[];
  /** States that are not drawn. */
  hidden: ReadonlySet<string>;
  window: { from: number; to: number };
  zone: Zone;
  showValue: 'auto' | 'always' | 'never';
  align: 'left' | 'center' | 'right';
  /** Part of its row that a bar takes, and of its time. */
  rowHeight: number;
  colWidth: number;
  tooltip: TooltipOptions;
  actionsFor(row: StateRow, index: number): readonly TooltipAction[];
};

/** What draws rows of states and knows what is where. */
export function drawStates(input: StateDrawing): (surface: Surface, colors: ChartColors) => PlotPlaces {
  const { rows, window, zone } = input;
  return (surface, colors) => {
    surface.context.font = axisFont(colors);
    const frame = framePlot(surface, colors, {
      scales: [rowScale(rows, surface)],
      ranges: [[-0.5, Math.max(1, rows.length) - 0.5]],
      isReversed: true,
      window,
      zone,
      hasTimeAxis: true,
      hasGrid: false,
    });
    frame.paint(() => {
      rows.forEach((row, at) => {
        paintRow(surface.context, frame, row, at, input, colors);
      });
    });
    return { box: frame.layout.box, x: frame.x, at: (x, y) => hitAt(frame, input, x, y) };
  };
}

/** The names of rows on the left, none longer than two fifths of the panel. */
function rowScale(rows: readonly StateRow[], { context, width }: Surface): ValueScale {
  const room = width * 0.4;
  const shortened = (name: string) => {
    if (context.measureText(name).width <= room) return name;
    let shown = name;
    while (shown.length > 1 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -1);
    return `${shown}…`;
  };
  return {
    distribution: linear,
    range: () => [-0.5, rows.length - 0.5],
    increments: [1, 2, 5, 10, 20, 50, 100],
    tickSpace: 13,
    format: (ticks) => ticks.map((tick) => shortened(rows[tick]?.label ?? '')),
    axis: { side: 'left', hasGrid: false, hasBorder: false },
  };
}

type Bar = { left: number; top: number; width: number; height: number };

function barOf(
  { x, ys, layout }: PlotFrame,
  at: number,
  { from, to }: Segment,
  { rowHeight, colWidth, window }: StateDrawing,
): Bar {
  const slot = Math.abs(ys[0]!.toPixel(1) - ys[0]!.toPixel(0));
  const height = Math.max(1, slot * rowHeight);
  const left = Math.max(layout.box.left, x.toPixel(Math.max(from, window.from)));
  const right = Math.min(layout.box.left + layout.box.width, x.toPixel(Math.min(to, window.to)));
  const width = Math.max(1, (right - left) * colWidth);
  return { left: left + (right - left - width) / 2, top: ys[0]!.toPixel(at) - height / 2, width, height };
}

function paintRow(
  context: CanvasRenderingContext2D,
  frame: PlotFrame,
  { segments, style }: StateRow,
  at: number,
  input: StateDrawing,
  colors: ChartColors,
): void {
  const { showValue, align, window, hidden } = input;
  context.font = axisFont(colors);
  context.textBaseline = 'middle';
  context.textAlign = align;
  for (const segment of segments) {
    if (segment.to < window.from || segment.from > window.to || hidden.has(segment.text)) continue;
    const { left, top, width, height } = barOf(frame, at, segment, input);
    context.fillStyle = withOpacity(segment.color, style.fillOpacity);
    context.fillRect(left, top, width, height);
    if (style.lineWidth > 0) {
      context.strokeStyle = segment.color;
      context.lineWidth = style.lineWidth;
      context.strokeRect(left, top, width, height);
    }
    if (showValue === 'never' || segment.text === '' || height < 10) continue;
    const textWidth = context.measureText(segment.text).width;
    if (showValue === 'auto' && textWidth > width - 8) continue;
    const background =
      segment.color.length === 7
        ? mixColors(colors.surface, segment.color, style.fillOpacity)
        : colors.surface;
    context.fillStyle = textOn(background);
    const anchor = align === 'left' ? left + 4 : align === 'right' ? left + width - 4 : left + width / 2;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.fillText(segment.text, anchor, top + height / 2);
    context.restore();
  }
}

function segmentAt({ segments }: StateRow, time: number): Segment | undefined {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.from <= time) low = middle + 1;
    else high = middle;
  }
  const found = segments[low - 1];
  return found && time < found.to ? found : undefined;
}

function hitAt(frame: PlotFrame, input: StateDrawing, x: number, y: number): PlotHit | null {
  const { rows, hidden, zone, tooltip, actionsFor } = input;
  const at = Math.round(frame.ys[0]!.toValue(y));
  const row = rows[at];
  const time = frame.x.toValue(x);
  const segment = row && segmentAt(row, time);
  if (!row || !segment || hidden.has(segment.text)) return null;
  const entry = (of: StateRow, found: Segment) => ({
    name: of.label,
    value: found.text,
    color: found.color,
    nearest: of === row && tooltip.mode === 'multi',
  });
  const entries =
    tooltip.mode === 'multi'
      ? rows.flatMap((one) => {
          const found = segmentAt(one, time);
          return found && !hidden.has(found.text) ? [entry(one, found)] : [];
        })
      : [entry(row, segment)];
  const span = [segment.from, segment.to].map((end) => formatDateTime(end / 1000, zone)).join(' – ');
  return {
    time,
    box: barOf(frame, at, segment, input),
    content: {
      title: span,
      note: formatDuration(Math.max(0, (segment.to - segment.from) / 1000)),
      rows: entries,
      maxWidth: tooltip.maxWidth,
      maxHeight: tooltip.maxHeight,
    },
    actions: () => actionsFor(row, segment.index),
  };
}
