import { expect, test } from 'vitest';
import { applyFieldConfig } from '../../frame/field-config';
import type { Field, Frame } from '../../frame/frame';
import { barChartModel } from '../barchart/data';
import { bucketsOf } from '../histogram/buckets';
import { type BarSeries, barEnds, barExtent } from './model';

const column = (...values: number[]) => Float64Array.from(values);
const number = (name: string, ...values: number[]): Field => ({
  name,
  type: 'number',
  values: column(...values),
  config: {},
});
const options = { theme: 'light', timeZone: 'utc' } as const;
const none = new Set<string>();

const bars = (id: string, ...values: number[]) =>
  ({ id, scale: 0, values: column(...values) }) as unknown as BarSeries;

test('bars stand beside each other, on each other, or fill to one', () => {
  const series = [bars('a', 1, -2), bars('b', 3, -2), bars('c', 4, Number.NaN)];
  const tips = (layout: Parameters<typeof barEnds>[2], hidden = none) =>
    barEnds(series, 2, layout, hidden).map(({ to }) => [...to]);
  expect(tips('grouped')).toEqual([
    [1, -2],
    [3, -2],
    [4, Number.NaN],
  ]);
  expect(tips('stacked')).toEqual([
    [1, -2],
    [4, -4],
    [8, Number.NaN],
  ]);
  expect(tips('percent', new Set(['c']))).toEqual([
    [0.25, -0.5],
    [1, -1],
    [Number.NaN, Number.NaN],
  ]);
  expect(barExtent(series, barEnds(series, 2, 'stacked', none), 0)).toEqual([-4, 8]);
  expect(barExtent(series, barEnds(series, 2, 'stacked', none), 1)).toEqual([null, null]);
});

test('frames are joined by their names, rows of one name stay apart', () => {
  const frames: Frame[] = [
    {
      length: 3,
      fields: [{ name: 'pod', type: 'string', values: ['a', 'b', 'a'], config: {} }, number('cpu', 1, 2, 3)],
    },
    {
      length: 2,
      fields: [{ name: 'pod', type: 'string', values: ['b', 'c'], config: {} }, number('memory', 8, 9)],
    },
  ];
  const model = barChartModel(
    {
      frames: applyFieldConfig(
        frames,
        { defaults: { color: { mode: 'palette-classic' } }, overrides: [] },
        {},
      ),
      layout: 'grouped',
      actionsFor: () => [],
    },
    options,
  );
  expect(model.categories).toEqual(['a', 'b', 'a', 'c']);
  expect(model.series.map(({ label, values }) => [label, ...values])).toEqual([
    ['cpu', 1, 2, 3, Number.NaN],
    ['memory', Number.NaN, 8, Number.NaN, 9],
  ]);
});

test('a chosen field names the bars, another one colours them', () => {
  const thresholds = {
    mode: 'absolute' as const,
    steps: [
      { value: null, color: '#00ff00' },
      { value: 5, color: '#ff0000' },
    ],
  };
  const frame: Frame = {
    length: 2,
    fields: [number('id', 7, 8), number('load', 1, 2), number('heat', 1, 9)],
  };
  const frames = applyFieldConfig(
    [frame],
    { defaults: { thresholds, color: { mode: 'thresholds' } }, overrides: [] },
    {},
  );
  const model = barChartModel(
    { frames, xField: 'id', colorByField: 'heat', layout: 'grouped', actionsFor: () => [] },
    options,
  );
  expect(model.categories).toEqual(['7', '8']);
  expect(model.series.map(({ label }) => label)).toEqual(['load']);
  expect([0, 1].map((category) => model.series[0]!.colorAt!(category))).toEqual(['#00ff00', '#ff0000']);
});

test('values are sorted into buckets', () => {
  const frame: Frame = {
    length: 5,
    fields: [number('a', 1, 2, 2.5, 9.9, Number.NaN), number('b', 5, 5, 5, 5, 5)],
  };
  const sized = bucketsOf([frame], { bucketSize: 5 })!;
  expect([...sized.edges]).toEqual([0, 5, 10]);
  expect(sized.counts.map(({ values }) => [...values])).toEqual([
    [3, 1],
    [0, 5],
  ]);
  expect([...bucketsOf([frame], { bucketSize: 5, combine: true })!.counts[0]!.values]).toEqual([3, 6]);
  expect([...bucketsOf([frame], { bucketSize: 5, bucketOffset: 1 })!.edges]).toEqual([1, 6, 11]);
  expect(bucketsOf([frame], { bucketCount: 3 })!.edges).toHaveLength(4);
  expect(bucketsOf([], {})).toBeNull();
});

test('buckets that are there already are taken', () => {
  const frame: Frame = {
    length: 2,
    fields: [number('xMin', 0, 10), number('xMax', 10, 30), number('count', 4, 6)],
  };
  const { edges, counts } = bucketsOf([frame], {})!;
  expect([...edges]).toEqual([0, 10, 30]);
  expect([...counts[0]!.values]).toEqual([4, 6]);
});
