import { cancelPaint, type Painter, requestPaint } from './paint-queue';

/**
 * A canvas that fills its host. It keeps to the host's size and to the
 * resolution of the screen, paints together with the other charts of the page,
 * and not at all while the host is far outside of the viewport.
 */
export class Surface implements Painter {
  readonly canvas = document.createElement('canvas');
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  width = 0;
  height = 0;
  /** Pixels of the screen in a CSS pixel. */
  ratio = 1;
  private isNear = false;
  /** Something was requested that is not painted yet. */
  private isDirty = true;

  /** `draw` is called with a clean canvas, in CSS pixels, when something was requested and there is room. */
  constructor(
    readonly host: HTMLElement,
    private readonly draw: (surface: Surface) => void,
  ) {
    this.canvas.className = 'chart-canvas';
    this.context = this.canvas.getContext('2d')!;
    host.prepend(this.canvas);
    surfaces.set(host, this);
    resizes().observe(host);
    intersections().observe(host);
  }

  destroy(): void {
    resizes().unobserve(this.host);
    intersections().unobserve(this.host);
    surfaces.delete(this.host);
    cancelPaint(this);
    this.canvas.remove();
    // The pixels go now, not when the collector comes by.
    this.canvas.width = 0;
    this.canvas.height = 0;
  }

  request(): void {
    this.isDirty = true;
    if (this.isNear) requestPaint(this);
  }

  /** Paints at once, as finely as asked: for a picture. What is on the screen is painted anew afterwards. */
  paintNow(ratio: number): void {
    this.measure();
    const { isNear } = this;
    this.isNear = true;
    this.ratio = ratio;
    this.paint();
    this.isNear = isNear;
    this.request();
  }

  setNear(isNear: boolean): void {
    this.isNear = isNear;
    if (isNear && this.isDirty) requestPaint(this);
  }

  measure(): void {
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    this.ratio = window.devicePixelRatio || 1;
  }

  paint(): void {
    const { canvas, context, width, height, ratio } = this;
    if (!this.isNear || width === 0 || height === 0) return;
    const pixelWidth = Math.round(width * ratio);
    const pixelHeight = Math.round(height * ratio);
    if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
      canvas.width = pixelWidth;
      canvas.height = pixelHeight;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.isDirty = false;
    this.draw(this);
  }
}

const surfaces = new WeakMap<Element, Surface>();
let resizeObserver: ResizeObserver | undefined;
let intersectionObserver: IntersectionObserver | undefined;

/** The surface of an element, for those who make a picture of it. */
export function surfaceOf(host: Element): Surface | undefined {
  return surfaces.get(host);
}

function resizes(): ResizeObserver {
  resizeObserver ??= new ResizeObserver((entries) => {
    for (const { target } of entries) surfaces.get(target)?.request();
  });
  return resizeObserver;
}

function intersections(): IntersectionObserver {
  intersectionObserver ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) surfaces.get(target)?.setNear(isIntersecting);
    },
    { rootMargin: '400px' },
  );
  return intersectionObserver;
}
