import type { MatrixSeries } from '../../api/columns';
import type { ChartSeries } from '../../chart/model';
import type { TimeWindow } from '../../time/range';

/** The first series' values, or gaps. */
export function firstValues(series: readonly MatrixSeries[] | undefined, length: number): Float64Array {
  return series?.[0]?.values ?? new Float64Array(length).fill(Number.NaN);
}

/** Sum of all series, point by point; a point without any value is a gap. */
export function total(series: readonly MatrixSeries[], length: number): Float64Array {
  const sum = new Float64Array(length).fill(Number.NaN);
  for (const { values } of series) {
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      if (!Number.isNaN(value)) sum[i] = Number.isNaN(sum[i]!) ? value : sum[i]! + value;
    }
  }
  return sum;
}

export function combine(
  columns: readonly Float64Array[],
  calculate: (...values: number[]) => number,
): Float64Array {
  const length = columns[0]?.length ?? 0;
  const result = new Float64Array(length);
  for (let i = 0; i < length; i++) result[i] = calculate(...columns.map((column) => column[i]!));
  return result;
}

export function lastValue(values: Float64Array | undefined): number {
  if (!values) return Number.NaN;
  for (let i = values.length - 1; i >= 0; i--) {
    if (!Number.isNaN(values[i]!)) return values[i]!;
  }
  return Number.NaN;
}

/** Index of the first point at which any of these has a value, or -1. */
export function firstPresent(series: readonly { values: Float64Array }[]): number {
  let first = -1;
  for (const { values } of series) {
    const at = values.findIndex((value) => !Number.isNaN(value));
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  return first;
}

/**
 * Where a server that has just started would show an empty graph with a curve
 * at its edge, the axis begins later: the shortest of some fixed spans that
 * holds all there is, so that it grows in few steps and not with every refresh.
 */
export function youngWindow(window: TimeWindow, firstSeconds: number): TimeWindow {
  const { startSeconds, endSeconds } = window;
  for (const span of [60, 120, 300, 600, 1800]) {
    if (span >= endSeconds - startSeconds) return window;
    if (endSeconds - span <= firstSeconds) return { startSeconds: endSeconds - span, endSeconds };
  }
  return window;
}

/** The window of an answer, begun later where the first of its series begins late. */
export function fittedWindow(
  times: Float64Array,
  series: readonly { values: Float64Array }[],
): TimeWindow | undefined {
  if (times.length < 2) return undefined;
  const window = { startSeconds: times[0]!, endSeconds: times.at(-1)! };
  const first = firstPresent(series);
  return first > 1 ? youngWindow(window, times[first]!) : window;
}

/** Index of the first time that is not before this one. */
export function indexOfTime(times: Float64Array, seconds: number): number {
  return Math.max(
    0,
    times.findIndex((time) => time >= seconds),
  );
}

type Direction = { series: readonly MatrixSeries[]; label(device: string): string; negative?: boolean };

/** Both directions of the busiest devices: the first above, the second below zero. */
export function mirrored(up: Direction, down: Direction, maxDevices: number): ChartSeries[] {
  const weight = new Map<string, number>();
  for (const { labels, values } of [...up.series, ...down.series]) {
    const device = labels.device ?? '';
    let sum = weight.get(device) ?? 0;
    for (const value of values) if (!Number.isNaN(value)) sum += value;
    weight.set(device, sum);
  }
  const busiest = [...weight].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  // Idle devices only matter when there is no other.
  const shown = busiest.filter(([, sum], index) => index === 0 || sum > 0).slice(0, maxDevices);
  return shown.flatMap(([device], index) =>
    [up, down].flatMap(({ series, label, negative }, side) => {
      const found = series.find(({ labels }) => (labels.device ?? '') === device);
      return found ? [{ name: label(device), values: found.values, negative, color: index * 2 + side }] : [];
    }),
  );
}
