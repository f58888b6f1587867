import type { SeriesStyle } from './graph-model';
import type { Projection } from './scale';

/** What both a canvas and a `Path2D` can do. */
type Pen = Pick<CanvasPath, 'moveTo' | 'lineTo' | 'bezierCurveTo' | 'closePath'>;

/** A line in pixels, cut into runs where values are missing. */
export type Trace = {
  xs: Float64Array;
  ys: Float64Array;
  /** Where the area below each point ends, where that was asked for. */
  bases: Float64Array | null;
  /** First and one after the last point of each run, in turn. */
  runs: number[];
  /** Points that stand alone: a line would not show them. */
  alone: number[];
  count: number;
};

export type TraceInput = {
  times: Float64Array;
  values: Float64Array;
  base: Float64Array | null;
  /** Indexes from (inclusive) and to (exclusive). */
  from: number;
  to: number;
  x: Projection;
  y: Projection;
  connectUpTo: number;
  breakBeyond: number;
};

/**
 * Turns values into runs of pixels. Where many values fall on one column of
 * pixels, the first, least, greatest and last of them stand for all: nothing
 * that could be seen is left out.
 */
export function traceOf({
  times,
  values,
  base,
  from,
  to,
  x,
  y,
  connectUpTo,
  breakBeyond,
}: TraceInput): Trace {
  const size = to - from;
  const xs = new Float64Array(size);
  const ys = new Float64Array(size);
  const bases = base ? new Float64Array(size) : null;
  const runs: number[] = [];
  const alone: number[] = [];
  const width = size > 0 ? Math.abs(x.toPixel(times[to - 1]!) - x.toPixel(times[from]!)) : 0;
  const isDense = size > 4 * width && size > 64;
  let count = 0;
  let start = 0;
  let lastTime = Number.NaN;
  let hasHole = false;
  const endRun = () => {
    if (count - start === 1) alone.push(start);
    else if (count > start) runs.push(start, count);
    start = count;
  };
  // The column under way: where it begins, and the indexes of its least and greatest.
  let columnStart = -1;
  let column = 0;
  const move = (at: number, kept: number) => {
    xs[at] = xs[kept]!;
    ys[at] = ys[kept]!;
    if (bases) bases[at] = bases[kept]!;
  };
  const closeColumn = () => {
    if (columnStart < 0 || count - columnStart <= 4) {
      columnStart = -1;
      return;
    }
    let [low, high] = [columnStart, columnStart];
    for (let i = columnStart + 1; i < count; i++) {
      if (ys[i]! < ys[low]!) low = i;
      if (ys[i]! > ys[high]!) high = i;
    }
    const last = count - 1;
    let at = columnStart + 1;
    for (const kept of low < high ? [low, high] : [high, low]) {
      if (kept < at || kept === last) continue;
      move(at, kept);
      at++;
    }
    move(at, last);
    count = at + 1;
    columnStart = -1;
  };
  for (let i = from; i < to; i++) {
    const pixelY = y.toPixel(values[i]!);
    // Infinities have no place on an axis either.
    if (!(pixelY - pixelY === 0)) {
      hasHole = true;
      continue;
    }
    const time = times[i]!;
    const distance = time - lastTime;
    if (count > start && ((hasHole && !(distance <= connectUpTo)) || distance > breakBeyond)) {
      closeColumn();
      endRun();
    }
    hasHole = false;
    lastTime = time;
    const pixelX = x.toPixel(time);
    if (isDense) {
      const here = Math.floor(pixelX);
      if (columnStart < 0 || here !== column) {
        closeColumn();
        columnStart = count;
        column = here;
      }
    }
    xs[count] = pixelX;
    ys[count] = pixelY;
    if (bases) bases[count] = y.toPixel(finite(base![i]!));
    count++;
  }
  closeColumn();
  endRun();
  return { xs, ys, bases, runs, alone, count };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Draws the runs of a trace as lines. */
export function penLines(pen: Pen, trace: Trace, interpolation: SeriesStyle['interpolation']): void {
  const { runs, xs, ys } = trace;
  for (let r = 0; r < runs.length; r += 2) {
    pen.moveTo(xs[runs[r]!]!, ys[runs[r]!]!);
    penRun(pen, xs, ys, runs[r]!, runs[r + 1]!, interpolation, false);
  }
}

/**
 * Draws the areas between the runs of a trace and its bases, or one height
 * where it has none.
 */
export function penAreas(
  pen: Pen,
  trace: Trace,
  floor: number,
  interpolation: SeriesStyle['interpolation'],
): void {
  const { runs, xs, ys, bases } = trace;
  for (let r = 0; r < runs.length; r += 2) {
    const first = runs[r]!;
    const end = runs[r + 1]!;
    pen.moveTo(xs[first]!, ys[first]!);
    penRun(pen, xs, ys, first, end, interpolation, false);
    if (bases) {
      pen.lineTo(xs[end - 1]!, bases[end - 1]!);
      penRun(pen, xs, bases, first, end, interpolation, true);
    } else {
      pen.lineTo(xs[end - 1]!, floor);
      pen.lineTo(xs[first]!, floor);
    }
    pen.closePath();
  }
}

/**
 * The same areas as upright lines, one for each column of pixels of the screen.
 * Filling a ragged outline costs ten times more.
 */
export function penColumns(
  pen: Pen,
  trace: Trace,
  floor: number,
  interpolation: SeriesStyle['interpolation'],
  ratio: number,
): void {
  const { runs, xs, ys, bases } = trace;
  for (let r = 0; r < runs.length; r += 2) {
    const last = runs[r + 1]! - 1;
    let i = runs[r]!;
    const end = Math.floor(xs[last]! * ratio - 0.5);
    for (let column = Math.ceil(xs[i]! * ratio - 0.5); column <= end; column++) {
      const x = (column + 0.5) / ratio;
      while (i < last - 1 && xs[i + 1]! < x) i++;
      const width = xs[i + 1]! - xs[i]!;
      const part =
        interpolation === 'stepAfter'
          ? 0
          : interpolation === 'stepBefore'
            ? 1
            : width > 0
              ? (x - xs[i]!) / width
              : 0;
      pen.moveTo(x, ys[i]! + (ys[i + 1]! - ys[i]!) * part);
      pen.lineTo(x, bases ? bases[i]! + (bases[i + 1]! - bases[i]!) * part : floor);
    }
  }
}

function penRun(
  pen: Pen,
  xs: Float64Array,
  ys: Float64Array,
  first: number,
  end: number,
  interpolation: SeriesStyle['interpolation'],
  isBackwards: boolean,
): void {
  if (interpolation === 'smooth' && end - first > 2) {
    penCurve(pen, xs, ys, first, end, isBackwards);
    return;
  }
  const step = isBackwards ? -1 : 1;
  let from = isBackwards ? end - 1 : first;
  for (let n = 1; n < end - first; n++) {
    const to = from + step;
    // Whichever way it is walked, the step is at the same place.
    if (interpolation === 'stepAfter') penCorner(pen, xs, ys, from, to, isBackwards);
    else if (interpolation === 'stepBefore') penCorner(pen, xs, ys, from, to, !isBackwards);
    pen.lineTo(xs[to]!, ys[to]!);
    from = to;
  }
}

function penCorner(
  pen: Pen,
  xs: Float64Array,
  ys: Float64Array,
  from: number,
  to: number,
  turnsFirst: boolean,
): void {
  if (turnsFirst) pen.lineTo(xs[from]!, ys[to]!);
  else pen.lineTo(xs[to]!, ys[from]!);
}

/** A monotone cubic (Fritsch and Carlson, 1980): never beyond the values that it connects. */
function penCurve(
  pen: Pen,
  xs: Float64Array,
  ys: Float64Array,
  first: number,
  end: number,
  isBackwards: boolean,
): void {
  const count = end - first;
  const slopes = new Float64Array(count);
  let previous = slopeBetween(xs, ys, first);
  slopes[0] = previous;
  for (let i = 1; i < count - 1; i++) {
    const next = slopeBetween(xs, ys, first + i);
    if (previous * next <= 0) {
      slopes[i] = 0;
    } else {
      const before = xs[first + i]! - xs[first + i - 1]!;
      const after = xs[first + i + 1]! - xs[first + i]!;
      const common = 3 * (before + after);
      slopes[i] = common / ((common / 3 + after) / previous + (common / 3 + before) / next);
    }
    previous = next;
  }
  slopes[count - 1] = previous;
  for (let n = 0; n < count - 1; n++) {
    const i = isBackwards ? count - 2 - n : n;
    const [a, b] = [first + i, first + i + 1];
    const third = (xs[b]! - xs[a]!) / 3;
    const [x1, y1] = [xs[a]! + third, ys[a]! + slopes[i]! * third];
    const [x2, y2] = [xs[b]! - third, ys[b]! - slopes[i + 1]! * third];
    if (isBackwards) pen.bezierCurveTo(x2, y2, x1, y1, xs[a]!, ys[a]!);
    else pen.bezierCurveTo(x1, y1, x2, y2, xs[b]!, ys[b]!);
  }
}

function slopeBetween(xs: Float64Array, ys: Float64Array, i: number): number {
  const width = xs[i + 1]! - xs[i]!;
  return width > 0 ? (ys[i + 1]! - ys[i]!) / width : 0;
}
