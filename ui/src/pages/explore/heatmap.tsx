import { useEffect, useRef } from 'preact/hooks';
import { timeIncrements, timeLabels, timeTickSpace, timeTicks } from '../../chart/time-axis';
import { hideTooltip, showTooltip } from '../../chart/tooltip';
import { formatValue, type Unit } from '../../format/units';
import { theme } from '../../shell/theme';
import type { TimeWindow } from '../../time/range';
import { formatDateTime, zone } from '../../time/zone';
import type { Bucket, HeatmapData } from './histogram';
import { text } from './text';

export type HeatmapProps = {
  title: string;
  data: HeatmapData;
  times: Float64Array;
  stepSeconds: number;
  window: TimeWindow;
  unit: Unit;
  height: number;
  onZoom(startSeconds: number, endSeconds: number): void;
  onZoomOut(): void;
};

const margin = { left: 64, right: 8, top: 6, bottom: 24 };

/** Places of a plot, in CSS pixels. */
type Scales = {
  x(seconds: number): number;
  seconds(x: number): number;
  /** Logarithmic; what is at or below zero lies in a strip at the foot. */
  y(value: number): number;
  right: number;
  foot: number;
};

/** Histograms over time: each bucket is a tile, the darker the more observations are in it. */
export function Heatmap(props: HeatmapProps) {
  const { title, data, times, stepSeconds, window, unit, height } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const selection = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = canvas.current!;
    const paint = () => draw(element, latest.current);
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    paint();
    return () => {
      observer.disconnect();
      hideTooltip(element);
    };
  }, [data, times, unit, height, theme.value, zone.value]);

  const scales = () => scalesOf(canvas.current!, latest.current);
  const drag = useRef<number | null>(null);
  const placeSelection = (from: number, to: number) => {
    const box = selection.current!;
    box.hidden = Math.abs(to - from) < 4;
    box.style.left = `${Math.min(from, to)}px`;
    box.style.width = `${Math.abs(to - from)}px`;
  };
  const onPointerMove = (event: PointerEvent) => {
    if (drag.current !== null) placeSelection(drag.current, event.offsetX);
    const found = bucketAt(event.offsetX, event.offsetY, scales(), latest.current);
    if (!found) {
      hideTooltip(canvas.current!);
      return;
    }
    const { bucket, time } = found;
    const range = `${formatValue(bucket.lower, unit)} – ${formatValue(bucket.upper, unit)}`;
    const row = {
      name: range,
      color: tileColor(bucket, data.maxCount),
      value: formatValue(bucket.count, 'short'),
      nearest: false,
    };
    showTooltip(
      canvas.current!,
      { title: formatDateTime(time), rows: [row], moreText: '' },
      event.clientX,
      event.clientY,
    );
  };
  const onPointerUp = (event: PointerEvent) => {
    const from = drag.current;
    drag.current = null;
    selection.current!.hidden = true;
    if (from === null || Math.abs(event.offsetX - from) < 4) return;
    const at = scales();
    const [a, b] = [at.seconds(from), at.seconds(event.offsetX)];
    props.onZoom(Math.min(a, b), Math.max(a, b));
  };
  const range = `${formatDateTime(window.startSeconds)} – ${formatDateTime(window.endSeconds)}`;
  return (
    <div class="query-heatmap" style={{ height: `${height}px` }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={text.value.heatmap.summary(title, range)}
        data-step={stepSeconds}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = event.offsetX;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => hideTooltip(canvas.current!)}
        onDblClick={props.onZoomOut}
      />
      <div class="query-heatmap-selection" ref={selection} hidden />
    </div>
  );
}

function scalesOf(element: HTMLCanvasElement, { data, window }: HeatmapProps): Scales {
  const right = element.clientWidth - margin.right;
  const bottom = element.clientHeight - margin.bottom;
  const hasFoot = data.columns.some((buckets) => buckets?.some(({ lower }) => lower <= 0));
  const foot = hasFoot ? bottom - 14 : bottom;
  const [low, high] = data.extent ?? [0.1, 1];
  const [logLow, logHigh] = [Math.log(low), Math.log(high > low ? high : low * 2)];
  const seconds = window.endSeconds - window.startSeconds || 1;
  return {
    x: (time) => margin.left + ((time - window.startSeconds) / seconds) * (right - margin.left),
    seconds: (x) => window.startSeconds + ((x - margin.left) / (right - margin.left)) * seconds,
    y: (value) => {
      if (value === Number.POSITIVE_INFINITY) return margin.top;
      if (!(value > 0)) return bottom;
      return foot - ((Math.log(value) - logLow) / (logHigh - logLow)) * (foot - margin.top);
    },
    right,
    foot,
  };
}

