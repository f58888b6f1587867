import uPlot from 'uplot';
import { formatTicks, formatValue, tickIncrements } from '../format/units';
import type { Theme } from '../shell/theme';
import { formatDateTime, type Zone } from '../time/zone';
import { joinCrosshair, moveCrosshair } from './crosshair';
import { type ChartModel, type PlotColumns, plotColumns, valueRange } from './model';
import { cancelPaint, type Painter, requestPaint } from './paint-queue';
import { seriesColor, withAlpha } from './palette';
import { hasRoomAtEnd, timeIncrements, timeLabels, timeTickSpace, timeTicks } from './time-axis';
import { hideTooltip, showTooltip, type TooltipRow } from './tooltip';

export type PlotState = ChartModel & {
  theme: Theme;
  zone: Zone;
  hidden: ReadonlySet<string>;
  crosshairGroup?: string;
  moreText(count: number): string;
  onZoom?(startSeconds: number, endSeconds: number): void;
  onZoomOut?(): void;
  /** The point under the cursor in words, for a live region; empty when there is none. */
  onAnnounce?(text: string): void;
};

const maxTooltipRows = 16;
const axisTextSize = 11;
const valueAxisMinWidth = 44;
const timeAxisHeight = 24;
const rightPadding = 8;
/** More curves are drawn finer: they hide each other less, and a line of one pixel paints several times faster. */
const maxBoldSeries = 8;

/**
 * One uPlot and what surrounds it. It lives as long as its element: `update`
 * hands in what to show, and the plot decides whether that needs another
 * uPlot, other data or only another stroke of the same paths.
 *
 * Nothing is drawn while the element is far outside of the viewport.
 */
export class Plot implements Painter {
  private state: PlotState;
  private plot: uPlot | undefined;
  private columns: PlotColumns = { columns: [], isolated: [], bands: [] };
  /** What the present uPlot was built for; another value needs another uPlot. */
  private builtFor = '';
  private drawnState: PlotState | undefined;
  private width = 0;
  private height = 0;
  private isNear = false;
  private axisWidth = valueAxisMinWidth;
  private highlighted: string | null = null;
  private focusedIndex: number | null = null;
  private pointer: 'none' | 'mouse' | 'keyboard' = 'none';
  private leaveGroup: (() => void) | undefined;
  private readonly follower: HTMLDivElement;
  private readonly marker: HTMLDivElement;
  private colors = readColors();
  private readonly fontFamily: string;

  constructor(
    private readonly host: HTMLElement,
    state: PlotState,
  ) {
    this.state = state;
    this.fontFamily = getComputedStyle(host).fontFamily;
    this.follower = document.createElement('div');
    this.follower.className = 'chart-follower';
    this.marker = document.createElement('div');
    this.marker.className = 'chart-marker';
    watchedPlots.set(host, this);
    resizes().observe(host);
    intersections().observe(host);
    this.joinGroup();
  }

  destroy(): void {
    resizes().unobserve(this.host);
    intersections().unobserve(this.host);
    watchedPlots.delete(this.host);
    cancelPaint(this);
    this.leaveGroup?.();
    hideTooltip(this);
    this.plot?.destroy();
  }

  update(state: PlotState): void {
    const groupChanged = state.crosshairGroup !== this.state.crosshairGroup;
    const themeChanged = state.theme !== this.state.theme;
    this.state = state;
    if (groupChanged) this.joinGroup();
    if (themeChanged) this.colors = readColors();
    this.request();
  }

  /** Brings one series forward, as pointing at its legend entry does. */
  highlight(name: string | null): void {
    if (this.highlighted === name) return;
    this.highlighted = name;
    this.focusSeries(name === null ? null : this.state.series.findIndex((series) => series.name === name));
  }

  setNear(isNear: boolean): void {
    this.isNear = isNear;
    if (isNear) this.request();
  }

  /** Moves the cursor by points, as the arrow keys do. Returns whether there was somewhere to go. */
  moveCursor(points: number): boolean {
    const plot = this.plot;
    const { times } = this.state;
    if (!plot || times.length === 0) return false;
    const from = plot.cursor.idx ?? (points > 0 ? -1 : times.length);
    const index = Math.min(times.length - 1, Math.max(0, from + points));
    this.pointer = 'keyboard';
    plot.setCursor({ left: plot.valToPos(times[index]!, 'x'), top: plot.over.clientHeight / 2 });
    return true;
  }

