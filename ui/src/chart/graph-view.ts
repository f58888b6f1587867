import { withOpacity } from '../frame/colors';
import type { AnnotationMark } from '../panels/plugin';
import { AnnotationFlags } from './annotation-flags';
import { type Arranged, arrange, extentOf } from './arrange';
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
import { type ChartColors, chartColors } from './colors';
import { GraphCursor } from './graph-cursor';
import type { GraphState } from './graph-model';
import { paintSeries } from './paint-series';
import { type Projection, project } from './scale';
import { Surface } from './surface';

/** Where everything is, as it was painted last. */
export type Painted = {
  layout: Layout;
  x: Projection;
  ys: Projection[];
  arranged: readonly Arranged[];
};

const dimmed = 0.25;

/**
 * A graph over time in its element. `update` hands in what to show; only what
 * changed is worked out anew, and everything is painted in the next frame.
 */
export class GraphView {
  state: GraphState;
  painted: Painted | null = null;
  private readonly surface: Surface;
  private readonly cursor: GraphCursor;
  private readonly flags: AnnotationFlags;
  private arranged: readonly Arranged[] = [];
  private arrangedFor: Pick<GraphState, 'hidden'> & { series: unknown } = { series: null, hidden: new Set() };
  private keptWidths: number[] = [];
  private keptFor = '';
  /** Ids of the series that stand out; the others are dimmed. */
  private highlighted: string | null = null;
  private pointedAt: string | null = null;

  constructor(host: HTMLElement, state: GraphState) {
    this.state = state;
    this.surface = new Surface(host, () => this.paint());
    this.flags = new AnnotationFlags(host);
    this.cursor = new GraphCursor(host, this);
  }

  destroy(): void {
    this.cursor.destroy();
    this.flags.destroy();
    this.surface.destroy();
  }

  update(state: GraphState): void {
    const crosshairChanged = state.crosshair?.group !== this.state.crosshair?.group;
    this.state = state;
    if (crosshairChanged) this.cursor.joinGroup();
    this.surface.request();
  }

  /** Brings one series forward, as pointing at its legend entry does. */
  highlight(id: string | null): void {
    this.highlighted = id;
    this.surface.request();
  }

  /** The same, by the pointer on the graph itself. */
  pointAt(id: string | null): void {
    if (this.pointedAt === id) return;
    this.pointedAt = id;
    if (this.highlighted === null) this.surface.request();
  }

  moveCursor(points: number): boolean {
    return this.cursor.moveByPoints(points);
  }

  clearCursor(): void {
    this.cursor.leave();
  }

