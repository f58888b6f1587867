import type { Field } from './frame';

/** What a reducer makes of a column: mostly a number; null where there is nothing to count from. */
export type Reduced = number | string | boolean | null | readonly unknown[];

export type Reducer = {
  id: string;
  name: [english: string, korean: string];
  /** Its result is in the field's unit. */
  keepsUnit: boolean;
};

const percentiles: Reducer[] = Array.from({ length: 99 }, (_, index) => {
  const rank = index + 1;
  const ending = rank > 10 && rank < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return { id: `p${rank}`, name: [`${rank}${ending} %`, `${rank} 백분위`], keepsUnit: true };
});

/** In the order in which forms offer them. */
export const reducers: readonly Reducer[] = [
  { id: 'lastNotNull', name: ['Last *', '마지막 *'], keepsUnit: true },
  { id: 'last', name: ['Last', '마지막'], keepsUnit: true },
  { id: 'firstNotNull', name: ['First *', '처음 *'], keepsUnit: true },
  { id: 'first', name: ['First', '처음'], keepsUnit: true },
  { id: 'min', name: ['Min', '최소'], keepsUnit: true },
  { id: 'max', name: ['Max', '최대'], keepsUnit: true },
  { id: 'mean', name: ['Mean', '평균'], keepsUnit: true },
  { id: 'median', name: ['Median', '중앙값'], keepsUnit: true },
  { id: 'variance', name: ['Variance', '분산'], keepsUnit: false },
  { id: 'stdDev', name: ['StdDev', '표준 편차'], keepsUnit: false },
  { id: 'sum', name: ['Total', '합계'], keepsUnit: true },
  { id: 'count', name: ['Count', '개수'], keepsUnit: false },
  { id: 'countAll', name: ['Count all', '전체 개수'], keepsUnit: false },
  { id: 'range', name: ['Range', '범위'], keepsUnit: true },
  { id: 'delta', name: ['Delta', '증가량'], keepsUnit: true },
  { id: 'step', name: ['Step', '간격'], keepsUnit: true },
  { id: 'diff', name: ['Difference', '차이'], keepsUnit: true },
  { id: 'diffperc', name: ['Difference percent', '차이 비율'], keepsUnit: false },
  { id: 'logmin', name: ['Min (above zero)', '최소 (0 초과)'], keepsUnit: true },
  { id: 'allIsZero', name: ['All Zeros', '모두 0'], keepsUnit: false },
  { id: 'allIsNull', name: ['All Nulls', '모두 없음'], keepsUnit: false },
  { id: 'changeCount', name: ['Change Count', '변경 횟수'], keepsUnit: false },
  { id: 'distinctCount', name: ['Distinct Count', '서로 다른 값 수'], keepsUnit: false },
  { id: 'allValues', name: ['All values', '모든 값'], keepsUnit: false },
  { id: 'uniqueValues', name: ['All unique values', '고유한 모든 값'], keepsUnit: false },
  ...percentiles,
];

/** Names of earlier versions that dashboards still have. */
const aliases: Record<string, string> = { current: 'lastNotNull', avg: 'mean', total: 'sum' };

const byId = new Map(reducers.map((reducer) => [reducer.id, reducer]));

export function reducerOf(id: string): Reducer | undefined {
  return byId.get(aliases[id] ?? id);
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
}

/** One pass over the numbers gives all of these. */
function standardCalculations(values: Float64Array): Record<string, Reduced> {
  let [sum, count, min, max, logmin] = [0, 0, Infinity, -Infinity, Infinity];
  let [delta, step, changes] = [0, Infinity, 0];
  let allIsZero = true;
  let wentUp = true;
  let first = Number.NaN;
  let previous = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (count === 0) {
      first = value;
    } else {
      if (value !== previous) changes++;
      if (value - previous < step) step = value - previous;
      if (previous > value) {
        // A counter that began again: what it has now counts once it goes on.
        wentUp = false;
        if (i === values.length - 1) delta += value;
      } else {
        delta += wentUp ? value - previous : value;
        wentUp = true;
      }
    }
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < logmin) logmin = value;
    if (value !== 0) allIsZero = false;
    previous = value;
  }
  const some = count > 0;
  const orNull = (value: number) => (Number.isFinite(value) || some ? value : null);
  return {
    sum,
    count,
    countAll: values.length,
    min: some ? min : null,
    max: some ? max : null,
    mean: some ? sum / count : null,
    range: some ? max - min : null,
    logmin: logmin === Infinity ? null : logmin,
    delta,
    step: step === Infinity ? null : step,
    diff: some ? previous - first : null,
    diffperc: some ? ((previous - first) / first) * 100 : null,
    changeCount: changes,
    allIsNull: !some,
    allIsZero: some && allIsZero,
    firstNotNull: orNull(first),
    lastNotNull: orNull(previous),
  };
}

/** Of columns that are not numbers, only these say something. */
function otherCalculations(values: readonly unknown[]): Record<string, Reduced> {
  const present = values.filter((value) => !isMissing(value));
  let changes = 0;
  for (let i = 1; i < present.length; i++) if (present[i] !== present[i - 1]) changes++;
  return {
    count: present.length,
    countAll: values.length,
    changeCount: changes,
    allIsNull: present.length === 0,
    allIsZero: false,
    firstNotNull: (present[0] ?? null) as Reduced,
    lastNotNull: (present.at(-1) ?? null) as Reduced,
  };
}

function sortedNumbers(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

function variance(values: Float64Array): number | null {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  return count === 0 ? null : squares / count;
}

/**
 * The reducers named by `ids` over a field. Missing values do not count, but in
 * `first`, `last` and `countAll`. Unknown ids give null.
 */
export function reduceField(field: Field, ids: readonly string[]): Record<string, Reduced> {
  const result: Record<string, Reduced> = {};
  const numbers = field.values instanceof Float64Array ? field.values : null;
  let standard: Record<string, Reduced> | undefined;
  let sorted: Float64Array | undefined;
  for (const asked of ids) {
    const id = aliases[asked] ?? asked;
    const { values } = field;
    let value: Reduced;
    if (id === 'first' || id === 'last') {
      const found = values[id === 'first' ? 0 : values.length - 1];
      value = isMissing(found) ? null : (found as Reduced);
    } else if (id === 'allValues') {
      value = Array.from(values as ArrayLike<unknown>);
    } else if (id === 'uniqueValues') {
      value = [...new Set(values as Iterable<unknown>)];
    } else if (id === 'distinctCount') {
      value = new Set(Array.from(values as Iterable<unknown>).filter((item) => !isMissing(item))).size;
    } else if (numbers && (id === 'variance' || id === 'stdDev')) {
      const spread = variance(numbers);
      value = spread === null ? null : id === 'variance' ? spread : Math.sqrt(spread);
    } else if (numbers && (id === 'median' || /^p\d\d?$/.test(id))) {
      sorted ??= sortedNumbers(numbers);
      value = id === 'median' ? median(sorted) : percentile(sorted, Number(id.slice(1)));
    } else {
      standard ??= numbers ? standardCalculations(numbers) : otherCalculations(values as readonly unknown[]);
      value = standard[id] ?? null;
    }
    result[asked] = value;
  }
  return result;
}

function median(sorted: Float64Array): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function percentile(sorted: Float64Array, rank: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.round((sorted.length - 1) * (rank / 100))]!;
}

/** A reducer's result as a number; NaN where it is none. */
export function reduceToNumber(field: Field, id: string): number {
  const value = reduceField(field, [id])[id];
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : Number.NaN;
}
