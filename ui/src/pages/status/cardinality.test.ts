import { expect, test } from 'vitest';
import { bars, labelQuery, metricQuery, pairQuery } from './cardinality';

test('bars compare with the longest and with the total', () => {
  expect(
    bars(
      [
        { name: 'a', value: 50 },
        { name: 'b', value: 25 },
      ],
      100,
    ),
  ).toEqual([
    { name: 'a', value: 50, length: 1, share: 0.5 },
    { name: 'b', value: 25, length: 0.5, share: 0.25 },
  ]);
  expect(bars([{ name: 'a', value: 0 }], null)[0]).toMatchObject({ length: 0, share: null });
  expect(bars(null, 1)).toEqual([]);
});

test('queries take any name and value', () => {
  expect(metricQuery('up')).toBe('topk(20, count by (job, instance) ({__name__="up"}))');
  expect(labelQuery('le')).toBe('topk(20, count by (le) ({le!=""}))');
  expect(labelQuery('http.code')).toBe('topk(20, count by ("http.code") ({"http.code"!=""}))');
  expect(pairQuery('path=/a=b"c')).toBe('topk(20, count by (__name__) ({path="/a=b\\"c"}))');
});