  private paint(): void {
    const { state, surface } = this;
    const { graph, window, hidden } = state;
    const { context } = surface;
    const colors = chartColors(state.theme);
    if (this.arrangedFor.series !== graph.series || this.arrangedFor.hidden !== hidden) {
      this.arranged = arrange(graph.series, hidden);
      this.arrangedFor = { series: graph.series, hidden };
    }
    const layout = this.layout(colors);
    const { box } = layout;
    const x = project({
      distribution: { type: 'linear' },
      min: window.from,
      max: window.to,
      start: box.left,
      end: box.left + box.width,
    });
    const ys = layout.scales.map(project);
    this.painted = { layout, x, ys, arranged: this.arranged };
    const yOf = ({ scale }: LaidAxis, tick: number) => ys[layout.scales.indexOf(scale)]!.toPixel(tick);
    context.font = axisFont(colors);
    const time = timeTicksFor(context, window, box.width, state.zone);
    const timePixels = time.ticks.map((tick) => x.toPixel(tick * 1000));
    paintGrid(context, layout, timePixels, yOf, colors.grid);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top - 1, box.width, box.height + 2);
    context.clip();
    this.paintThresholds('area');
    this.paintAnnotations();
    this.paintAllSeries(colors);
    this.paintThresholds('line');
    this.paintExemplars(colors);
    context.restore();
    paintAxes(context, layout, yOf, colors);
    if (graph.hasTimeAxis) paintTimeLabels(context, box, time, timePixels, colors);
    this.flags.place(state, box, x);
    this.cursor.painted();
  }

  private layout(colors: ChartColors): Layout {
    const { graph, window, hidden } = this.state;
    const { context, width, height } = this.surface;
    const ranges = graph.scales.map((scale, index) => {
      const isLog = scale.distribution.type === 'log';
      const [min, max] = extentOf(this.arranged, index, window, hidden, isLog);
      return scale.range(min, max);
    });
    const shape = graph.scales.map(({ axis }) => `${axis?.side} ${axis?.width} ${axis?.label}`).join();
    if (shape !== this.keptFor) this.keptWidths = [];
    this.keptFor = shape;
    return layOut({
      context,
      colors,
      width,
      height,
      scales: graph.scales,
      ranges,
      hasTimeAxis: graph.hasTimeAxis,
      keptWidths: this.keptWidths,
    });
  }

  private paintAllSeries(colors: ChartColors): void {
    const { layout, x, ys } = this.painted!;
    const { hidden, window } = this.state;
    const { context, ratio } = this.surface;
    const forward = this.highlighted ?? this.pointedAt;
    const font = axisFont(colors);
    for (const one of this.arranged) {
      const { id, isInvisible, scale } = one.series;
      if (isInvisible || hidden.has(id)) continue;
      context.globalAlpha = forward === null || forward === id ? 1 : dimmed;
      const range = layout.scales[scale]!;
      paintSeries(
        { context, box: layout.box, x, y: ys[scale]!, range, window, ratio, font, textColor: colors.text },
        one,
      );
    }
    context.globalAlpha = 1;
  }

  private paintThresholds(kind: 'line' | 'area'): void {
    const { layout, ys } = this.painted!;
    const { context } = this.surface;
    const { box } = layout;
    for (const threshold of this.state.graph.thresholds) {
      if (threshold.kind !== kind) continue;
      const y = ys[threshold.scale]!;
      const { min, max } = layout.scales[threshold.scale]!;
      if (threshold.kind === 'area') {
        const top = y.toPixel(Math.min(max, threshold.to));
        const bottom = y.toPixel(Math.max(min, threshold.from));
        if (!(bottom > top)) continue;
        context.fillStyle = withOpacity(threshold.color, 0.15);
        context.fillRect(box.left, top, box.width, bottom - top);
        continue;
      }
      const pixel = Math.round(y.toPixel(threshold.value)) + 0.5;
      if (!(pixel >= box.top && pixel <= box.top + box.height + 1)) continue;
      context.strokeStyle = threshold.color;
      context.lineWidth = 1.5;
      context.setLineDash(threshold.dash as number[]);
      context.beginPath();
      context.moveTo(box.left, pixel);
      context.lineTo(box.left + box.width, pixel);
      context.stroke();
      context.setLineDash([]);
    }
  }

  private paintAnnotations(): void {
    const { layout, x } = this.painted!;
    const { context } = this.surface;
    const { top, height } = layout.box;
    for (const { time, timeEnd, color } of this.state.annotations) {
      const ends = regionEnds({ time, timeEnd }).map((end) => Math.round(x.toPixel(end)) + 0.5);
      if (ends.length > 1) {
        context.fillStyle = withOpacity(color, 0.12);
        context.fillRect(ends[0]!, top, ends[1]! - ends[0]!, height);
      }
      context.strokeStyle = color;
      context.lineWidth = 1;
      context.setLineDash([4, 4]);
      context.beginPath();
      for (const end of ends) {
        context.moveTo(end, top);
        context.lineTo(end, top + height);
      }
      context.stroke();
      context.setLineDash([]);
    }
  }

  private paintExemplars(colors: ChartColors): void {
    const { x, ys } = this.painted!;
    const { context } = this.surface;
    const { exemplars } = this.state.graph;
    if (exemplars.length === 0) return;
    context.fillStyle = colors.axis;
    context.strokeStyle = colors.surface;
    context.lineWidth = 1;
    context.beginPath();
    for (const { time, value, scale } of exemplars) {
      const [left, top] = [x.toPixel(time), ys[scale]!.toPixel(value)];
      context.moveTo(left, top - 4);
      context.lineTo(left + 4, top);
      context.lineTo(left, top + 4);
      context.lineTo(left - 4, top);
      context.closePath();
    }
    context.fill();
    context.stroke();
  }
}

/** One time, or the two of a region. */
function regionEnds({ time, timeEnd }: Pick<AnnotationMark, 'time' | 'timeEnd'>): number[] {
  return timeEnd !== undefined && timeEnd > time ? [time, timeEnd] : [time];
}
