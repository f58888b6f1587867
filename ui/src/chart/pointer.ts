import type { PlotBox } from './paint-series';

/** What a plot does with the pointer. Places are CSS pixels from the host's corner. */
export type PointerHandlers = {
  /** Where data are drawn now. */
  box(): PlotBox | null;
  move(x: number, y: number, event: PointerEvent): void;
  leave(): void;
  click?(x: number, y: number, event: PointerEvent): void;
  /** A stretch of the x axis was marked; with shift, ctrl or cmd it is to be annotated. */
  select?(fromX: number, toX: number, isAnnotation: boolean): void;
  doubleClick?(): void;
};

/** Pixels that a hand may shake without meaning to drag. */
const dragDistance = 4;

/** Hovering, clicking and marking a stretch, the same in every chart. */
export class PlotPointer {
  private readonly selection = document.createElement('div');
  private readonly abort = new AbortController();
  private start: { x: number; y: number; id: number; isAnnotation: boolean } | null = null;
  private isDragging = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly handlers: PointerHandlers,
  ) {
    this.selection.className = 'chart-selection';
    this.selection.hidden = true;
    host.append(this.selection);
    const { signal } = this.abort;
    host.addEventListener('pointerdown', (event) => this.pressed(event), { signal });
    host.addEventListener('pointermove', (event) => this.moved(event), { signal });
    host.addEventListener('pointerup', (event) => this.released(event), { signal });
    host.addEventListener('pointercancel', () => this.ended(), { signal });
    host.addEventListener('pointerleave', () => this.isDragging || handlers.leave(), { signal });
    host.addEventListener('dblclick', () => handlers.doubleClick?.(), { signal });
  }

  destroy(): void {
    this.abort.abort();
    this.selection.remove();
  }

  private place(event: PointerEvent): { x: number; y: number } {
    const rect = this.host.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  private pressed(event: PointerEvent): void {
    const box = this.handlers.box();
    if (!box || event.button !== 0 || (event.target as Element).closest('button, a')) return;
    const { x, y } = this.place(event);
    if (!isInside(box, x, y)) return;
    const isAnnotation = event.shiftKey || event.ctrlKey || event.metaKey;
    this.start = { x, y, id: event.pointerId, isAnnotation };
    // Text beside the chart must not be marked with the stretch.
    if (event.pointerType === 'mouse' && this.handlers.select) event.preventDefault();
  }

  private moved(event: PointerEvent): void {
    const box = this.handlers.box();
    if (!box) return;
    const { x, y } = this.place(event);
    const { start, selection, handlers } = this;
    if (start && handlers.select && event.pointerType !== 'touch') {
      if (!this.isDragging && Math.abs(x - start.x) > dragDistance) {
        this.isDragging = true;
        this.host.setPointerCapture(start.id);
      }
      if (this.isDragging) {
        const from = clamp(Math.min(x, start.x), box);
        const to = clamp(Math.max(x, start.x), box);
        selection.hidden = false;
        selection.classList.toggle('is-annotation', start.isAnnotation);
        selection.style.cssText = `left:${from}px;width:${to - from}px;top:${box.top}px;height:${box.height}px`;
      }
    }
    if (this.isDragging || isInside(box, x, y)) handlers.move(clamp(x, box), y, event);
    else handlers.leave();
  }

  private released(event: PointerEvent): void {
    const { start, handlers } = this;
    const box = handlers.box();
    const { isDragging } = this;
    this.ended();
    if (!start || !box) return;
    const { x, y } = this.place(event);
    if (isDragging) {
      const from = clamp(Math.min(x, start.x), box);
      const to = clamp(Math.max(x, start.x), box);
      if (to > from) handlers.select?.(from, to, start.isAnnotation);
      if (!isInside(box, x, y)) handlers.leave();
      return;
    }
    if (start.isAnnotation && handlers.select) handlers.select(x, x, true);
    else handlers.click?.(x, y, event);
  }

  private ended(): void {
    if (this.isDragging && this.start && this.host.hasPointerCapture(this.start.id)) {
      this.host.releasePointerCapture(this.start.id);
    }
    this.start = null;
    this.isDragging = false;
    this.selection.hidden = true;
  }
}

function isInside({ left, top, width, height }: PlotBox, x: number, y: number): boolean {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

function clamp(x: number, { left, width }: PlotBox): number {
  return Math.min(left + width, Math.max(left, x));
}
