import type { GraphSeries } from './graph-model';

/** A series as it is drawn: mirrored and stacked. */
export type Arranged = {
  series: GraphSeries;
  times: Float64Array;
  /** Where the line runs. The answered array itself where nothing changes it. */
  drawn: Float64Array;
  /** Where the area below the line ends; `null`: at zero, or at the nearer end of the axis. */
  base: Float64Array | null;
};

/**
 * Works out where series lie. A stack counts what is missing as nothing, keeps
 * values below zero apart from those above, and holds only what is shown.
 */
export function arrange(series: readonly GraphSeries[], hidden: ReadonlySet<string>): Arranged[] {
  const arranged = series.map((one): Arranged => {
    return { series: one, times: one.times, drawn: mirrored(one), base: null };
  });
  const stacks = new Map<string, Arranged[]>();
  for (const one of arranged) {
    const { stack, id, isInvisible, scale, style } = one.series;
    if (!stack || isInvisible || hidden.has(id)) continue;
    const side = isBelowZero(one) ? '-' : '+';
    const key = `${stack.group}\n${stack.isPercent}\n${scale}\n${style.draw}\n${side}`;
    const members = stacks.get(key);
    if (members) members.push(one);
    else stacks.set(key, [one]);
  }
  for (const members of stacks.values()) stackUp(members);
  for (const one of arranged) {
    const { fillTo } = one.series;
    if (fillTo === undefined) continue;
    const other = arranged.find(({ series: { id, label } }) => id === fillTo || label === fillTo);
    if (other && other !== one && !hidden.has(other.series.id))
      one.base = alignTo(one.times, other.times, other.drawn);
  }
  return arranged;
}

function mirrored({ values, factor }: GraphSeries): Float64Array {
  if (factor === 1) return values;
  return values.map((value) => value * factor);
}

/** Stacks grow away from zero. A series belongs below when nothing of it is above. */
function isBelowZero({ drawn }: Arranged): boolean {
  let isBelow = false;
  for (const value of drawn) {
    if (value > 0) return false;
    if (value < 0) isBelow = true;
  }
  return isBelow;
}

function stackUp(members: Arranged[]): void {
  const times = unionOfTimes(members.map((one) => one.times));
  const { length } = times;
  const total = members[0]!.series.stack!.isPercent ? new Float64Array(length) : null;
  for (const one of members) {
    one.drawn = alignTo(times, one.times, one.drawn);
    one.times = times;
    if (!total) continue;
    for (let i = 0; i < length; i++) total[i]! += Math.abs(finite(one.drawn[i]!));
  }
  let below: Float64Array | null = null;
  let top = new Float64Array(length);
  for (const one of members) {
    const drawn = new Float64Array(length);
    const next = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      let value = one.drawn[i]!;
      if (total) value = total[i] === 0 && value === 0 ? 0 : value / total[i]!;
      const sum = top[i]! + finite(value);
      next[i] = sum;
      drawn[i] = Number.isFinite(value) ? sum : Number.NaN;
    }
    one.drawn = drawn;
    one.base = below;
    below = next;
    top = next;
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Every time that occurs, ascending, once. The array itself where all have the same one. */
export function unionOfTimes(columns: readonly Float64Array[]): Float64Array {
  const distinct: Float64Array[] = [];
  for (const column of columns)
    if (!distinct.some((other) => sameTimes(other, column))) distinct.push(column);
  if (distinct.length === 0) return new Float64Array();
  return distinct.reduce(mergeTimes);
}

export function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length || a[0] !== b[0] || a.at(-1) !== b.at(-1)) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function mergeTimes(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let [i, j, length] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const next = j >= b.length || a[i]! <= b[j]! ? a[i]! : b[j]!;
    while (i < a.length && a[i]! <= next) i++;
    while (j < b.length && b[j]! <= next) j++;
    merged[length++] = next;
  }
  return merged.slice(0, length);
}

/**
 * Values of one column of times at those of another. Between two of its own
 * points a series is as large as at the earlier one, so that series which were
 * sampled at other moments stack without holes.
 */
export function alignTo(times: Float64Array, from: Float64Array, values: Float64Array): Float64Array {
  if (sameTimes(times, from)) return values;
  const aligned = new Float64Array(times.length).fill(Number.NaN);
  const reach = typicalStep(from) * 1.5;
  let at = -1;
  for (let i = 0; i < times.length; i++) {
    while (at + 1 < from.length && from[at + 1]! <= times[i]!) at++;
    if (at >= 0 && times[i]! - from[at]! <= reach) aligned[i] = values[at]!;
  }
  return aligned;
}

/** The usual distance between two times: the median of the first ones. 0 for fewer than two. */
export function typicalStep(times: Float64Array): number {
  const count = Math.min(times.length - 1, 31);
  if (count < 1) return 0;
  const steps = new Float64Array(count);
  for (let i = 0; i < count; i++) steps[i] = times[i + 1]! - times[i]!;
  return steps.sort()[count >> 1]!;
}

/** Index of the first time that is not before `time`. */
export function indexFrom(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the time that is closest; -1 where there is none at all. */
export function nearestIndex(times: Float64Array, time: number): number {
  const after = indexFrom(times, time);
  if (after === 0) return times.length > 0 ? 0 : -1;
  if (after === times.length) return after - 1;
  return time - times[after - 1]! <= times[after]! - time ? after - 1 : after;
}

/** Least and greatest of what is drawn between two times; `null` where nothing is. */
export function extentOf(
  arranged: readonly Arranged[],
  scale: number,
  window: { from: number; to: number },
  hidden: ReadonlySet<string>,
  onlyPositive: boolean,
): [min: number | null, max: number | null] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { series, times, drawn } of arranged) {
    if (series.scale !== scale || series.isInvisible || hidden.has(series.id)) continue;
    const end = indexFrom(times, window.to + 1);
    for (let i = indexFrom(times, window.from); i < end; i++) {
      const value = drawn[i]!;
      if (value < min && value > (onlyPositive ? 0 : Number.NEGATIVE_INFINITY)) min = value;
      if (value > max && value < Number.POSITIVE_INFINITY) max = value;
    }
  }
  return [min === Number.POSITIVE_INFINITY ? null : min, max === Number.NEGATIVE_INFINITY ? null : max];
}
