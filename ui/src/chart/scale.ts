/** How the values of an axis lie on it. */
export type Distribution =
  | { type: 'linear' }
  | { type: 'log'; base: number }
  /** Logarithmic on both sides of zero, and linear up to `threshold` around it. */
  | { type: 'symlog'; base: number; threshold: number };

export const linear: Distribution = { type: 'linear' };

/** What part of an axis is shown, and where: pixels of its two ends. */
export type Scale = {
  distribution: Distribution;
  min: number;
  max: number;
  start: number;
  end: number;
};

/** Ways between values and pixels; NaN for what has no place on the axis. */
export type Projection = { toPixel(value: number): number; toValue(pixel: number): number };

export function project({ distribution, min, max, start, end }: Scale): Projection {
  if (distribution.type === 'linear') {
    const factor = (end - start) / (max - min || 1);
    const offset = start - min * factor;
    return {
      toPixel: (value) => value * factor + offset,
      toValue: (pixel) => (pixel - offset) / (factor || 1),
    };
  }
  const { forward, back } = transformOf(distribution);
  const low = forward(min);
  const factor = (end - start) / (forward(max) - low || 1);
  return {
    toPixel: (value) => start + (forward(value) - low) * factor,
    toValue: (pixel) => back((pixel - start) / (factor || 1) + low),
  };
}

type Transform = { forward(value: number): number; back(value: number): number };

function transformOf(distribution: Exclude<Distribution, { type: 'linear' }>): Transform {
  if (distribution.type === 'log') {
    return { forward: (value) => (value > 0 ? Math.log(value) : Number.NaN), back: Math.exp };
  }
  const { threshold } = distribution;
  return {
    forward: (value) => Math.asinh(value / threshold),
    back: (value) => Math.sinh(value) * threshold,
  };
}

/** What a person said about the ends of an axis. */
export type RangeOptions = {
  distribution: Distribution;
  min?: number | null;
  max?: number | null;
  softMin?: number | null;
  softMax?: number | null;
  centeredZero?: boolean;
  /** Bars and stacks stand on zero. */
  includesZero?: boolean;
  /** Shown without data and for nothing but zeros. */
  emptyMax?: number;
};

/**
 * Ends of an axis for data from `dataMin` to `dataMax` (`null`: there are
 * none): a tenth of room on both sides, rounded to a tenth of the magnitude,
 * and not beyond zero where the data are not.
 */
