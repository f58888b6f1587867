import type { Zone } from '../time/zone';
import {
  axisFont,
  type LaidAxis,
  type Layout,
  layOut,
  paintAxes,
  paintGrid,
  paintTimeLabels,
  timeTicksFor,
} from './axes';
import type { ChartColors } from './colors';
import type { ValueScale } from './graph-model';
import { linear, type Projection, project } from './scale';
import type { Surface } from './surface';

export type PlotFrameInput = {
  scales: readonly ValueScale[];
  ranges: readonly [min: number, max: number][];
  /** Upside down. */
  isReversed?: boolean;
  window: { from: number; to: number };
  zone: Zone;
  hasTimeAxis: boolean;
  hasGrid: boolean;
};

export type PlotFrame = {
  layout: Layout;
  x: Projection;
  ys: Projection[];
  /** Draws `inner` within the plot, and the labels around it. */
  paint(inner: () => void): void;
};

/** Axes over time around a plot: lays them out, draws grid and labels. */
export function framePlot(surface: Surface, colors: ChartColors, input: PlotFrameInput): PlotFrame {
  const { context, width, height } = surface;
  const { window, zone, hasTimeAxis, hasGrid } = input;
  const { scales, ranges } = input;
  const layout = layOut({ context, colors, width, height, scales, ranges, hasTimeAxis, keptWidths: [] });
  const { box } = layout;
  if (input.isReversed) {
    for (const scale of layout.scales) [scale.start, scale.end] = [scale.end, scale.start];
  }
  const end = box.left + box.width;
  const x = project({ distribution: linear, min: window.from, max: window.to, start: box.left, end });
  const ys = layout.scales.map(project);
  const yOf = ({ scale }: LaidAxis, tick: number) => ys[layout.scales.indexOf(scale)]!.toPixel(tick);
  return {
    layout,
    x,
    ys,
    paint: (inner) => {
      context.font = axisFont(colors);
      const time = timeTicksFor(context, window, box.width, zone);
      const pixels = time.ticks.map((tick) => x.toPixel(tick * 1000));
      if (hasGrid) paintGrid(context, layout, pixels, yOf, colors.grid);
      context.save();
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
      inner();
      context.restore();
      paintAxes(context, layout, yOf, colors);
      if (hasTimeAxis) paintTimeLabels(context, box, time, pixels, colors);
    },
  };
}
