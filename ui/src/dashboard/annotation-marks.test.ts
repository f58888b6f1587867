import { expect, test } from 'vitest';
import type { Frame } from '../frame/frame';
import { marksOfFrames, showsOn } from './annotation-marks';

const frame = (values: number[]): Frame => ({
  length: values.length,
  fields: [
    { name: 'Time', type: 'time', config: {}, values: Float64Array.from(values, (_, i) => i * 1000) },
    {
      name: 'v',
      type: 'number',
      config: {},
      labels: { job: 'a', v: '1.2' },
      values: Float64Array.from(values),
    },
  ],
});
const query = {
  name: 'deploys',
  enable: true,
  iconColor: 'red',
  titleFormat: '{{job}}',
  textFormat: 'to {{ v }}',
  tagKeys: 'job, none',
};

test('neighbouring points are one annotation', () => {
  const marks = marksOfFrames([frame([1, 1, 1, 0, Number.NaN, 1])], query, '#f00', 1000);
  expect(marks.map(({ time, timeEnd }) => [time, timeEnd])).toEqual([
    [0, 2000],
    [5000, undefined],
  ]);
  expect(marks[0]).toMatchObject({ title: 'a', text: 'to 1.2', tags: ['a'], source: 'deploys' });
});

test('values may be the times', () => {
  const marks = marksOfFrames([frame([7000, 7000, 9000])], { ...query, useValueForTime: true }, '#f00', 1000);
  expect(marks.map(({ time }) => time)).toEqual([7000, 9000]);
});

test('a filter names the panels, or those left out', () => {
  expect(showsOn(query, 1)).toBe(true);
  expect(showsOn({ ...query, filter: { ids: [1] } }, 2)).toBe(false);
  expect(showsOn({ ...query, filter: { ids: [1], exclude: true } }, 2)).toBe(true);
});