  clearCursor(): void {
    this.plot?.setCursor({ left: -10, top: -10 });
    this.leave();
  }

  measure(): void {
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
  }

  paint(): void {
    if (!this.isNear || this.width === 0 || this.height === 0) return;
    const { state } = this;
    const drawn = this.drawnState;
    const dataChanged =
      !drawn ||
      drawn.times !== state.times ||
      drawn.series !== state.series ||
      drawn.hidden !== state.hidden ||
      drawn.mode !== state.mode;
    if (dataChanged) this.columns = plotColumns(state, state.hidden);
    const wanted = this.structure();
    const data = [state.times as unknown as number[], ...this.columns.columns] as uPlot.AlignedData;
    this.drawnState = state;
    if (!this.plot || this.builtFor !== wanted) {
      this.plot?.destroy();
      this.builtFor = wanted;
      this.plot = new uPlot(this.options(), data, this.host);
      this.plot.over.append(this.follower, this.marker);
      return;
    }
    if (this.plot.width !== this.width || this.plot.height !== this.height) {
      this.plot.setSize({ width: this.width, height: this.height });
    }
    state.series.forEach((series, index) => {
      this.plot!.series[index + 1]!.show = !state.hidden.has(series.name);
    });
    // Setting data measures scales and axes anew, which limits and zones need too.
    this.plot.setData(data);
  }

  showCrosshair(timeSeconds: number | null): void {
    const { plot, follower } = this;
    if (!plot) return;
    const left = timeSeconds === null ? -1 : plot.valToPos(timeSeconds, 'x');
    const isShown = left >= 0 && left <= plot.over.clientWidth;
    follower.classList.toggle('is-shown', isShown);
    if (isShown) follower.style.transform = `translateX(${Math.round(left)}px)`;
  }

  request(): void {
    if (this.isNear) requestPaint(this);
  }

  private joinGroup(): void {
    this.leaveGroup?.();
    const { crosshairGroup } = this.state;
    this.leaveGroup = crosshairGroup ? joinCrosshair(crosshairGroup, this) : undefined;
  }

  private structure(): string {
    const { series, mode, unit, onZoom } = this.state;
    return JSON.stringify([
      mode,
      unit,
      onZoom !== undefined,
      this.columns.bands,
      series.map(({ name, reference, negative }) => [name, reference, negative]),
    ]);
  }

  private color(index: number): string {
    const { series, theme } = this.state;
    const color = series[index]?.color ?? index;
    return typeof color === 'number' ? seriesColor(color, theme) : color;
  }

  private options(): uPlot.Options {
    const font = this.font();
    const { mode, series, unit } = this.state;
    const grid: uPlot.Axis.Grid = { stroke: () => this.colors.grid, width: 1 };
    const fillAlpha = { line: 0, area: 0.16, stacked: 0.42 }[mode];
    return {
      width: this.width,
      height: this.height,
      legend: { show: false },
      focus: { alpha: 0.3 },
      padding: [8, rightPadding, 0, 0],
      scales: {
        x: { time: true, range: () => this.timeRange() },
        y: { range: (_, min, max) => valueRange(min, max, this.state, tickIncrements(this.state.unit)) },
      },
      axes: [
        {
          font,
          size: timeAxisHeight,
          gap: 6,
          grid,
          ticks: { show: false },
          stroke: () => this.colors.axis,
          incrs: timeIncrements,
          space: (_, __, min, max, size) => timeTickSpace(max - min, size),
          splits: (_, __, min, max, increment) => timeTicks(min, max, increment, this.state.zone),
          values: (plot, ticks, __, ___, increment) => this.timeLabels(plot, ticks, increment),
        },
        {
          font,
          gap: 6,
          grid,
          ticks: { show: false },
          stroke: () => this.colors.axis,
          incrs: tickIncrements(unit),
          space: 32,
          size: (plot, labels) => this.reserveAxisWidth(plot, labels),
          values: (_, ticks) => this.valueLabels(ticks),
        },
      ],
      series: [
        {},
        ...series.map((one, index): uPlot.Series => {
          const filled = fillAlpha > 0 && !one.reference;
          return {
            label: one.name,
            show: !this.state.hidden.has(one.name),
            stroke: () => this.color(index),
            fill: filled ? () => withAlpha(this.color(index), fillAlpha) : undefined,
            fillTo: 0,
            width: (mode === 'stacked' && !one.reference) || series.length > maxBoldSeries ? 1 : 1.5,
            dash: one.reference ? [4, 4] : undefined,
            points: {
              show: false,
              size: 4,
              width: 0,
              fill: () => this.color(index),
              filter: () => {
                const points = this.columns.isolated[index];
                return points?.length ? points : null;
              },
            },
          };
        }),
      ],
      bands: this.columns.bands.map(([upper, lower]) => ({
        series: [upper + 1, lower + 1] as [number, number],
      })),
      cursor: {
        x: true,
        y: false,
        points: { show: false },
        focus: { prox: -1 },
        drag: { x: this.state.onZoom !== undefined, y: false, setScale: false, dist: 4 },
        bind: {
          mousemove: (_, __, handler) => (event) => {
            this.pointer = 'mouse';
            handler(event);
            return null;
          },
          dblclick: () => () => {
            this.state.onZoomOut?.();
            return null;
          },
        },
      },
      hooks: {
        setCursor: [(plot) => this.cursorMoved(plot)],
        setSelect: [(plot) => this.selected(plot)],
        drawAxes: [(plot) => this.drawZero(plot)],
        draw: [(plot) => this.drawThresholds(plot)],
      },
    };
  }

