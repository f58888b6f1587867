import { expect, test } from 'vitest';
import { axisRange, type Distribution, linear, project, valueTicks } from './scale';

const log10: Distribution = { type: 'log', base: 10 };
const symlog: Distribution = { type: 'symlog', base: 10, threshold: 1 };
const increments = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

test.each([linear, log10, symlog])('values and pixels of %o lead back to each other', (distribution) => {
  const { toPixel, toValue } = project({ distribution, min: 1, max: 1000, start: 200, end: 0 });
  expect(toPixel(1)).toBeCloseTo(200);
  expect(toPixel(1000)).toBeCloseTo(0);
  expect(toValue(toPixel(37))).toBeCloseTo(37);
});

test('a log axis has no place for zero, a symlog axis has one', () => {
  expect(project({ distribution: log10, min: 1, max: 10, start: 0, end: 100 }).toPixel(0)).toBeNaN();
  expect(project({ distribution: symlog, min: -10, max: 10, start: 0, end: 100 }).toPixel(0)).toBeCloseTo(50);
});

test.each([
  ['no data', null, null, {}, [0, 1]],
  ['no data with a unit of its own', null, null, { emptyMax: 100 }, [0, 100]],
  ['only zeros', 0, 0, {}, [0, 1]],
  ['one value', 5, 5, {}, [0, 10]],
  ['one value below zero', -5, -5, {}, [-10, 0]],
  ['far above zero', 96, 99, {}, [95.7, 99.3]],
  ['beside zero', 0.5, 10, {}, [0, 11]],
  ['around zero', -4, 10, {}, [-6, 12]],
  ['bars', 96, 99, { includesZero: true }, [0, 109]],
  ['fixed ends', 2, 8, { min: 0, max: 5 }, [0, 5]],
  ['a fixed end above the data', 2, 8, { min: 10 }, [10, 16]],
  ['soft ends that hold', 2, 8, { softMin: 0, softMax: 100 }, [0, 100]],
  ['soft ends that give way', -2, 800, { softMin: 0, softMax: 100 }, [-90, 890]],
  ['zero in the middle', -2, 8, { centeredZero: true }, [-9, 9]],
] as const)('the range of %s', (_, min, max, options, wanted) => {
  const [low, high] = axisRange(min, max, { distribution: linear, ...options });
  expect([Number(low.toFixed(6)), Number(high.toFixed(6))]).toEqual(wanted);
});

test.each([
  [3, 4000, {}, [1, 10_000]],
  [null, null, {}, [1, 10]],
  [-5, 50, {}, [10, 100]],
  [3, 4000, { min: 0 }, [1, 10_000]],
  [3, 4000, { min: 2, max: 500 }, [2, 500]],
] as const)('a log axis of %s to %s with %o', (min, max, options, wanted) => {
  const [low, high] = axisRange(min, max, { distribution: log10, ...options });
  expect([Number(low.toPrecision(6)), Number(high.toPrecision(6))]).toEqual(wanted);
});

test('ticks stand on round values, as many as there is room for', () => {
  expect(valueTicks({ distribution: linear, min: 0, max: 11 }, increments, 6)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(valueTicks({ distribution: linear, min: 0, max: 1e6 }, increments, 5)).toHaveLength(6);
  expect(valueTicks({ distribution: log10, min: 1, max: 1e6 }, increments, 4)).toEqual([1, 100, 1e4, 1e6]);
  expect(valueTicks({ distribution: log10, min: 1, max: 100 }, increments, 8)).toEqual([
    1, 2, 5, 10, 20, 50, 100,
  ]);
  expect(valueTicks({ distribution: symlog, min: -100, max: 100 }, increments, 8)).toEqual([
    -100, -10, -1, 0, 1, 10, 100,
  ]);
});
