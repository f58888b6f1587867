import { expect, test } from 'vitest';
import type { Field, Frame } from '../../frame/frame';
import { boundOf, cellsOf } from './cells';
import { pickCells } from './draw';
import { heatmapColors, stepOf } from './schemes';

const column = (...values: number[]) => Float64Array.from(values);
const number = (name: string, values: number[], labels?: Record<string, string>): Field => ({
  name,
  type: 'number',
  values: column(...values),
  config: {},
  ...(labels ? { labels } : {}),
});
const time = (...times: number[]): Field => ({
  name: 'Time',
  type: 'time',
  values: column(...times),
  config: {},
});
const window = { from: 0, to: 300_000 };

test('buckets of a classic histogram are rows in the order of their bounds', () => {
  const frame: Frame = {
    length: 2,
    meta: { type: 'heatmap-rows', stepMilliseconds: 10 },
    fields: [time(10, 20), number('+Inf', [0, 5]), number('0.5', [1, 2]), number('10', [3, Number.NaN])],
  };
  const cells = cellsOf([frame], {}, window)!;
  expect(cells.y).toEqual({ kind: 'rows', names: ['0.5', '10', '+Inf'], layout: 'le' });
  expect([...cells.counts]).toEqual([1, 2, 3, Number.NaN, 0, 5]);
  expect([cells.xMin[0], cells.xMax[0], cells.yMin[2], cells.yMax[2]]).toEqual([0, 10, 1, 2]);
  const picked = pickCells(cells, {})!;
  expect([...picked.picked]).toEqual([0, 1, 2, 5]);
  expect([picked.min, picked.max]).toEqual([1, 5]);
  expect([...pickCells(cells, { filterValues: { le: 1, ge: 5 } })!.picked]).toEqual([1, 2]);
});

test('series with names that are no numbers keep their order, and stand in the middle', () => {
  const frames: Frame[] = ['b', 'a'].map((name) => ({ length: 1, fields: [time(10), number(name, [1])] }));
  expect(cellsOf(frames, {}, window)!.y).toEqual({ kind: 'rows', names: ['b', 'a'], layout: 'center' });
});

test('native histograms say where their buckets lie', () => {
  const frame: Frame = {
    length: 3,
    meta: { type: 'heatmap-cells', stepMilliseconds: 5 },
    fields: [
      { name: 'xMax', type: 'time', values: column(10, 10, 15), config: {} },
      number('yMin', [1, 2, 4]),
      number('yMax', [2, 4, 8]),
      number('count', [7, 8, 9]),
    ],
  };
  const cells = cellsOf([frame], {}, window)!;
  expect([...cells.xMin]).toEqual([5, 5, 10]);
  expect(cells.y).toEqual({ kind: 'values', base: 2 });
  expect([...cells.counts]).toEqual([7, 8, 9]);
});

test('values are counted into buckets of the asked size', () => {
  const frame: Frame = {
    length: 4,
    fields: [time(0, 10_000, 59_000, 60_000), number('a', [1, 4, 11, Number.NaN])],
  };
  const calculation = {
    xBuckets: { mode: 'size' as const, value: '1m' },
    yBuckets: { mode: 'size' as const, value: 5 },
  };
  const cells = cellsOf([frame], { calculate: true, calculation }, window)!;
  expect([...cells.counts]).toEqual([2, 1]);
  expect([...cells.yMin]).toEqual([0, 10]);
  expect([...cells.xMax]).toEqual([60_000, 60_000]);
});

test('values can be counted on a log axis', () => {
  const frame: Frame = { length: 4, fields: [time(0, 1, 2, 3), number('a', [1, 9, 10, -5])] };
  const calculation = { yBuckets: { scale: { type: 'log' as const, log: 10 } } };
  const cells = cellsOf([frame], { calculate: true, calculation }, window)!;
  expect([...cells.yMin].map((value) => Number(value.toFixed(6)))).toEqual([1, 10]);
  expect([...cells.counts]).toEqual([2, 1]);
  expect(cells.y).toEqual({ kind: 'values', base: 10 });
});

test('bounds are numbers or infinite', () => {
  expect(['0.5', '+Inf', 'Infinity', 'x', ''].map(boundOf)).toEqual([
    0.5,
    Infinity,
    Infinity,
    Number.NaN,
    Number.NaN,
  ]);
});

test('colours go from few to many, away from the surface', () => {
  const light = heatmapColors({ scheme: 'Blues', steps: 3 }, 'light', '#ffffff');
  expect(light).toEqual(['#f7fbff', '#6baed6', '#08306b']);
  expect(heatmapColors({ scheme: 'Blues', steps: 3 }, 'dark', '#000000')).toEqual([...light].reverse());
  expect(heatmapColors({ scheme: 'Blues', steps: 3, reverse: true }, 'light', '#ffffff')).toEqual(
    [...light].reverse(),
  );
  const opacity = { mode: 'opacity', fill: '#ff0000', scale: 'linear', steps: 3 } as const;
  expect(heatmapColors(opacity, 'light', '#ffffff')).toEqual(['#ffffff', '#ff8080', '#ff0000']);
  expect([0, 49, 50, 100, 999].map((value) => stepOf(value, 0, 100, 2))).toEqual([0, 0, 1, 1, 1]);
});
