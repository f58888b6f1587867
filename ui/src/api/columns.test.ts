import { expect, test } from 'vitest';
import { batchExpression, splitMatrix } from './batch';
import { formatLabels, gridTimes, parseValue, toMatrix, toVector } from './columns';
import { decode } from './request';

test.each([
  ['1.5', 1.5],
  ['1e+06', 1e6],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ['', Number.NaN],
  ['-0', -0],
])('the value %s', (text, value) => {
  expect(parseValue(text)).toBe(value);
});

test('a grid includes its end, whatever the rounding of floats', () => {
  expect([...gridTimes(0.1, 0.4, 0.1)]).toHaveLength(4);
  expect([...gridTimes(100, 114, 5)]).toEqual([100, 105, 110]);
  expect([...gridTimes(10, 5, 5)]).toEqual([]);
});

test('range results are placed on the grid, with gaps', () => {
  const { times, series } = toMatrix(
    [
      {
        metric: { __name__: 'a' },
        values: [
          [100, '1'],
          [110.0004, '+Inf'],
          [999, '5'],
        ],
      },
      { metric: { __name__: 'h' }, histograms: [[105, { count: '4', sum: '10' }]] },
    ],
    100,
    110,
    5,
  );
  expect([...times]).toEqual([100, 105, 110]);
  expect([...series[0]!.values]).toEqual([1, Number.NaN, Number.POSITIVE_INFINITY]);
  expect([...series[1]!.values]).toEqual([Number.NaN, 2.5, Number.NaN]);
});

test('instant results of every type become samples', () => {
  expect(toVector({ resultType: 'scalar', result: [7, '3'] }).samples).toEqual([
    { labels: {}, time: 7, value: 3, valueText: '3' },
  ]);
  expect(toVector({ resultType: 'string', result: [7, '12'] }).samples[0]).toMatchObject({
    value: Number.NaN,
    valueText: '12',
  });
  const { samples } = toVector({
    resultType: 'vector',
    result: [
      { metric: { a: 'b' }, value: [7, 'NaN'] },
      { metric: {}, histogram: [8, { count: '1', sum: '2' }] },
    ],
  });
  expect(samples.map(({ time, value }) => [time, value])).toEqual([
    [7, Number.NaN],
    [8, Number.NaN],
  ]);
  expect(samples[1]!.histogram).toEqual({ count: '1', sum: '2' });
});

test('labels are written as Prometheus writes them', () => {
  expect(formatLabels({ __name__: 'up', job: 'a"b' })).toBe('up{job="a\\"b"}');
  expect(formatLabels({ __name__: 'up' })).toBe('up');
  expect(formatLabels({})).toBe('{}');
});

test('answers are told apart: results, API errors, and what is neither', () => {
  expect(decode(200, '{"status":"success","data":[1],"warnings":["w"]}')).toEqual({
    ok: true,
    data: [1],
    warnings: ['w'],
    infos: [],
  });
  const kind = (status: number, body: string) => {
    const result = decode(status, body);
    return result.ok ? 'ok' : result.error.kind;
  };
  expect(kind(400, '{"status":"error","errorType":"bad_data","error":"parse error"}')).toBe('bad_data');
  expect(kind(422, '{"status":"error","errorType":"execution","error":"x"}')).toBe('execution');
  expect(kind(500, '{"status":"error","errorType":"brand_new","error":"x"}')).toBe('http');
  expect(kind(503, 'Service Unavailable')).toBe('unavailable');
  expect(kind(404, '404 page not found')).toBe('http');
  expect(kind(200, '<html>login</html>')).toBe('http');
  expect(kind(200, '')).toBe('ok');
});

test('a batch is one expression, and its answer comes apart by name', () => {
  const batch = { load: 'node_load1', up: 'sum(up)' };
  expect(batchExpression(batch)).toBe(
    'label_replace(node_load1, "batch", "load", "", "") or label_replace(sum(up), "batch", "up", "", "")',
  );
  const values = Float64Array.of(1);
  const split = splitMatrix(batch, {
    times: values,
    series: [
      { labels: { batch: 'load', a: 'b' }, values },
      { labels: { batch: 'other' }, values },
    ],
  });
  expect(split.series).toEqual({ load: [{ labels: { a: 'b' }, values }], up: [] });
});
