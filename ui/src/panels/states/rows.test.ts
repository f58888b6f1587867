import { expect, test } from 'vitest';
import type { FieldConfig } from '../../dashboard/model';
import type { Field, Frame } from '../../frame/frame';
import { type RowOptions, stateRows, statesOf } from './rows';

const options: RowOptions = {
  merges: true,
  isPeriodic: false,
  window: { from: 0, to: 100 },
  timeZone: 'utc',
  theme: 'light',
};

function frame(
  times: number[],
  values: unknown[],
  config: FieldConfig = {},
  stepMilliseconds?: number,
): Frame {
  const isNumber = values.every((value) => typeof value === 'number');
  const field = isNumber
    ? { name: 'state', type: 'number', values: Float64Array.from(values as number[]), config }
    : { name: 'state', type: 'string', values, config };
  return {
    length: times.length,
    fields: [{ name: 'Time', type: 'time', values: Float64Array.from(times), config: {} }, field as Field],
    ...(stepMilliseconds ? { meta: { stepMilliseconds } } : {}),
  };
}

const spans = (one: Frame, more: Partial<RowOptions> = {}) =>
  stateRows([one], { ...options, ...more })[0]!.segments.map(({ from, to, text }) => [from, to, text]);

test('equal states that follow each other are one, the last lasts', () => {
  const one = frame([0, 10, 20, 30], ['up', 'up', 'down', 'up']);
  expect(spans(one)).toEqual([
    [0, 20, 'up'],
    [20, 30, 'down'],
    [30, 100, 'up'],
  ]);
  expect(spans(one, { merges: false })).toHaveLength(4);
});

test('missing values end a state, unless they are crossed', () => {
  const values = ['up', null, 'up'];
  expect(spans(frame([0, 10, 20], values))).toEqual([
    [0, 10, 'up'],
    [20, 100, 'up'],
  ]);
  expect(spans(frame([0, 10, 20], values, { custom: { spanNulls: true } }))).toEqual([[0, 100, 'up']]);
  expect(spans(frame([0, 10, 20], values, { custom: { spanNulls: 15 } }))).toEqual([[0, 100, 'up']]);
});

test('points that a source left out end a state a step after the last one', () => {
  expect(spans(frame([0, 10, 50, 60], ['up', 'up', 'up', 'up'], {}, 10))).toEqual([
    [0, 20, 'up'],
    [50, 75, 'up'],
  ]);
});

test('numbers are in one state as long as their threshold is the same', () => {
  const thresholds = {
    mode: 'absolute' as const,
    steps: [
      { value: null, color: 'green' },
      { value: 50, color: 'red' },
    ],
  };
  const one = frame([0, 10, 20, 30], [1, 2, 60, 70], { thresholds, color: { mode: 'thresholds' } });
  expect(spans(one)).toEqual([
    [0, 20, '< 50'],
    [20, 100, '50+'],
  ]);
  expect(statesOf(stateRows([one], options)).map(({ text }) => text)).toEqual(['< 50', '50+']);
});

test('mapped values show their words, also for what is missing', () => {
  const mappings: FieldConfig['mappings'] = [
    { type: 'value', options: { 1: { text: 'OK', color: 'green' }, 0: { text: 'Bad', color: 'red' } } },
    { type: 'special', options: { match: 'null+nan', result: { text: 'N/A' } } },
  ];
  const one = frame([0, 10, 20], [1, Number.NaN, 0], { mappings });
  expect(spans(one)).toEqual([
    [0, 10, 'OK'],
    [10, 20, 'N/A'],
    [20, 100, 'Bad'],
  ]);
  expect(statesOf(stateRows([one], options)).map(({ text }) => text)).toEqual(['OK', 'N/A', 'Bad']);
});

test('in a history every value stands for its own moment', () => {
  expect(spans(frame([0, 10], ['up', 'up']), { isPeriodic: true })).toEqual([
    [0, 10, 'up'],
    [10, 20, 'up'],
  ]);
});
