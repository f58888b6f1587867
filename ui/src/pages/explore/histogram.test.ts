import { expect, test } from 'vitest';
import type { RawHistogram } from '../../api/types';
import { bucketsOf, heatmapOfBuckets, heatmapOfHistograms, quantile, quantileSeries } from './histogram';

const histogram: RawHistogram = {
  count: '8',
  sum: '20',
  buckets: [
    [0, '2', '4', '4'],
    [0, '1', '2', '4'],
  ],
};

test('quantiles interpolate on a logarithmic scale', () => {
  const buckets = bucketsOf(histogram);
  expect(quantile(buckets, 0.5)).toBe(2);
  expect(quantile(buckets, 0.25)).toBeCloseTo(Math.SQRT2);
  expect(quantile(buckets, 1)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
  expect(quantile([{ lower: -1, upper: 1, count: 2 }], 0.75)).toBe(0.5);
  expect(quantile([{ lower: 10, upper: Number.POSITIVE_INFINITY, count: 1 }], 0.5)).toBe(10);
});

test('each histogram gives a curve for each quantile, with gaps', () => {
  const curves = quantileSeries([{ labels: { job: 'a' }, points: [{ index: 1, histogram }] }], 2);
  expect(curves.map(({ labels }) => labels.quantile)).toEqual(['0.5', '0.9', '0.99']);
  expect([...curves[0]!.values]).toEqual([Number.NaN, 2]);
});

test('equal buckets of several histograms add up', () => {
  const point = { index: 0, histogram };
  const { columns, extent, maxCount } = heatmapOfHistograms(
    [
      { labels: { a: '1' }, points: [point] },
      { labels: { a: '2' }, points: [point] },
    ],
    2,
  );
  expect(columns).toEqual([
    [
      { lower: 1, upper: 2, count: 8 },
      { lower: 2, upper: 4, count: 8 },
    ],
    null,
  ]);
  expect({ extent, maxCount }).toEqual({ extent: [1, 4], maxCount: 8 });
});

test('classic buckets are differences of cumulative counts', () => {
  const series = (le: string, ...values: number[]) => ({
    labels: { le, job: 'a' },
    values: Float64Array.from(values),
  });
  const heatmap = heatmapOfBuckets(
    [series('+Inf', 5, 1), series('0.1', 2, Number.NaN), series('1', 5, 1)],
    2,
  );
  expect(heatmap?.columns).toEqual([
    [
      { lower: 0, upper: 0.1, count: 2 },
      { lower: 0.1, upper: 1, count: 3 },
    ],
    [{ lower: 0, upper: 1, count: 1 }],
  ]);
  expect(heatmapOfBuckets([{ labels: {}, values: new Float64Array(1) }], 1)).toBeNull();
});