  private timeRange(): [number, number] {
    const { window, times } = this.state;
    if (window) return [window.startSeconds, window.endSeconds];
    const first = times[0] ?? Date.now() / 1000 - 3600;
    const last = times.at(-1) ?? first + 3600;
    return last > first ? [first, last] : [first - 1, first + 1];
  }

  /** Labels of the time axis, without the last one where the edge would cut it. */
  private timeLabels(plot: uPlot, ticks: number[], increment: number): string[] {
    const labels = timeLabels(ticks, increment, this.state.zone);
    const last = labels.at(-1);
    if (last === undefined) return labels;
    plot.ctx.font = this.font(devicePixelRatio);
    const labelWidth = plot.ctx.measureText(last).width / devicePixelRatio;
    // The plot's own width: what the value axis takes is only settled while the axes are measured.
    const plotWidth = plot.bbox.width / devicePixelRatio;
    if (!hasRoomAtEnd(ticks.at(-1)!, this.timeRange(), labelWidth, plotWidth, rightPadding)) {
      labels[labels.length - 1] = '';
    }
    return labels;
  }

  private font(scale = 1): string {
    return `${axisTextSize * scale}px ${this.fontFamily}`;
  }

  private valueLabels(ticks: number[]): string[] {
    const mirrored = this.state.series.some((series) => series.negative);
    return formatTicks(mirrored ? ticks.map(Math.abs) : ticks, this.state.unit);
  }

  /** The axis grows when a label needs it and does not shrink again: a refresh must not move the curves. */
  private reserveAxisWidth({ ctx }: uPlot, labels: string[] | null): number {
    ctx.font = this.font();
    const widest = Math.max(0, ...(labels ?? []).map((label) => ctx.measureText(label).width));
    this.axisWidth = Math.max(this.axisWidth, Math.ceil((widest + 12) / 4) * 4);
    return this.axisWidth;
  }

  private cursorMoved(plot: uPlot): void {
    const { left = -1, top = -1, idx } = plot.cursor;
    if (left < 0 || idx === null || idx === undefined || this.pointer === 'none') {
      this.leave();
      return;
    }
    const { state } = this;
    const time = state.times[idx];
    if (time === undefined) return;
    const nearest = this.nearestSeries(plot, idx, top);
    const content = this.tooltipRows(idx, nearest);
    const rect = plot.rect;
    const title = formatDateTime(time, state.zone);
    if (content.rows.length > 0) {
      showTooltip(this, { title, ...content }, rect.left + left, rect.top + top);
    } else {
      hideTooltip(this);
    }
    if (this.highlighted === null) this.focusSeries(content.rows.length > 1 ? nearest : null);
    this.placeMarker(plot, idx, nearest);
    if (state.crosshairGroup) moveCrosshair(state.crosshairGroup, this, time);
    if (this.pointer === 'keyboard') {
      state.onAnnounce?.(`${title}. ${content.rows.map(({ name, value }) => `${name} ${value}`).join(', ')}`);
    }
  }

  private leave(): void {
    if (this.pointer === 'none') return;
    this.pointer = 'none';
    hideTooltip(this);
    this.marker.classList.remove('is-shown');
    if (this.highlighted === null) this.focusSeries(null);
    const { crosshairGroup } = this.state;
    if (crosshairGroup) moveCrosshair(crosshairGroup, this, null);
    this.state.onAnnounce?.('');
  }

