import { text } from '../i18n/text';
import { formatDateTime } from '../time/zone';
import { type Arranged, indexFrom, nearestIndex, typicalStep } from './arrange';
import { joinCrosshair, moveCrosshair } from './crosshair';
import type { ExemplarMark, GraphState } from './graph-model';
import type { Painted } from './graph-view';
import { PlotPointer } from './pointer';
import { hideTooltip, isTooltipPinned, pinTooltip, showTooltip, type TooltipContent } from './tooltip';

/** What the cursor asks of the graph that it moves over. */
export type CursorOwner = {
  readonly state: GraphState;
  readonly painted: Painted | null;
  pointAt(id: string | null): void;
};

/** What stands at one time. Indexes are those of the arranged series. */
type Hover = {
  time: number;
  found: { index: number; at: number; value: number }[];
  nearest: number | null;
};

const maxRows = 16;

/** The crosshair of a graph, its tooltip, and what the pointer and the keys do. */
export class GraphCursor {
  private readonly line = document.createElement('div');
  private readonly marker = document.createElement('div');
  private readonly pointer: PlotPointer;
  private leaveGroup: (() => void) | undefined;
  private by: 'none' | 'pointer' | 'keyboard' | 'group' = 'none';
  private time: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly owner: CursorOwner,
  ) {
    this.line.className = 'chart-crosshair';
    this.marker.className = 'chart-marker';
    host.append(this.line, this.marker);
    this.pointer = new PlotPointer(host, {
      box: () => owner.painted?.layout.box ?? null,
      move: (x, y, event) => this.moved(x, y, event),
      leave: () => this.by === 'pointer' && this.leave(),
      click: (x, y, event) => this.clicked(x, y, event),
      select: (from, to, isAnnotation) => this.selected(from, to, isAnnotation),
      doubleClick: () => {
        hideTooltip(this);
        owner.state.onZoomOut?.();
      },
    });
    this.joinGroup();
  }

  destroy(): void {
    this.pointer.destroy();
    this.leaveGroup?.();
    hideTooltip(this);
    this.line.remove();
    this.marker.remove();
  }

  joinGroup(): void {
    this.leaveGroup?.();
    const { crosshair } = this.owner.state;
    this.leaveGroup = crosshair ? joinCrosshair(crosshair.group, this) : undefined;
  }

  /** The graph was painted anew: things may lie elsewhere. */
  painted(): void {
    if (this.time === null) return;
    if (this.by === 'keyboard') this.show(this.time, null, null);
    else if (this.by === 'group') this.showCrosshair(this.time);
  }

  showCrosshair(time: number | null): void {
    if (isTooltipPinned(this)) return;
    if (time === null) {
      if (this.by === 'group') this.leave();
      return;
    }
    const { state, painted } = this.owner;
    if (!painted) return;
    this.by = 'group';
    this.time = time;
    this.placeLine(time);
    if (state.crosshair?.mode !== 'tooltip') return;
    const rect = this.host.getBoundingClientRect();
    const isInSight = rect.bottom > 0 && rect.top < window.innerHeight && rect.width > 0;
    const x = painted.x.toPixel(time);
    const { left, width, top } = painted.layout.box;
    const hover = isInSight && x >= left && x <= left + width ? this.hoverAt(time, null) : null;
    const content = hover && this.content(hover);
    if (content && content.rows.length > 0) showTooltip(this, content, rect.left + x, rect.top + top + 20);
    else hideTooltip(this);
  }

  /** Moves by points, as the arrow keys do. Returns whether there was somewhere to go. */
  moveByPoints(points: number): boolean {
    const times = this.longestTimes();
    if (!times || times.length === 0) return false;
    const { from, to } = this.owner.state.window;
    const first = indexFrom(times, from);
    const last = indexFrom(times, to + 1) - 1;
    if (last < first) return false;
    const at = this.time === null ? (points > 0 ? first - 1 : last + 1) : nearestIndex(times, this.time);
    const index = Math.min(last, Math.max(first, at + points));
    this.by = 'keyboard';
    this.show(times[index]!, null, null);
    return true;
  }

  leave(): void {
    if (this.by === 'none' || isTooltipPinned(this)) return;
    const wasOwn = this.by !== 'group';
    this.by = 'none';
    this.time = null;
    hideTooltip(this);
    this.line.classList.remove('is-shown');
    this.marker.classList.remove('is-shown');
    this.owner.pointAt(null);
    const { crosshair, onAnnounce } = this.owner.state;
    if (crosshair && wasOwn) moveCrosshair(crosshair.group, this, null);
    if (wasOwn) onAnnounce?.('');
  }

  private moved(x: number, y: number, event: PointerEvent): void {
    const { painted } = this.owner;
    if (!painted || isTooltipPinned(this)) return;
    this.by = 'pointer';
    const exemplar = this.exemplarAt(x, y);
    if (exemplar) {
      showTooltip(this, this.exemplarContent(exemplar), event.clientX, event.clientY);
      return;
    }
    this.show(painted.x.toValue(x), y, event);
  }

  private show(pointed: number, y: number | null, event: PointerEvent | null): void {
    const { state, painted } = this.owner;
    if (!painted) return;
    const hover = this.hoverAt(pointed, y);
    this.time = hover?.time ?? pointed;
    this.placeLine(this.time);
    this.placeMarker(hover);
    if (state.crosshair) moveCrosshair(state.crosshair.group, this, this.time);
    const content = hover && this.content(hover);
    if (!hover || !content || content.rows.length === 0) {
      hideTooltip(this);
      this.owner.pointAt(null);
      return;
    }
    this.owner.pointAt(hover.found.length > 1 && hover.nearest !== null ? this.idOf(hover.nearest) : null);
    if (state.tooltip.mode === 'none') hideTooltip(this);
    else showTooltip(this, content, ...this.clientPlace(hover, event));
    if (this.by === 'keyboard') {
      const words = content.rows.map(({ name, value }) => `${name} ${value}`).join(', ');
      state.onAnnounce?.(`${content.title}. ${words}`);
    }
  }

  private clientPlace({ time }: Hover, event: PointerEvent | null): [number, number] {
    if (event) return [event.clientX, event.clientY];
    const rect = this.host.getBoundingClientRect();
    const { x, layout } = this.owner.painted!;
    return [rect.left + x.toPixel(time), rect.top + layout.box.top + layout.box.height / 2];
  }

  private clicked(x: number, y: number, event: PointerEvent): void {
    const { state, painted } = this.owner;
    if (!painted) return;
    if (event.pointerType === 'touch') this.moved(x, y, event);
    if (state.tooltip.mode === 'none' || !state.actionsFor) return;
    const hover = this.hoverAt(painted.x.toValue(x), y);
    const content = hover && this.content(hover, true);
    if (!hover || !content || content.rows.length === 0) return;
    const nearest = hover.found.find(({ index }) => index === hover.nearest);
    const series = nearest && painted.arranged[nearest.index]!.series;
    const actions = series ? [...state.actionsFor(series, nearIndex(series.times, hover.time))] : [];
    const { onAnnotate } = state;
    if (onAnnotate) {
      actions.push({ text: text.value.chart.annotate, act: () => onAnnotate(hover.time, hover.time) });
    }
    const end = () => this.leave();
    pinTooltip(this, { ...content, actions }, event.clientX, event.clientY, text.value.common.close, end);
  }

  private selected(fromX: number, toX: number, isAnnotation: boolean): void {
    const { state, painted } = this.owner;
    if (!painted) return;
    const [from, to] = [painted.x.toValue(fromX), painted.x.toValue(toX)];
    if (isAnnotation && state.onAnnotate) state.onAnnotate(Math.round(from), Math.round(to));
    else if (to > from) state.onZoom?.(from, to);
  }

  /** The values at the time that is closest to where was pointed. */
  private hoverAt(pointed: number, y: number | null): Hover | null {
    const { state, painted } = this.owner;
    const { arranged, ys } = painted!;
    const { hidden, window } = state;
    let time = Number.NaN;
    let checked: Float64Array | null = null;
    const watched: number[] = [];
    arranged.forEach(({ series }, index) => {
      if (hidden.has(series.id) || !series.isInTooltip) return;
      watched.push(index);
      if (series.times === checked) return;
      checked = series.times;
      const candidate = series.times[nearestIndex(series.times, pointed)];
      if (candidate === undefined || candidate < window.from || candidate > window.to) return;
      if (!(Math.abs(time - pointed) <= Math.abs(candidate - pointed))) time = candidate;
    });
    if (Number.isNaN(time)) return null;
    const found: Hover['found'] = [];
    let nearest: number | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const index of watched) {
      const one = arranged[index]!;
      const at = nearIndex(one.series.times, time);
      const value = at < 0 ? Number.NaN : one.series.values[at]!;
      if (Number.isNaN(value)) continue;
      found.push({ index, at, value });
      if (y === null || one.series.isInvisible) continue;
      const distance = distanceTo(one, time, y, ys[one.series.scale]!);
      if (distance < least) {
        least = distance;
        nearest = index;
      }
    }
    return { time, found, nearest };
  }

  private content(hover: Hover, isWhole = false): TooltipContent {
    const { state, painted } = this.owner;
    const { tooltip, zone, moreText } = state;
    let found = hover.found;
    if (tooltip.hidesZeros) found = found.filter(({ value }) => value !== 0);
    // Only a pointer says which series is meant.
    if (tooltip.mode === 'single' && this.by === 'pointer') {
      found = found.filter(({ index }) => index === hover.nearest);
    }
    if (tooltip.sort !== 'none') {
      const sign = tooltip.sort === 'asc' ? 1 : -1;
      found = [...found].sort((a, b) => sign * (a.value - b.value));
    }
    let shown = found;
    if (!isWhole && found.length > maxRows) {
      // Around the nearest, so that pointing at a curve always shows it.
      const at = found.findIndex(({ index }) => index === hover.nearest);
      const first = Math.min(Math.max(0, at - maxRows / 2), found.length - maxRows);
      shown = found.slice(first, first + maxRows);
    }
    return {
      title: formatDateTime(hover.time / 1000, zone),
      rows: shown.map(({ index, value }) => {
        const { label, color, format } = painted!.arranged[index]!.series;
        return {
          name: label,
          color,
          value: format(value),
          nearest: index === hover.nearest && found.length > 1,
        };
      }),
      moreText: found.length > shown.length ? moreText(found.length - shown.length) : '',
      maxWidth: tooltip.maxWidth,
      maxHeight: isWhole ? (tooltip.maxHeight ?? 400) : undefined,
    };
  }

  private exemplarAt(x: number, y: number): ExemplarMark | null {
    const { state, painted } = this.owner;
    for (const exemplar of state.graph.exemplars) {
      const left = painted!.x.toPixel(exemplar.time);
      const top = painted!.ys[exemplar.scale]!.toPixel(exemplar.value);
      if (Math.abs(left - x) <= 5 && Math.abs(top - y) <= 5) return exemplar;
    }
    return null;
  }

  private exemplarContent({ time, labels }: ExemplarMark): TooltipContent {
    const { zone } = this.owner.state;
    const rows = Object.entries(labels).map(([name, value]) => ({
      name,
      value,
      color: 'transparent',
      nearest: false,
    }));
    return { title: formatDateTime(time / 1000, zone), rows };
  }

  private placeLine(time: number): void {
    const { x, layout } = this.owner.painted!;
    const { left, top, width, height } = layout.box;
    const pixel = x.toPixel(time);
    const isShown = pixel >= left && pixel <= left + width;
    this.line.classList.toggle('is-shown', isShown);
    this.line.classList.toggle('is-follower', this.by === 'group');
    if (!isShown) return;
    this.line.style.height = `${height}px`;
    this.line.style.transform = `translate(${Math.round(pixel)}px, ${top}px)`;
  }

  private placeMarker(hover: Hover | null): void {
    const one = hover?.nearest == null ? null : this.owner.painted!.arranged[hover.nearest]!;
    const at = one ? nearIndex(one.times, hover!.time) : -1;
    const top =
      one && at >= 0 ? this.owner.painted!.ys[one.series.scale]!.toPixel(one.drawn[at]!) : Number.NaN;
    const isShown = Number.isFinite(top);
    this.marker.classList.toggle('is-shown', isShown);
    if (!isShown) return;
    const left = this.owner.painted!.x.toPixel(one!.times[at]!);
    this.marker.style.background = one!.series.color;
    this.marker.style.transform = `translate(${left}px, ${top}px)`;
  }

  private idOf(index: number): string {
    return this.owner.painted!.arranged[index]!.series.id;
  }

  private longestTimes(): Float64Array | null {
    const { state, painted } = this.owner;
    let longest: Float64Array | null = null;
    for (const { series } of painted?.arranged ?? []) {
      if (!state.hidden.has(series.id) && series.times.length > (longest?.length ?? 0))
        longest = series.times;
    }
    return longest;
  }
}

/** Index of a time, or of one so close that it means the same moment; -1 where the series has none. */
function nearIndex(times: Float64Array, time: number): number {
  const at = nearestIndex(times, time);
  if (at < 0) return -1;
  return Math.abs(times[at]! - time) <= typicalStep(times) * 0.51 ? at : -1;
}

/** Pixels between a pointer and what a series draws at a time; 0 within its part of a stack. */
function distanceTo(
  { series, times, drawn, base }: Arranged,
  time: number,
  y: number,
  scale: { toPixel(value: number): number },
): number {
  const at = nearIndex(times, time);
  if (at < 0) return Number.POSITIVE_INFINITY;
  const top = scale.toPixel(drawn[at]!);
  if (series.stack) {
    const foot = scale.toPixel(base?.[at] ?? 0);
    if (y >= Math.min(top, foot) && y <= Math.max(top, foot)) return 0;
    return Math.abs(top - y) + 1;
  }
  return Math.abs(top - y);
}
