import { expect, test } from 'vitest';
import { framesToCsv } from './csv';
import type { Field, Frame } from './frame';

const times = Float64Array.from([0, 60_000]);
const time: Field = { name: 'Time', type: 'time', values: times, config: {} };
const number = (name: string, ...values: number[]): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
  config: { unit: 'percent' },
});

test('frames of the same times share a table', () => {
  const frames: Frame[] = [
    { length: 2, fields: [time, number('a', 1, Number.NaN)] },
    { length: 2, fields: [{ ...time, values: times.slice() } as Field, number('b', 2.5, 3)] },
  ];
  expect(framesToCsv(frames, { timeZone: 'utc' })).toBe(
    'Time,a,b\r\n1970-01-01 00:00:00,1,2.5\r\n1970-01-01 00:01:00,,3',
  );
  expect(framesToCsv(frames, { timeZone: 'utc', isFormatted: true })).toContain('1%,2.50%');
});

test('texts are quoted, and no spreadsheet runs them', () => {
  const frame: Frame = {
    length: 4,
    fields: [{ name: 'text', type: 'string', values: ['a "b", c', '=1+1', '-5', 'two\nlines'], config: {} }],
  };
  expect(framesToCsv([frame], { timeZone: 'utc' })).toBe(
    'text\r\n"a ""b"", c"\r\n\'=1+1\r\n-5\r\n"two\nlines"',
  );
});
