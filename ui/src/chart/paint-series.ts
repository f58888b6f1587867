import { mixColors, withOpacity } from '../frame/colors';
import { type Arranged, indexFrom, typicalStep } from './arrange';
import type { SeriesStyle } from './graph-model';
import type { Projection } from './scale';
import { penAreas, penColumns, penLines, type Trace, traceOf } from './trace';

/** The rectangle in which data are drawn, in CSS pixels. */
export type PlotBox = { left: number; top: number; width: number; height: number };

export type SeriesPaint = {
  context: CanvasRenderingContext2D;
  box: PlotBox;
  x: Projection;
  y: Projection;
  /** What the axis shows. */
  range: { min: number; max: number };
  window: { from: number; to: number };
  /** Pixels of the screen in a CSS pixel. */
  ratio: number;
  /** For numbers on bars. */
  font: string;
  textColor: string;
};

type Ink = string | CanvasGradient;

/** Draws one series; the caller has clipped to the box. */
export function paintSeries(paint: SeriesPaint, arranged: Arranged): void {
  const { series, times, drawn, base } = arranged;
  const { style } = series;
  // One point beyond either edge, so that lines leave the box and do not end within.
  const from = Math.max(0, indexFrom(times, paint.window.from) - 1);
  const to = Math.min(times.length, indexFrom(times, paint.window.to) + 1);
  if (to <= from) return;
  if (style.draw === 'bars') {
    paintBars(paint, arranged, from, to);
    return;
  }
  const { context, box, ratio, x, y } = paint;
  const isLine = style.draw === 'line';
  const hasArea = isLine && (style.fillOpacity > 0 || base !== null) && areaOpacity(arranged) > 0;
  const { connectUpTo, breakBeyond } = style;
  const trace = traceOf({
    times,
    values: drawn,
    base: hasArea ? base : null,
    from,
    to,
    x,
    y,
    connectUpTo,
    breakBeyond,
  });
  // Canvases draw ragged outlines slowly, unless they are made of lines that are one pixel wide.
  const isRagged = trace.count > box.width / 2;
  if (hasArea) {
    const areaColor = areaInk(paint, series.color, style, areaOpacity(arranged));
    context.beginPath();
    if (isRagged) {
      penColumns(context, trace, floorPixel(paint), style.interpolation, ratio);
      context.lineWidth = 1 / ratio;
      context.strokeStyle = areaColor;
      context.stroke();
    } else {
      penAreas(context, trace, floorPixel(paint), style.interpolation);
      context.fillStyle = areaColor;
      context.fill();
    }
  }
  const ink = lineInk(paint, series.color, style);
  if (isLine && style.lineWidth > 0) {
    const path = new Path2D();
    penLines(path, trace, style.interpolation);
    context.strokeStyle = ink;
    context.setLineDash(style.dash as number[]);
    strokeLine(context, path, style.lineWidth, trace.count > box.width && style.dash.length === 0, ratio);
    context.setLineDash([]);
  }
  paintPoints(paint, trace, style, ink);
}

/** A broad ragged line is several fine ones beside each other. */
function strokeLine(
  context: CanvasRenderingContext2D,
  path: Path2D,
  width: number,
  isRagged: boolean,
  ratio: number,
): void {
  const fineLines = Math.round(width * ratio);
  if (!isRagged || fineLines > 6) {
    context.lineWidth = width;
    context.lineJoin = width > 1.5 ? 'round' : 'bevel';
    context.stroke(path);
    return;
  }
  context.lineWidth = 1 / ratio;
  context.lineJoin = 'bevel';
  for (let n = 0; n < Math.max(1, fineLines); n++) {
    const shift = (n - (fineLines - 1) / 2) / ratio;
    context.translate(shift, shift);
    context.stroke(path);
    context.translate(-shift, -shift);
  }
}

/** An area between two series is seen even where no opacity was chosen. */
function areaOpacity({ series: { style, fillTo } }: Arranged): number {
  return fillTo !== undefined && style.fillOpacity === 0 ? 0.35 : style.fillOpacity;
}

/** Where areas end: at zero, or at the edge that is nearer to it. */
function floorPixel({ y, range, box }: SeriesPaint): number {
  const zero = y.toPixel(Math.min(range.max, Math.max(range.min, 0)));
  return Number.isFinite(zero) ? zero : box.top + box.height;
}

