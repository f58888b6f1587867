import { expect, test } from 'vitest';
import { applyFieldConfig } from '../../frame/field-config';
import type { Frame } from '../../frame/frame';
import { emptyTextOf } from './describe';
import { timeSeriesGraph } from './series';

const options = { theme: 'light', timeZone: 'utc' } as const;
const column = (...values: number[]) => Float64Array.from(values);

function frame(name: string, times: number[], values: number[], custom = {}, config = {}): Frame {
  return {
    length: times.length,
    fields: [
      { name: 'Time', type: 'time', values: column(...times), config: {} },
      { name, type: 'number', values: column(...values), config: { custom, ...config } },
    ],
  };
}

function graphOf(...frames: Frame[]) {
  return timeSeriesGraph(applyFieldConfig(frames, { defaults: {}, overrides: [] }, {}), options);
}

test('every column of numbers beside times is a series, without a copy', () => {
  const one = frame('a', [1, 2], [5, 6]);
  const { graph, hasTime, hasNumber } = graphOf(one, frame('b', [1, 3], [7, 8]));
  expect(graph.series.map(({ label }) => label)).toEqual(['a', 'b']);
  expect(graph.series[0]!.times).toBe(one.fields[0]!.values);
  expect(graph.series[0]!.values).toBe(one.fields[1]!.values);
  expect([hasTime, hasNumber]).toEqual([true, true]);
});

test('missing values are the text for no value where that is a number', () => {
  const { graph } = graphOf(
    frame('a', [1, 2, 3], [5, Number.NaN, 6], {}, { noValue: '0' }),
    frame('b', [1, 2], [Number.NaN, 7], {}, { noValue: 'none' }),
  );
  expect([...graph.series[0]!.values]).toEqual([5, 0, 6]);
  expect([...graph.series[1]!.values]).toEqual([Number.NaN, 7]);
});

test('rows come in the order of their times', () => {
  const { graph, sources } = graphOf(frame('a', [3, 1, 2], [30, 10, 20]));
  expect([...graph.series[0]!.times]).toEqual([1, 2, 3]);
  expect([...graph.series[0]!.values]).toEqual([10, 20, 30]);
  expect([...sources[0]!.rows!]).toEqual([1, 2, 0]);
});

test('fields of another unit or place get an axis of their own, the second one on the right', () => {
  const { graph } = graphOf(
    frame('a', [1], [1], {}, { unit: 'bytes' }),
    frame('b', [1], [1], {}, { unit: 'percent' }),
    frame('c', [1], [1], {}, { unit: 'bytes' }),
    frame('d', [1], [1], { axisPlacement: 'hidden' }, { unit: 's' }),
  );
  expect(graph.series.map(({ scale }) => scale)).toEqual([0, 1, 0, 2]);
  expect(graph.scales.map(({ axis }) => axis?.side ?? 'hidden')).toEqual(['left', 'right', 'hidden']);
  expect(graph.scales.map(({ axis }) => axis?.hasGrid)).toEqual([true, false, undefined]);
});

test('options of a field become its style', () => {
  const { graph } = graphOf(
    frame('a', [1, 2], [1, 2], {
      drawStyle: 'bars',
      fillOpacity: 80,
      spanNulls: true,
      insertNulls: 5000,
      showPoints: 'never',
      lineStyle: { fill: 'dash', dash: [10, 10] },
      stacking: { mode: 'percent', group: 'B' },
      transform: 'negative-Y',
      hideFrom: { viz: true, tooltip: true },
    }),
  );
  const [series] = graph.series;
  expect(series).toMatchObject({
    factor: -1,
    stack: { group: 'B', isPercent: true },
    isInvisible: true,
    isInTooltip: false,
    style: {
      draw: 'bars',
      fillOpacity: 0.8,
      connectUpTo: Number.POSITIVE_INFINITY,
      breakBeyond: 5000,
      points: 'never',
      dash: [10, 10],
    },
  });
  expect(graph.scales[0]!.range(-1, 0)).toEqual([-1, 1]);
  expect(graph.scales[0]!.format([0, 0.5, 1])).toEqual(['0%', '50%', '100%']);
});

test('thresholds become lines and areas', () => {
  const thresholds = {
    mode: 'absolute',
    steps: [
      { value: null, color: 'green' },
      { value: 80, color: 'red' },
    ],
  };
  const { graph } = graphOf(
    frame('a', [1], [1], { thresholdsStyle: { mode: 'dashed+area' } }, { thresholds }),
  );
  expect(graph.thresholds.map(({ kind }) => kind)).toEqual(['area', 'area', 'line']);
  expect(graph.thresholds[1]).toMatchObject({ from: 80, to: Number.POSITIVE_INFINITY });
  expect(graph.thresholds[2]).toMatchObject({ value: 80, dash: [10, 10] });
});

test('a value is colour by its threshold along the axis', () => {
  const thresholds = {
    mode: 'percentage',
    steps: [
      { value: null, color: 'green' },
      { value: 50, color: 'red' },
    ],
  };
  const { graph } = graphOf(
    frame(
      'a',
      [1, 2],
      [0, 10],
      { gradientMode: 'scheme' },
      { thresholds, min: 0, max: 20, color: { mode: 'thresholds' } },
    ),
  );
  expect(graph.series[0]!.style.scheme).toMatchObject({
    isStepped: true,
    stops: [{ value: Number.NEGATIVE_INFINITY }, { value: 10 }],
  });
});

test('exemplars are points and not a series', () => {
  const exemplars: Frame = { ...frame('Value', [5], [2]), name: 'exemplar' };
  exemplars.fields.push({ name: 'traceID', type: 'string', values: ['abc'], config: {} });
  const { graph } = graphOf(frame('a', [1], [1]), exemplars);
  expect(graph.series).toHaveLength(1);
  expect(graph.exemplars).toEqual([{ time: 5, value: 2, scale: 0, labels: { Value: '2', traceID: 'abc' } }]);
});

test('an empty graph says why', () => {
  const text = (window: { from: number; to: number }, ...frames: Frame[]) =>
    emptyTextOf(graphOf(...frames), window, undefined);
  expect(text({ from: 0, to: 10 }, frame('a', [1, 2], [1, 2]))).toBeNull();
  expect(text({ from: 0, to: 10 })?.text).toBe('No data in this range');
  expect(text({ from: 0, to: 10 }, frame('a', [1, 2], [Number.NaN, Number.NaN]))?.text).toBe(
    'No data in this range',
  );
  expect(text({ from: 50, to: 60 }, frame('a', [1, 2], [1, 2]))).toEqual({
    text: 'The data are outside of this time range',
    window: { from: 1, to: 1001 },
  });
  const timeless = frame('a', [1], [1]);
  timeless.fields.shift();
  expect(text({ from: 0, to: 10 }, timeless)?.text).toBe('This needs a column of times');
});

test.each([
  [{}, 15],
  [{ spanNulls: true }, Number.POSITIVE_INFINITY],
  [{ spanNulls: 60 }, 60],
  [{ insertNulls: 12 }, 12],
])('where points were left out a line with %o ends beyond %s ms', (custom, wanted) => {
  const one = frame('a', [0, 10, 20, 60], [1, 2, 3, 4], custom);
  const { graph } = graphOf({ ...one, meta: { stepMilliseconds: 10 } });
  expect(graph.series[0]!.style.breakBeyond).toBe(wanted);
});
