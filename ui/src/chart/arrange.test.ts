import { expect, test } from 'vitest';
import { alignTo, arrange, extentOf, nearestIndex, typicalStep, unionOfTimes } from './arrange';
import { type GraphSeries, plainStyle } from './graph-model';

const column = (...values: number[]) => Float64Array.from(values);
const times = column(1, 2, 3);

const series = (id: string, values: number[], more: Partial<GraphSeries> = {}): GraphSeries => ({
  id,
  label: id,
  color: '#000000',
  times,
  values: column(...values),
  factor: 1,
  scale: 0,
  style: plainStyle,
  isInTooltip: true,
  format: String,
  ...more,
});
const stack = { group: 'A', isPercent: false };
const none = new Set<string>();

test('what nothing changes is not copied', () => {
  const one = series('a', [1, Number.NaN, 3]);
  expect(arrange([one], none)[0]!.drawn).toBe(one.values);
});

test('stacks add up by side, and skip what is hidden, invisible or not stacked', () => {
  const arranged = arrange(
    [
      series('in', [1, 2, 3], { stack }),
      series('hidden', [100, 100, 100], { stack }),
      series('limit', [50, 50, 50]),
      series('in 2', [3, Number.NaN, 1], { stack }),
      series('out', [5, 6, 7], { stack, factor: -1 }),
      series('out 2', [1, 1, 1], { stack, factor: -1 }),
      series('in 3', [1, 1, 1], { stack }),
      series('invisible', [9, 9, 9], { stack, isInvisible: true }),
    ],
    new Set(['hidden']),
  );
  expect(arranged.map(({ drawn }) => [...drawn])).toEqual([
    [1, 2, 3],
    [100, 100, 100],
    [50, 50, 50],
    [4, Number.NaN, 4],
    [-5, -6, -7],
    [-6, -7, -8],
    [5, 3, 5],
    [9, 9, 9],
  ]);
  expect([...arranged[6]!.base!]).toEqual([4, 2, 4]);
  expect(arranged[4]!.base).toBeNull();
});

test('groups of one name stack apart from others, and percent fills to one', () => {
  const percent = { group: 'B', isPercent: true };
  const arranged = arrange(
    [
      series('a', [1, 0, 3], { stack: percent }),
      series('b', [3, 0, Number.NaN], { stack: percent }),
      series('c', [3, 3, 3], { stack }),
    ],
    none,
  );
  expect(arranged.map(({ drawn }) => [...drawn])).toEqual([
    [0.25, 0, 1],
    [1, 0, Number.NaN],
    [3, 3, 3],
  ]);
});

test('a stack of series with other times stands on the union of them', () => {
  const arranged = arrange(
    [
      series('a', [1, 2, 3], { stack, times: column(0, 10, 20) }),
      series('b', [10, 20], { stack, times: column(5, 15) }),
    ],
    none,
  );
  expect([...arranged[1]!.times]).toEqual([0, 5, 10, 15, 20]);
  expect([...arranged[0]!.drawn]).toEqual([1, 1, 2, 2, 3]);
  expect([...arranged[1]!.drawn]).toEqual([Number.NaN, 11, 12, 22, 23]);
});

test('an area can end at another series', () => {
  const arranged = arrange([series('max', [5, 6, 7], { fillTo: 'min' }), series('min', [1, 2, 3])], none);
  expect([...arranged[0]!.base!]).toEqual([1, 2, 3]);
});

test('times are united, aligned and found', () => {
  expect(unionOfTimes([times, times])).toBe(times);
  expect([...unionOfTimes([column(1, 3), column(2, 3, 4)])]).toEqual([1, 2, 3, 4]);
  expect([...alignTo(column(0, 5, 10, 50), column(0, 10), column(7, 8))]).toEqual([7, 7, 8, Number.NaN]);
  expect(typicalStep(column(0, 10, 20, 90))).toBe(10);
  expect([0, 1.4, 1.6, 9].map((time) => nearestIndex(times, time))).toEqual([0, 0, 1, 2]);
  expect(nearestIndex(column(), 1)).toBe(-1);
});

test('the extent counts what is in sight and shown', () => {
  const arranged = arrange(
    [series('a', [-1, 2, 3]), series('b', [1, 9, 99]), series('c', [7, 7, 7], { scale: 1 })],
    none,
  );
  expect(extentOf(arranged, 0, { from: 1, to: 2 }, none, false)).toEqual([-1, 9]);
  expect(extentOf(arranged, 0, { from: 1, to: 2 }, new Set(['b']), true)).toEqual([2, 2]);
  expect(extentOf(arranged, 0, { from: 5, to: 6 }, none, false)).toEqual([null, null]);
});