function paintPoints({ context, box }: SeriesPaint, trace: Trace, style: SeriesStyle, ink: Ink): void {
  const { xs, ys, count, alone } = trace;
  const isSparse = count * style.pointSize * 2 <= box.width;
  const shows = style.draw === 'points' || style.points === 'always' || (style.points === 'auto' && isSparse);
  const radius = Math.max(0.5, style.pointSize / 2);
  context.fillStyle = ink;
  context.beginPath();
  if (shows) {
    for (let i = 0; i < count; i++) {
      context.moveTo(xs[i]! + radius, ys[i]!);
      context.arc(xs[i]!, ys[i]!, radius, 0, 2 * Math.PI);
    }
  } else {
    for (const i of alone) {
      context.moveTo(xs[i]! + 2, ys[i]!);
      context.arc(xs[i]!, ys[i]!, 2, 0, 2 * Math.PI);
    }
  }
  context.fill();
}

function paintBars(paint: SeriesPaint, arranged: Arranged, from: number, to: number): void {
  const { context, x, y, box } = paint;
  const { series, times, drawn, base } = arranged;
  const { style } = series;
  const step = typicalStep(times);
  const slot = step > 0 ? Math.abs(x.toPixel(times[0]! + step) - x.toPixel(times[0]!)) : box.width * 0.1;
  const width = Math.max(1, Math.min(style.barMaxWidth, slot * style.barWidth));
  const floor = floorPixel(paint);
  const shift = style.barAlignment === 0 ? -width / 2 : style.barAlignment < 0 ? -width : 0;
  const labels: [text: string, x: number, y: number][] = [];
  context.beginPath();
  for (let i = from; i < to; i++) {
    const top = y.toPixel(drawn[i]!);
    if (!Number.isFinite(top)) continue;
    const foot = base ? y.toPixel(base[i]!) : floor;
    const left = x.toPixel(times[i]!) + shift;
    context.rect(left, Math.min(top, foot), width, Math.abs(foot - top));
    if (style.showsValues)
      labels.push([series.format(series.values[i]!), left + width / 2, top - (top <= foot ? 3 : -12)]);
  }
  if (style.fillOpacity > 0) {
    context.fillStyle = areaInk(paint, series.color, style, style.fillOpacity);
    context.fill();
  }
  if (style.lineWidth > 0 && (width > 2 || style.fillOpacity === 0)) {
    context.strokeStyle = lineInk(paint, series.color, style);
    context.lineWidth = style.lineWidth;
    context.stroke();
  }
  if (labels.length === 0) return;
  context.font = paint.font;
  context.fillStyle = paint.textColor;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const widest = Math.max(...labels.map(([text]) => context.measureText(text).width));
  // Numbers that would run into each other say nothing.
  if (widest > Math.max(slot, width) - 2) return;
  for (const [text, left, top] of labels) context.fillText(text, left, top);
}

function lineInk(paint: SeriesPaint, color: string, style: SeriesStyle): Ink {
  return style.gradient === 'scheme' && style.scheme ? schemeInk(paint, style.scheme, 1) : color;
}

function areaInk(paint: SeriesPaint, color: string, style: SeriesStyle, opacity: number): Ink {
  const { context, box } = paint;
  switch (style.gradient) {
    case 'opacity': {
      const ink = context.createLinearGradient(0, box.top, 0, box.top + box.height);
      ink.addColorStop(0, withOpacity(color, opacity));
      ink.addColorStop(1, withOpacity(color, 0));
      return ink;
    }
    case 'hue': {
      const ink = context.createLinearGradient(0, box.top, 0, box.top + box.height);
      ink.addColorStop(0, withOpacity(mixColors(color, '#ffffff', 0.25), opacity));
      ink.addColorStop(1, withOpacity(mixColors(color, '#000000', 0.4), opacity));
      return ink;
    }
    case 'scheme':
      return style.scheme ? schemeInk(paint, style.scheme, opacity) : withOpacity(color, opacity);
    default:
      return withOpacity(color, opacity);
  }
}

/** The colours of the values that lie along the axis. */
function schemeInk(
  { context, box, y }: SeriesPaint,
  { stops, isStepped }: NonNullable<SeriesStyle['scheme']>,
  opacity: number,
): Ink {
  const bottom = box.top + box.height;
  const place = (value: number): number => {
    const pixel = y.toPixel(value);
    const part = Number.isNaN(pixel) ? 0 : (bottom - pixel) / Math.max(1, box.height);
    return Math.min(1, Math.max(0, part));
  };
  const ink = context.createLinearGradient(0, bottom, 0, box.top);
  stops.forEach(({ value, color }, index) => {
    const at = value === Number.NEGATIVE_INFINITY ? 0 : place(value);
    if (isStepped && index > 0) ink.addColorStop(at, withOpacity(stops[index - 1]!.color, opacity));
    ink.addColorStop(at, withOpacity(color, opacity));
  });
  return ink;
}
