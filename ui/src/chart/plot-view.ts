import { text } from '../i18n/text';
import type { Theme } from '../shell/theme';
import { type ChartColors, chartColors } from './colors';
import { joinCrosshair, moveCrosshair } from './crosshair';
import type { TooltipAction } from './graph-model';
import type { PlotBox } from './paint-series';
import { PlotPointer } from './pointer';
import type { Projection } from './scale';
import { Surface } from './surface';
import { hideTooltip, isTooltipPinned, pinTooltip, showTooltip, type TooltipContent } from './tooltip';

/** What is under the pointer. */
export type PlotHit = {
  content: TooltipContent;
  /** Milliseconds, where it stands for a time. */
  time?: number;
  /** What it takes up, to be outlined. */
  box?: PlotBox;
  actions?(): readonly TooltipAction[];
};

/** Where things are after a plot was drawn. */
export type PlotPlaces = {
  box: PlotBox;
  /** Milliseconds to pixels, where the x axis is one of time. */
  x?: Projection;
  at(x: number, y: number): PlotHit | null;
};

export type PlotState = {
  theme: Theme;
  /** Draws everything; another function means that something changed. */
  draw(surface: Surface, colors: ChartColors): PlotPlaces;
  crosshair?: { group: string; mode: 'crosshair' | 'tooltip' };
  /** `false`: nothing is shown for the pointer. */
  hasTooltip: boolean;
  onZoom?(from: number, to: number): void;
  onZoomOut?(): void;
  onAnnotate?(from: number, to: number): void;
};

/** A plot of any kind with its tooltip, its crosshair and its keys; `GraphView` is the one for curves. */
export class PlotView {
  private state: PlotState;
  private places: PlotPlaces | null = null;
  private readonly surface: Surface;
  private readonly pointer: PlotPointer;
  private readonly line = document.createElement('div');
  private readonly outline = document.createElement('div');
  private leaveGroup: (() => void) | undefined;

  constructor(host: HTMLElement, state: PlotState) {
    this.state = state;
    this.surface = new Surface(host, (surface) => {
      this.places = this.state.draw(surface, chartColors(this.state.theme));
    });
    this.line.className = 'chart-crosshair is-follower';
    this.outline.className = 'chart-outline';
    host.append(this.line, this.outline);
    this.pointer = new PlotPointer(host, {
      box: () => this.places?.box ?? null,
      move: (x, y, event) => this.moved(x, y, event),
      leave: () => this.leave(),
      click: (x, y, event) => this.clicked(x, y, event),
      select: (from, to, isAnnotation) => this.selected(from, to, isAnnotation),
      doubleClick: () => {
        hideTooltip(this);
        this.state.onZoomOut?.();
      },
    });
    this.joinGroup();
  }

  destroy(): void {
    this.leaveGroup?.();
    this.pointer.destroy();
    hideTooltip(this);
    this.surface.destroy();
    this.line.remove();
    this.outline.remove();
  }

  update(state: PlotState): void {
    const groupChanged = state.crosshair?.group !== this.state.crosshair?.group;
    const looksOther = state.draw !== this.state.draw || state.theme !== this.state.theme;
    this.state = state;
    if (groupChanged) this.joinGroup();
    if (looksOther) this.surface.request();
  }

  showCrosshair(time: number | null): void {
    const { places } = this;
    const pixel = time === null || !places?.x ? Number.NaN : places.x.toPixel(time);
    const isShown =
      places !== null && pixel >= places.box.left && pixel <= places.box.left + places.box.width;
    this.line.classList.toggle('is-shown', isShown);
    if (!isShown) return;
    this.line.style.height = `${places.box.height}px`;
    this.line.style.transform = `translate(${Math.round(pixel)}px, ${places.box.top}px)`;
  }

  private joinGroup(): void {
    this.leaveGroup?.();
    const { crosshair } = this.state;
    this.leaveGroup = crosshair ? joinCrosshair(crosshair.group, this) : undefined;
  }

  private moved(x: number, y: number, event: PointerEvent): void {
    const { places, state } = this;
    if (!places || isTooltipPinned(this)) return;
    const hit = places.at(x, y);
    if (hit && state.hasTooltip) showTooltip(this, hit.content, event.clientX, event.clientY);
    else hideTooltip(this);
    this.placeOutline(hit?.box);
    if (state.crosshair && places.x)
      moveCrosshair(state.crosshair.group, this, hit?.time ?? places.x.toValue(x));
  }

  private leave(): void {
    if (isTooltipPinned(this)) return;
    hideTooltip(this);
    this.placeOutline(undefined);
    if (this.state.crosshair) moveCrosshair(this.state.crosshair.group, this, null);
  }

  private clicked(x: number, y: number, event: PointerEvent): void {
    const { places, state } = this;
    const hit = places?.at(x, y);
    if (!places || !hit || !state.hasTooltip) return;
    const actions = [...(hit.actions?.() ?? [])];
    const { onAnnotate } = state;
    const { time } = hit;
    if (onAnnotate && time !== undefined) {
      actions.push({ text: text.value.chart.annotate, act: () => onAnnotate(time, time) });
    }
    const close = text.value.common.close;
    pinTooltip(this, { ...hit.content, actions }, event.clientX, event.clientY, close, () => this.leave());
  }

  private selected(fromX: number, toX: number, isAnnotation: boolean): void {
    const { places, state } = this;
    if (!places?.x) return;
    const [from, to] = [places.x.toValue(fromX), places.x.toValue(toX)];
    if (isAnnotation && state.onAnnotate) state.onAnnotate(Math.round(from), Math.round(to));
    else if (to > from) state.onZoom?.(from, to);
  }

  private placeOutline(box: PlotBox | undefined): void {
    this.outline.classList.toggle('is-shown', box !== undefined);
    if (!box) return;
    const { style } = this.outline;
    style.transform = `translate(${box.left}px, ${box.top}px)`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }
}
