import { expect, test } from 'vitest';
import { chartSeries, onGrid, queryShade } from './graph-series';

test('names stay unique when a template makes them equal', () => {
  const series = ['a', 'b', 'c'].map((instance) => ({
    labels: { job: 'node', instance },
    values: new Float64Array(),
  }));
  expect(chartSeries(series, '{{job}}', 'up').map(({ name }) => name)).toEqual([
    'node',
    'node (2)',
    'node (3)',
  ]);
});

test('a query alone has the colour of the palette, several series are shades around it', () => {
  const lone = queryShade(1, 0, 1, 'light');
  expect(lone).toMatch(/^#[0-9a-f]{6}$/);
  const shades = [0, 1, 2].map((index) => queryShade(1, index, 3, 'light'));
  expect(new Set(shades).size).toBe(3);
  expect(shades[1]).toBe(lone);
});

test('values find their place on a later grid', () => {
  const matrix = {
    times: Float64Array.of(10, 20, 30),
    series: [{ labels: {}, values: Float64Array.of(1, 2, 3) }],
  };
  expect(onGrid(matrix, Float64Array.of(10, 20, 30))).toBe(matrix.series);
  expect([...onGrid(matrix, Float64Array.of(20, 30, 40))[0]!.values]).toEqual([2, 3, Number.NaN]);
});