export function axisRange(
  dataMin: number | null,
  dataMax: number | null,
  options: RangeOptions,
): [min: number, max: number] {
  const { distribution } = options;
  const [low, high] =
    distribution.type === 'log'
      ? logRange(dataMin, dataMax, distribution.base, options)
      : linearRange(dataMin, dataMax, options);
  const min = isNumber(options.min) && !(distribution.type === 'log' && options.min <= 0) ? options.min : low;
  const max =
    isNumber(options.max) && !(distribution.type === 'log' && options.max <= 0) ? options.max : high;
  if (min < max) return [min, max];
  // A fixed end beyond the data: the other one makes room.
  const room = Math.abs(min) || options.emptyMax || 1;
  return isNumber(options.max) && !isNumber(options.min) ? [max - room, max] : [min, min + room];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function linearRange(
  dataMin: number | null,
  dataMax: number | null,
  { min, max, softMin, softMax, centeredZero, includesZero, emptyMax = 1 }: RangeOptions,
): [number, number] {
  if (dataMin === null || dataMax === null) {
    const high = isNumber(softMax) ? softMax : emptyMax;
    return [isNumber(softMin) ? softMin : Math.min(0, high - emptyMax), high];
  }
  let low = includesZero ? Math.min(0, dataMin) : dataMin;
  let high = includesZero ? Math.max(0, dataMax) : dataMax;
  if (isNumber(min)) low = min;
  if (isNumber(max)) high = max;
  if (low > high) low = high;
  const delta = high - low;
  let [bottom, top] = [low, high];
  if (delta < 1e-24 || delta < Math.max(Math.abs(low), Math.abs(high)) * 1e-12) {
    if (low === 0) top = emptyMax;
    else [bottom, top] = low > 0 ? [0, high * 2] : [low * 2, 0];
  } else {
    const unit = 10 ** (Math.floor(Math.log10(delta)) - 1);
    const round = (value: number) => Number(value.toPrecision(12));
    const padded = round(Math.floor((low - delta * 0.1) / unit) * unit);
    bottom = low >= 0 ? Math.max(0, padded) : padded;
    const paddedTop = round(Math.ceil((high + delta * 0.1) / unit) * unit);
    top = high <= 0 ? Math.min(0, paddedTop) : paddedTop;
  }
  // A soft end holds as long as the data stay within.
  if (isNumber(softMin)) bottom = low >= softMin ? softMin : Math.min(bottom, softMin);
  if (isNumber(softMax)) top = high <= softMax ? softMax : Math.max(top, softMax);
  if (centeredZero) {
    const reach = Math.max(Math.abs(bottom), Math.abs(top));
    return [-reach, reach];
  }
  return [bottom, top];
}

/** Whole powers of the base. Values at or below zero have no place. */
function logRange(
  dataMin: number | null,
  dataMax: number | null,
  base: number,
  { softMin, softMax }: RangeOptions,
): [number, number] {
  let low = dataMin !== null && dataMin > 0 ? dataMin : dataMax !== null && dataMax > 0 ? dataMax : 1;
  let high = dataMax !== null && dataMax > 0 ? dataMax : base;
  if (isNumber(softMin) && softMin > 0) low = Math.min(low, softMin);
  if (isNumber(softMax) && softMax > 0) high = Math.max(high, softMax);
  const floor = Math.floor(Math.log(low) / Math.log(base) + 1e-9);
  const ceiling = Math.ceil(Math.log(high) / Math.log(base) - 1e-9);
  return [base ** floor, base ** Math.max(ceiling, floor + 1)];
}

/** The first increment that leaves at most `most` ticks. */
export function linearTicks(min: number, max: number, increments: readonly number[], most: number): number[] {
  const least = (max - min) / Math.max(1, most);
  let increment = increments.find((candidate) => candidate >= least * (1 - 1e-9));
  if (increment === undefined) {
    const magnitude = 10 ** Math.floor(Math.log10(least));
    increment =
      [1, 2, 5, 10].map((lead) => lead * magnitude).find((candidate) => candidate >= least) ?? least;
  }
  const ticks: number[] = [];
  const first = Math.ceil(min / increment - 1e-9);
  const last = Math.floor(max / increment + 1e-9);
  for (let i = first; i <= last && ticks.length < 200; i++)
    ticks.push(Number((i * increment).toPrecision(12)));
  return ticks;
}

/** Powers of the base, thinned out to at most `most`; with 2 and 5 between where few powers are in sight. */
function logTicks(min: number, max: number, base: number, most: number): number[] {
  const low = Math.ceil(Math.log(min) / Math.log(base) - 1e-9);
  const high = Math.floor(Math.log(max) / Math.log(base) + 1e-9);
  const every = Math.max(1, Math.ceil((high - low + 1) / Math.max(1, most)));
  const leads = base === 10 && high - low <= 2 && most > 6 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let exponent = low - 1; exponent <= high; exponent++) {
    if ((exponent - low) % every !== 0) continue;
    for (const lead of leads) {
      const tick = Number((lead * base ** exponent).toPrecision(12));
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

/** Ticks of an axis on values that read as round numbers. */
export function valueTicks(
  { distribution, min, max }: Pick<Scale, 'distribution' | 'min' | 'max'>,
  increments: readonly number[],
  most: number,
): number[] {
  if (distribution.type === 'linear') return linearTicks(min, max, increments, most);
  const { base } = distribution;
  if (distribution.type === 'log') {
    const ticks = logTicks(min, max, base, most);
    return ticks.length > 1 ? ticks : linearTicks(min, max, increments, most);
  }
  const threshold = distribution.threshold;
  const above = max > threshold ? logTicks(threshold, max, base, Math.ceil(most / 2)) : [];
  const below =
    min < -threshold ? logTicks(threshold, -min, base, Math.ceil(most / 2)).map((tick) => -tick) : [];
  const ticks = [...below.reverse(), ...(min <= 0 && max >= 0 ? [0] : []), ...above];
  return ticks.length > 1 ? ticks : linearTicks(min, max, increments, most);
}