function draw(element: HTMLCanvasElement, props: HeatmapProps): void {
  const { data, times, stepSeconds, window, unit } = props;
  const ratio = devicePixelRatio;
  element.width = Math.round(element.clientWidth * ratio);
  element.height = Math.round(element.clientHeight * ratio);
  const context = element.getContext('2d')!;
  context.scale(ratio, ratio);
  const style = getComputedStyle(element);
  const scales = scalesOf(element, props);
  const bottom = element.clientHeight - margin.bottom;
  context.font = `11px ${style.fontFamily}`;
  context.fillStyle = style.getPropertyValue('--axis-text');
  context.strokeStyle = style.getPropertyValue('--grid-line');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of logTicks(data.extent, scales.foot - margin.top)) {
    const y = Math.round(scales.y(value)) + 0.5;
    line(context, margin.left, y, scales.right, y);
    context.fillText(formatValue(value, unit), margin.left - 6, y);
  }
  if (scales.foot < bottom) context.fillText('0', margin.left - 6, bottom);
  context.textBaseline = 'top';
  context.textAlign = 'center';
  const plotWidth = scales.right - margin.left;
  const span = window.endSeconds - window.startSeconds;
  const space = timeTickSpace(span, plotWidth);
  const increment = timeIncrements.find((step) => (step / span) * plotWidth >= space) ?? span;
  const ticks = timeTicks(window.startSeconds, window.endSeconds, increment, zone.peek());
  const labels = timeLabels(ticks, increment, zone.peek());
  ticks.forEach((tick, i) => {
    const x = Math.round(scales.x(tick)) + 0.5;
    line(context, x, margin.top, x, bottom);
    context.fillText(labels[i] ?? '', x, bottom + 6);
  });
  const snapped = (place: number) => Math.round(place * ratio) / ratio;
  data.columns.forEach((buckets, i) => {
    // On whole pixels of the screen, so that neighbours touch without a seam.
    const left = snapped(Math.max(margin.left, scales.x(times[i]! - stepSeconds)));
    const width = Math.max(1 / ratio, snapped(scales.x(times[i]!)) - left);
    for (const bucket of buckets ?? []) {
      if (!(bucket.count > 0)) continue;
      const top =
        bucket.upper <= 0 || (bucket.lower < 0 && bucket.upper > 0) ? scales.foot : scales.y(bucket.upper);
      const tall = Math.max(1, scales.y(bucket.lower) - top);
      context.fillStyle = tileColor(bucket, data.maxCount);
      context.fillRect(left, snapped(top), width, Math.max(1, snapped(top + tall) - snapped(top)));
    }
  });
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** From the surface to the accent; the root lets small counts be seen beside large ones. */
function tileColor({ count }: Bucket, maxCount: number): string {
  const share = maxCount > 0 ? Math.sqrt(count / maxCount) : 0;
  const lightness = theme.peek() === 'dark' ? 30 + 55 * share : 92 - 62 * share;
  return `hsl(${250 - 40 * share} ${45 + 35 * share}% ${lightness}%)`;
}

/** Powers of ten within the extent; with few of them also their doubles and fives. */
function logTicks(extent: HeatmapData['extent'], height: number): number[] {
  if (!extent) return [];
  const [low, high] = extent;
  const decades = Math.log10(high / low);
  const leads = decades > 3 ? [1] : [1, 2, 5];
  const skip = Math.max(1, Math.ceil((decades * leads.length * 18) / Math.max(1, height)));
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const lead of leads) {
      const value = Number(`${lead}e${exponent}`);
      if (value >= low && value <= high) ticks.push(value);
    }
  }
  return ticks.filter((_, i) => i % skip === 0);
}

function bucketAt(
  x: number,
  y: number,
  scales: Scales,
  { data, times, stepSeconds }: HeatmapProps,
): { bucket: Bucket; time: number } | null {
  const seconds = scales.seconds(x);
  const index = times.findIndex((time) => seconds > time - stepSeconds && seconds <= time);
  const bucket = data.columns[index]?.find(
    ({ lower, upper }) =>
      y <= scales.y(lower) && y >= (upper <= 0 || lower < 0 ? scales.foot : scales.y(upper)),
  );
  return bucket ? { bucket, time: times[index]! } : null;
}