  /** The series whose curve is closest to the cursor; in a stack, the one whose band the cursor is in. */
  private nearestSeries(plot: uPlot, index: number, top: number): number | null {
    const { series, hidden, mode } = this.state;
    const value = plot.posToVal(top, 'y');
    let nearest: number | null = null;
    let leastDistance = Number.POSITIVE_INFINITY;
    for (let i = 0; i < series.length; i++) {
      const drawn = this.columns.columns[i]?.[index];
      if (drawn === null || drawn === undefined || hidden.has(series[i]!.name)) continue;
      let distance = Math.abs(drawn - value);
      if (mode === 'stacked' && !series[i]!.reference) {
        const isInside = series[i]!.negative ? drawn <= value : drawn >= value;
        distance = isInside ? distance : distance + 1e300;
      }
      if (distance < leastDistance) {
        leastDistance = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  private tooltipRows(index: number, nearest: number | null): { rows: TooltipRow[]; moreText: string } {
    const { series, hidden, unit, decimals, moreText } = this.state;
    const present = series
      .map(({ name, values }, i) => ({ name, value: values[index]!, i }))
      .filter(({ name, value }) => !Number.isNaN(value) && !hidden.has(name))
      .sort((a, b) => b.value - a.value);
    let shown = present;
    if (present.length > maxTooltipRows) {
      // Around the nearest, so that pointing at a curve always shows it.
      const at = present.findIndex(({ i }) => i === nearest);
      const first = Math.min(Math.max(0, at - maxTooltipRows / 2), present.length - maxTooltipRows);
      shown = present.slice(first, first + maxTooltipRows);
    }
    return {
      rows: shown.map(({ name, value, i }) => ({
        name,
        color: this.color(i),
        value: formatValue(value, unit, decimals),
        nearest: i === nearest && present.length > 1,
      })),
      moreText: present.length > shown.length ? moreText(present.length - shown.length) : '',
    };
  }

  private placeMarker(plot: uPlot, index: number, nearest: number | null): void {
    const value = nearest === null ? null : this.columns.columns[nearest]?.[index];
    const isShown = value !== null && value !== undefined;
    this.marker.classList.toggle('is-shown', isShown);
    if (!isShown) return;
    const left = plot.valToPos(this.state.times[index]!, 'x');
    const top = plot.valToPos(value, 'y');
    this.marker.style.background = this.color(nearest!);
    this.marker.style.transform = `translate(${left}px, ${top}px)`;
  }

  private focusSeries(index: number | null): void {
    const { plot } = this;
    if (!plot || this.focusedIndex === index) return;
    this.focusedIndex = index;
    if (index === null || index < 0) plot.setSeries(null, { focus: true });
    else plot.setSeries(index + 1, { focus: true });
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const start = plot.posToVal(left, 'x');
    const end = plot.posToVal(left + width, 'x');
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (end > start) this.state.onZoom?.(start, end);
  }

  /** A mirrored chart needs to show where its two halves meet. */
  private drawZero(plot: uPlot): void {
    if (!this.state.series.some((series) => series.negative)) return;
    this.drawLine(plot, 0, this.colors.axis, []);
  }

  private drawThresholds(plot: uPlot): void {
    for (const { value, level } of this.state.thresholds ?? []) {
      this.drawLine(plot, value, level === 'bad' ? this.colors.bad : this.colors.warn, [6, 4]);
    }
  }

  private drawLine(plot: uPlot, value: number, color: string, dash: number[]): void {
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5;
    if (y < bbox.top || y > bbox.top + bbox.height + 1) return;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = Math.max(1, Math.round(devicePixelRatio));
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
}

type Colors = { axis: string; grid: string; warn: string; bad: string };

function readColors(): Colors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { axis: read('--axis-text'), grid: read('--grid-line'), warn: read('--warn'), bad: read('--bad') };
}

const watchedPlots = new WeakMap<Element, Plot>();
let resizeObserver: ResizeObserver | undefined;
let intersectionObserver: IntersectionObserver | undefined;

function resizes(): ResizeObserver {
  resizeObserver ??= new ResizeObserver((entries) => {
    for (const { target } of entries) watchedPlots.get(target)?.request();
  });
  return resizeObserver;
}

function intersections(): IntersectionObserver {
  intersectionObserver ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watchedPlots.get(target)?.setNear(isIntersecting);
    },
    { rootMargin: '400px' },
  );
  return intersectionObserver;
}
